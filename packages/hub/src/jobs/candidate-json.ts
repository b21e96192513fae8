import { sentence, type Candidate, type Reason } from "@wadi/core/dispatch";
import { candidateView } from "@wadi/protocol";
import type { z } from "zod";

type CandidateView = z.output<typeof candidateView>;

/** A reason as the API shows it: its code, its facts and an English sentence. */
export const reasonView = (reason: Reason) => ({
  code: reason.code,
  facts: reason.facts,
  sentence: sentence(reason),
});

/** A candidate as the API shows it. */
export const viewOfCandidate = (one: Candidate): CandidateView => ({
  centre: one.pool.centre,
  pool: one.pool.id,
  model: one.pool.model.id,
  cards: one.cards,
  emulated: one.pool.emulated,
  verdict: one.verdict,
  cost: one.cost,
  startsIn: one.startsIn,
  expectedRunTime: one.runTime,
  reason: one.reason && reasonView(one.reason),
});

/** Candidates as they are stored with a decision: the wire form, to be shown as it was. */
export const candidatesJson = (candidates: readonly Candidate[]) =>
  candidates.map((one) => candidateView.encode(viewOfCandidate(one)));

/** Stored candidates back as the API's values. */
export const candidatesOf = (body: unknown): CandidateView[] =>
  (body as z.input<typeof candidateView>[]).map((one) => candidateView.decode(one));
