import assert from "node:assert/strict";
import type { Quote, Shape } from "@wadi/core/dispatch";
import { asId, formatYuan, microYuan, type HoldId, type JobId } from "@wadi/core/units";
import type { Share } from "@wadi/core/vouchers";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { claimKeys, releaseKeys } from "../http/idempotency-store.ts";
import { withoutTwins } from "../http/without-twins.ts";
import { Refused } from "../refused.ts";
import { auditAll, type AuditEntry } from "../tenants/index.ts";
import { checkQuotas } from "./check-quotas.ts";
import { checkUploads } from "./check-uploads.ts";
import { checkDependencies, type DependenciesOf } from "./dependencies.ts";
import { insertDependencies } from "./dependency-store.ts";
import { saveDocuments } from "./document-store.ts";
import { insertEvents, type NewEvent } from "./event-store.ts";
import type { Draft, Intake, Submission, SubmitOutcome } from "./draft.ts";
import { holdFor } from "./hold-for.ts";
import { refusalOf } from "./refusal-of.ts";
import { quotesOfEmpty } from "./quotes-of-empty.ts";
import { asSubmitted, shapeAfter, shapeHash, specDocument } from "./spec-document.ts";
import { insertJobs, readJobsByIds, type StoredJob } from "./store.ts";

/**
 * Takes jobs in: holds the most each can cost, then queues it, all in one transaction. Safe to
 * repeat: the idempotency key names the submission for ever, and a repeat answers with the job
 * that it made. The refusal of one leaves the others as they are, and its key unused.
 */
export async function submitJobs(
  hub: Hub,
  submissions: readonly Submission[],
): Promise<SubmitOutcome[]> {
  const quoteOf = await quotesOfEmpty(hub);
  const { firsts, firstOf } = withoutTwins(submissions);
  const drafts = firsts.map((one) => draftOf(hub, one, quoteOf));
  const taken = await hub.db.transaction(async (sql) => {
    const outcomes = new Map<Draft, SubmitOutcome>();
    const intake: Intake = {
      open: () => drafts.filter((draft) => !outcomes.has(draft)),
      refuse: (draft, refused) => outcomes.set(draft, { kind: "refused", refused }),
    };
    await claim(sql, intake, outcomes);
    const claimed = intake.open();

    for (const draft of intake.open()) {
      const refused = refusalOf(draft);
      if (refused) intake.refuse(draft, refused);
    }
    const dependencies = await checkDependencies(sql, intake);
    await checkUploads(sql, intake);
    await checkQuotas(sql, intake);
    const shares = await holdFor(hub, sql, intake);

    const accepted = intake.open();
    const stored = await store(hub, sql, { accepted, dependencies, shares });
    for (const [draft, job] of stored) outcomes.set(draft, { kind: "submitted", job });
    const unused = claimed.filter((draft) => outcomes.get(draft)?.kind === "refused");
    await releaseKeys(sql, unused.map(claimOf));
    return drafts.map((draft) => outcomes.get(draft)!);
  });
  const outcomeOf = new Map(firsts.map((first, i) => [first, taken[i]!]));
  return submissions.map((one) => outcomeOf.get(firstOf.get(one)!)!);
}

function draftOf(hub: Hub, one: Submission, quoteOf: (shape: Shape) => Quote): Draft {
  const shape = shapeAfter(one.spec, asSubmitted);
  const job = asId<JobId>(hub.newId());
  return { ...one, job, document: specDocument(one.spec), shape, quoted: quoteOf(shape) };
}

const claimOf = (draft: Draft) => ({
  owner: `tenant/${draft.tenant}`,
  key: draft.idempotencyKey,
  fingerprint: draft.fingerprint,
  subject: draft.job,
});

