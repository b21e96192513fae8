import { randomUUID } from "node:crypto";
import type { JobSpec } from "@wadi/core/job";
import { isFinalJob } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";
import { jobSpec, routes, type Client, type JobSpecJson } from "@wadi/protocol";

import { withLifeline } from "./lifelines.ts";
import type { TestRegion } from "./test-region.ts";
import { until } from "./until.ts";

/** A job for a far centre, as the API takes it: one card for a moment, unless told otherwise. */
export function aJob(differing: Partial<JobSpecJson> = {}): JobSpec {
  return jobSpec.parse({
    version: 1,
    name: "a job",
    run: { kind: "command", argv: ["fake"] },
    cards: { options: [{ model: "a800-80g", count: 1 }] },
    cpu: 0.1,
    memory: "64MiB",
    maxRunTime: "1m",
    env: { FAKE_RUN_MS: "100" },
    ...differing,
  });
}

/**
 * A real one for host engines: a script for Bash that holds a lifeline, so that the test sees its
 * processes live and die.
 */
export function shellJob(
  { lifelines }: Pick<TestRegion, "lifelines">,
  script: string,
  differing: Partial<JobSpecJson> = {},
): JobSpec {
  const text = withLifeline(lifelines.port, script);
  return aJob({ run: { kind: "script", text, shell: "/bin/bash" }, env: {}, ...differing });
}

export const submit = (client: Client, spec: JobSpec, idempotencyKey: string = randomUUID()) =>
  client.call(routes.submitJob, { body: spec, idempotencyKey });

export const read = (client: Client, id: JobId) => client.call(routes.readJob, { params: { id } });

/** The job once it is over. */
export function ended(client: Client, id: JobId, withinMs = 30_000) {
  return until(
    `job ${id} is over`,
    async () => {
      const job = await read(client, id);
      return isFinalJob(job.state) && job;
    },
    { withinMs },
  );
}
