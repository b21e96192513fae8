import {
  atBound,
  openQuotes,
  sentence as sentenceOf,
  type Language,
  type Quote,
  type Reason,
} from "@wadi/core/dispatch";
import { isFinalJob } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";
import type { explanation } from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import type { Ahead } from "./ahead.ts";
import { candidatesOf, reasonView, viewOfCandidate } from "./candidate-json.ts";
import { readDocuments } from "./document-store.ts";
import { startOf } from "./expected-start.ts";
import { explanationSentences as say } from "./explanation-sentences.ts";
import { helpFor } from "./help-for.ts";
import { readArrays } from "./queue-store.ts";
import { readRunsOf } from "./run-store.ts";
import { readSnapshot } from "./snapshot.ts";
import { shapesOf } from "./shapes.ts";
import { boundOf } from "./spec-document.ts";
import { readJob, type StoredJob } from "./store.ts";

type Explanation = z.output<typeof explanation>;

interface Asking {
  /** Whose jobs the signer may see; null: everybody's. */
  readonly tenant: TenantId | null;
  readonly ahead: Ahead;
  readonly language: Language;
}

/**
 * Why a job is where it is: the stored decision of its last placement with every pool that lost
 * and why; or, while it waits, what each pool says of it now, and what would help.
 * @throws Refused `not-found`
 */
export async function explainJob(hub: Hub, id: JobId, asking: Asking): Promise<Explanation> {
  const job = await readJob(hub.db.sql, id, asking.tenant);
  if (!job) throw new Refused("not-found", { job: id });
  if (job.state === "blocked") return blocked(hub, job, asking);
  if (job.state === "queued") return waiting(hub, job, asking);
  return placed(hub, job, asking);
}

async function placed({ db, clock }: Hub, job: StoredJob, at: Asking): Promise<Explanation> {
  const { language } = at;
  const run = (await readRunsOf(db.sql, [job.id])).at(-1);
  if (!run) {
    const sentence = say.endedUnplaced[language](job);
    const when = job.endedAt ?? clock.now();
    return { ...nothingToSay, job: job.id, at: when, kind: "ended", sentence };
  }
  const documents = await readDocuments(db.sql, [run.decision]);
  const candidates = candidatesOf(documents.get(run.decision.toString("hex")), language);
  const kind = isFinalJob(job.state) ? "ended" : "placed";
  const ended = kind === "ended" ? say.ended[language](job) : "";
  return {
    ...nothingToSay,
    job: job.id,
    at: run.leasedAt,
    kind,
    candidates,
    sentence: `${say.placed[language](run)}${ended}`,
    reasons: candidates.flatMap(({ reason }) => (reason ? [reason] : [])),
  };
}

/** As of now, by the function that rounds use; what holds back its tenant or array comes first. */
async function waiting(hub: Hub, job: StoredJob, asking: Asking): Promise<Explanation> {
  const { sql } = hub.db;
  const { ahead, language } = asking;
  const shape = (await shapesOf(hub, sql, [job]))(job);
  const bound = boundOf(job);
  const arrays = await readArrays(sql, bound === null ? [] : [bound as string as JobId]);
  const scarcity = await ahead.scarcity(sql);
  const snapshot = await readSnapshot(hub, sql, { queue: [], arrays, shapes: [shape], scarcity });
  const promised = ahead.promised(job.id);
  const quoted = openQuotes(snapshot, promised)(shape, job.tenant);
  const start = await startOf(sql, job.id);

  const rules = rulesOf(quoted, [...snapshot.arrays.values()].map(atBound));
  const candidates = quoted.candidates.map((one) => viewOfCandidate(one, language));
  const reasons = [
    ...rules.map((one) => reasonView(one, language)),
    ...candidates.flatMap(({ reason }) => (reason ? [reason] : [])),
  ];
  const first = reasons[0]?.sentence ?? say.noPools[language];
  const isPossible = quoted.verdict !== "impossible";
  const why = rules.find(({ code }) => code !== "not-looked-at");
  return {
    job: job.id,
    at: Temporal.Instant.fromEpochMilliseconds(quoted.atMs),
    kind: "waiting",
    sentence: `${say.waits[language]}${first}`,
    candidates,
    reasons,
    estimatedStart: isPossible ? start.expected : null,
    impossible: isPossible ? null : (reasons[0] ?? null),
    why: why ? reasonView(why, language) : null,
    booking: bookingView(start.promised, language),
    help: helpFor({ shape, tenant: job.tenant, promised }, snapshot, language),
  };
}

/** What holds it back that is not a pool's; that the round ended before it, where nothing does. */
function rulesOf({ verdict, why }: Quote, arrays: readonly (Reason | undefined)[]): Reason[] {
  const rules = [...arrays, why].filter((one): one is Reason => !!one);
  const isStartable = rules.length === 0 && verdict === "starts-now";
  return isStartable ? [{ code: "not-looked-at", facts: {} }] : rules;
}

function bookingView(
  booked: Awaited<ReturnType<typeof startOf>>["promised"],
  language: Language,
): Explanation["booking"] {
  if (!booked) return null;
  const { pool, startAt } = booked;
  const facts = { at: startAt.toString(), pool };
  return { pool, startsBy: startAt, sentence: sentenceOf({ code: "booked", facts }, language) };
}

async function blocked({ clock }: Hub, job: StoredJob, { language }: Asking): Promise<Explanation> {
  const sentence = say.blocked[language](job);
  return { ...nothingToSay, job: job.id, at: clock.now(), kind: "blocked", sentence };
}

const nothingToSay = {
  candidates: [],
  reasons: [],
  estimatedStart: null,
  impossible: null,
  why: null,
  booking: null,
  help: [],
};