async function claim(sql: Sql, { open, refuse }: Intake, outcomes: Map<Draft, SubmitOutcome>) {
  const drafts = open();
  const claims = await claimKeys(sql, drafts.map(claimOf));
  const repeats = new Map<JobId, Draft[]>();
  for (const [i, claimed] of claims.entries()) {
    const draft = drafts[i]!;
    if (claimed.kind === "repeat") {
      const job = asId<JobId>(claimed.subject);
      repeats.set(job, [...(repeats.get(job) ?? []), draft]);
    }
    if (claimed.kind === "reused") {
      refuse(draft, new Refused("key-reused", { key: draft.idempotencyKey }));
    }
  }
  const jobs = await readJobsByIds(sql, [...repeats.keys()]);
  assert.equal(jobs.length, repeats.size, "a key names a job that is not there");
  for (const job of jobs) {
    for (const draft of repeats.get(job.id)!) outcomes.set(draft, { kind: "submitted", job });
  }
}

/** @returns of each draft its job, or the first of its array */
async function store(
  hub: Hub,
  sql: Sql,
  taken: {
    accepted: readonly Draft[];
    dependencies: DependenciesOf;
    shares: ReadonlyMap<Draft, Share>;
  },
): Promise<Map<Draft, StoredJob>> {
  const { accepted, dependencies, shares } = taken;
  const made = new Map<Draft, StoredJob[]>();
  if (accepted.length === 0) return new Map();
  const now = hub.clock.now();
  await saveDocuments(
    sql,
    accepted.map(({ document }) => document),
  );
  for (const draft of accepted) {
    const blockedBy = dependencies.get(draft)?.length ?? 0;
    made.set(draft, jobsOf(hub, draft, { share: shares.get(draft)!, blockedBy, now }));
  }
  const jobs = [...made.values()].flat();
  await insertJobs(sql, jobs);
  const links = [...made].flatMap(([draft, all]) =>
    (dependencies.get(draft) ?? []).flatMap((on) => all.map(({ id }) => ({ ...on, job: id }))),
  );
  await insertDependencies(sql, links);
  await insertEvents(sql, jobs.map(submitted));
  await auditAll(
    sql,
    accepted.map(({ by, job }) => auditOf(by, job, now)),
  );
  await hub.signals.raise(
    sql,
    "round",
    ...accepted.map(({ tenant }) => `events/${tenant}` as const),
  );
  return new Map([...made].map(([draft, [first]]) => [draft, first!]));
}

/** The job, or one for each index of the array; the first bears the submission's id. */
function jobsOf(
  hub: Hub,
  draft: Draft,
  { share, blockedBy, now }: { share: Share; blockedBy: number; now: Temporal.Instant },
): StoredJob[] {
  const { spec, job, shape, tenant, by, document } = draft;
  const first: StoredJob = {
    id: job,
    submission: asId<HoldId>(job),
    arrayIndex: spec.array ? 0 : null,
    arrayParallel: spec.array?.parallel ?? null,
    tenant,
    name: spec.name,
    spec: document.hash,
    shape: shapeHash(shape, spec.array?.parallel ? asId<HoldId>(job) : null),
    priority: spec.priority,
    rerunnable: spec.retry.rerunWhenLost,
    state: blockedBy > 0 ? "blocked" : "queued",
    why: null,
    submittedAt: now,
    submittedBy: by.signer.key,
    endedAt: null,
    generation: 0,
    failures: 0,
    refusals: 0,
    ruledOut: [],
    preemptions: 0,
    share,
    charged: microYuan(0n),
    cancelRequestedAt: null,
    blockedBy,
    centre: null,
    checkpoint: null,
  };
  const count = spec.array?.count ?? 1;
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? first : { ...first, id: asId<JobId>(hub.newId()), arrayIndex: index },
  );
}

const auditOf = (by: Draft["by"], job: JobId, at: Temporal.Instant): AuditEntry => ({
  by,
  at,
  action: "job.submit",
  subject: `job/${job}`,
});

const submitted = (job: StoredJob): NewEvent => ({
  job: job.id,
  run: null,
  tenant: job.tenant,
  at: job.submittedAt,
  kind: `job.${job.state}`,
  facts: { cash: formatYuan(job.share.cash), voucher: formatYuan(job.share.voucher) },
});
