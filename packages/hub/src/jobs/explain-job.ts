import {
  atBound,
  openQuotes,
  sentence as sentenceOf,
  type Language,
  type Quote,
  type Reason,
} from "@wadi/core/dispatch";
import { isFinalJob } from "@wadi/core/job";
import { formatYuan, type JobId, type TenantId } from "@wadi/core/units";

import type { Hub, Reading } from "../context.ts";
import { Refused } from "../refused.ts";
import type { Ahead } from "./ahead.ts";
import type { Asks, Explanation, WaitAsked } from "./asks.ts";
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

interface Asking {
  /** Whose jobs the signer may see; null: everybody's. */
  readonly tenant: TenantId | null;
  readonly ahead: Ahead;
  readonly asks: Asks;
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
  if (job.state !== "queued") return placed(hub, job, asking);
  const { ahead, asks, language } = asking;
  const scarcity = await ahead.scarcity(hub.db.sql);
  return asks.explainWait({ job: id, promised: ahead.promised(id), scarcity, language });
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
  const checkpoint = checkpointView(job, { candidates, language });
  const ended = kind === "ended" ? say.ended[language](job) : "";
  return {
    ...nothingToSay,
    job: job.id,
    at: run.leasedAt,
    kind,
    candidates,
    sentence: [say.placed[language](run) + ended, checkpoint?.sentence].filter(Boolean).join(" "),
    checkpoint,
    reasons: candidates.flatMap(({ reason }) => (reason ? [reason] : [])),
  };
}

/**
 * Of a job that waits, as of now, by the function that rounds use; what holds back its tenant or
 * array comes first.
 * @throws Refused `not-found`
 */
export async function explainWait(hub: Reading, asked: WaitAsked): Promise<Explanation> {
  const { sql } = hub.db;
  const { language, promised, scarcity } = asked;
  const job = await readJob(sql, asked.job, null);
  if (!job) throw new Refused("not-found", { job: asked.job });
  const shape = (await shapesOf(hub, sql, [job]))(job);
  const bound = boundOf(job);
  const arrays = await readArrays(sql, bound === null ? [] : [bound as string as JobId]);
  const snapshot = await readSnapshot(hub, sql, { queue: [], arrays, shapes: [shape], scarcity });
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
    checkpoint: checkpointView(job, { candidates: [], language }),
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

/** Where its last checkpoint lies and, where a pool was chosen, what bringing data there costs. */
function checkpointView(
  { checkpoint }: StoredJob,
  { candidates, language }: { candidates: Explanation["candidates"]; language: Language },
): Explanation["checkpoint"] {
  if (!checkpoint) return null;
  const data = candidates.find(({ verdict }) => verdict === "chosen")?.cost?.data;
  const sentence = data
    ? say.checkpointBrought[language]({ ...checkpoint, data: formatYuan(data) })
    : say.checkpointHere[language](checkpoint);
  return { ...checkpoint, sentence };
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
  checkpoint: null,
  booking: null,
  help: [],
};
