import {
  sentence,
  sentences,
  type Candidate,
  type Language,
  type Reason,
} from "@wadi/core/dispatch";
import { candidateView } from "@wadi/protocol";
import type { z } from "zod";

type CandidateView = z.output<typeof candidateView>;

/** A reason as the API shows it: its code, its facts and a sentence. */
export const reasonView = (reason: Reason, language: Language = "en") => ({
  code: reason.code,
  facts: reason.facts,
  sentence: sentence(reason, language),
});

/** A candidate as the API shows it. */
export const viewOfCandidate = (one: Candidate, language: Language = "en"): CandidateView => ({
  centre: one.pool.centre,
  pool: one.pool.id,
  model: one.pool.model.id,
  cards: one.cards,
  emulated: one.pool.emulated,
  verdict: one.verdict,
  cost: one.cost,
  startsIn: one.startsIn,
  expectedRunTime: one.runTime,
  reason: one.reason && reasonView(one.reason, language),
});

/** Candidates as they are stored with a decision: the wire form, to be shown as it was. */
export const candidatesJson = (candidates: readonly Candidate[]) =>
  candidates.map((one) => candidateView.encode(viewOfCandidate(one)));

/** Stored candidates back as the API's values. They are stored in English. */
export const candidatesOf = (body: unknown, language: Language): CandidateView[] =>
  (body as z.input<typeof candidateView>[]).map((stored) => {
    const one = candidateView.decode(stored);
    const { reason } = one;
    const isKnown = reason !== null && Object.hasOwn(sentences, reason.code);
    return isKnown ? { ...one, reason: reasonView(reason as Reason, language) } : one;
  });
