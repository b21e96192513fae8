import { heldBack, leastCards, quote, sentence, type Reason } from "@wadi/core/dispatch";
import { isFinalJob } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";
import type { explanation } from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { candidatesOf, reasonView, viewOfCandidate } from "./candidate-json.ts";
import { readDocuments } from "./document-store.ts";
import { readArrays } from "./queue-store.ts";
import { readRunsOf } from "./run-store.ts";
import { readSnapshot } from "./snapshot.ts";
import { shapeAfter, specOf } from "./spec-document.ts";
import { readJob, type StoredJob } from "./store.ts";

type Explanation = z.output<typeof explanation>;

/**
 * Why a job is where it is: the stored decision of its last placement with every pool that lost
 * and why; or, while it waits, what each pool says of it now.
 * @throws Refused `not-found`
 */
export async function explainJob(
  hub: Hub,
  id: JobId,
  tenant: TenantId | null,
): Promise<Explanation> {
  const job = await readJob(hub.db.sql, id, tenant);
  if (!job) throw new Refused("not-found", { job: id });
  if (job.state === "blocked") return blocked(hub, job);
  if (job.state === "queued") return waiting(hub, job);
  return placed(hub, job);
}

async function placed({ db, clock }: Hub, job: StoredJob): Promise<Explanation> {
  const run = (await readRunsOf(db.sql, [job.id])).at(-1);
  if (!run) {
    const text = `It ${job.state} before it was placed: ${job.why ?? "no reason given"}.`;
    const at = job.endedAt ?? clock.now();
    return { job: job.id, at, kind: "ended", sentence: text, candidates: [], reasons: [] };
  }
  const documents = await readDocuments(db.sql, [run.decision]);
  const candidates = candidatesOf(documents.get(run.decision.toString("hex")));
  const went = `Run ${run.generation} went to ${run.pool} at ${run.centre},`;
  const kind = isFinalJob(job.state) ? "ended" : "placed";
  const ended = kind === "ended" ? ` The job ${job.state}: ${job.why ?? "no reason given"}.` : "";
  return {
    job: job.id,
    at: run.leasedAt,
    kind,
    candidates,
    sentence: `${went} the lowest total cost of the pools that had room.${ended}`,
    reasons: candidates.flatMap(({ reason }) => (reason ? [reason] : [])),
  };
}

/** As of now, by the function that rounds use; what holds back its tenant or array comes first. */
async function waiting(hub: Hub, job: StoredJob): Promise<Explanation> {
  const { sql } = hub.db;
  const documents = await readDocuments(sql, [job.spec]);
  const spec = specOf(documents.get(job.spec.toString("hex")));
  const shape = shapeAfter(spec, job.charged);
  const arrays = await readArrays(
    sql,
    job.arrayParallel === null ? [] : [job.submission as string as JobId],
  );
  const snapshot = await readSnapshot(hub, sql, { queue: [], arrays });
  const quoted = quote(shape, snapshot);

  const rule = heldBack({
    needed: leastCards(shape),
    tenant: snapshot.tenants.get(job.tenant),
    array: [...snapshot.arrays.values()][0],
  });
  const held: Reason[] = rule ? [rule] : [];
  const startable = held.length === 0 && quoted.verdict === "starts-now";
  if (startable) held.push({ code: "not-looked-at", facts: {} });

  const candidates = quoted.candidates.map(viewOfCandidate);
  const reasons = [
    ...held.map(reasonView),
    ...candidates.flatMap(({ reason }) => (reason ? [reason] : [])),
  ];
  const first = held[0] ? sentence(held[0]) : (reasons[0]?.sentence ?? "The region has no pools.");
  return {
    job: job.id,
    at: quoted.at,
    kind: "waiting",
    sentence: `It waits. ${first}`,
    candidates,
    reasons,
  };
}

async function blocked({ clock }: Hub, job: StoredJob): Promise<Explanation> {
  return {
    job: job.id,
    at: clock.now(),
    kind: "blocked",
    candidates: [],
    reasons: [],
    sentence: `It waits for ${job.blockedBy} of the jobs it depends on.`,
  };
}
