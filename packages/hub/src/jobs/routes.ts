import type { JobId, TenantId } from "@wadi/core/units";
import { jobRoutes, uuid } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { gather, isOutage } from "../db/index.ts";
import {
  decodeCursor,
  languageOf,
  pageOfRows,
  seesAll,
  serve,
  type App,
  type Signer,
} from "../http/index.ts";
import { Refused } from "../refused.ts";
import { audit } from "../tenants/index.ts";
import type { Ahead } from "./ahead.ts";
import type { Asks } from "./asks.ts";
import { cancelJob } from "./cancel-job.ts";
import { explainJob } from "./explain-job.ts";
import { quoteJob } from "./quote-job.ts";
import { listJobs, readJob, type StoredJob } from "./store.ts";
import { submitJobs } from "./submit-jobs.ts";
import { detailOf, viewOfJob, viewsOf } from "./views.ts";

/** Submissions that one transaction takes in. */
const submissionsPerBatch = 200;

export function serveJobs(
  app: App,
  hub: Hub,
  { ahead, asks }: { readonly ahead: Ahead; readonly asks: Asks },
): void {
  const submissions = gather({
    run: (all: Parameters<typeof submitJobs>[1]) => submitJobs(hub, all),
    itemsMax: submissionsPerBatch,
    waitingMax: submissionsPerBatch * 20,
    isOutage,
  });

  serve(app, jobRoutes.makeQuote, (call) => {
    const { body: spec, signer } = call;
    return quoteJob(hub, { spec, tenant: signer.tenant, ahead, asks, language: languageOf(call) });
  });

  serve(app, jobRoutes.submitJob, async (call) => {
    const { body, signer, idempotencyKey, fingerprint, raw } = call;
    const outcome = await submissions.add({
      tenant: tenantOf(signer),
      by: call,
      idempotencyKey: idempotencyKey!,
      fingerprint,
      spec: body,
    });
    if (outcome.kind === "refused") throw outcome.refused;
    raw.reply.header("location", `/v1/jobs/${outcome.job.id}`);
    return viewOfJob(outcome.job);
  });

  serve(app, jobRoutes.listJobs, async ({ query, signer }) => {
    const jobs = await listJobs(hub.db.sql, {
      tenant: seesAll(signer) ? (query.tenant ?? null) : tenantOf(signer),
      state: query.state ?? null,
      name: query.name ?? null,
      array: query.array ?? null,
      before: decodeCursor(jobPlace, query.cursor) ?? null,
      limit: query.limit + 1,
    });
    const page = { limit: query.limit, schema: jobPlace, placeOf: ({ id }: StoredJob) => id };
    const { items, next } = pageOfRows(jobs, page);
    return { items: await viewsOf(hub.db.sql, items), next };
  });

  serve(app, jobRoutes.readJob, async (call) => detailOf(hub.db.sql, await jobOf(hub, call)));

  serve(app, jobRoutes.explainJob, (call) => {
    const tenant = scopeOf(call.signer);
    return explainJob(hub, call.params.id, { tenant, ahead, asks, language: languageOf(call) });
  });

  serve(app, jobRoutes.cancelJob, async (call) => {
    const { id } = call.params;
    const job = await hub.db.transaction(async (sql) => {
      const cancelled = await cancelJob(hub, sql, { id, tenant: scopeOf(call.signer) });
      const at = hub.clock.now();
      await audit(sql, { by: call, at, action: "job.cancel", subject: `job/${id}` });
      return cancelled;
    });
    return viewOfJob(job);
  });
}

/** Lists of jobs go on after the last one of the page before. */
const jobPlace = uuid<JobId>();

/**
 * The job that a request names.
 * @throws Refused `not-found` when there is none, or it is another tenant's
 */
export async function jobOf(
  hub: Hub,
  { params, signer }: { readonly params: { readonly id: JobId }; readonly signer: Signer },
): Promise<StoredJob> {
  const job = await readJob(hub.db.sql, params.id, scopeOf(signer));
  if (!job) throw new Refused("not-found", {}, `There is no job ${params.id} of yours.`);
  return job;
}

/** Whose jobs the signer may see; null: everybody's. */
const scopeOf = (signer: Signer): TenantId | null => (seesAll(signer) ? null : tenantOf(signer));

/** @throws Refused when the key speaks for no tenant */
export function tenantOf({ tenant }: Signer): TenantId {
  if (tenant === null) throw new Refused("not-allowed", {}, "The key speaks for no tenant.");
  return tenant;
}
