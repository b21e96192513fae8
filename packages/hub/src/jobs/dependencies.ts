import { isFinalJob } from "@wadi/core/job";

import type { Sql } from "../db/index.ts";
import { wrongField } from "../refused.ts";
import { readNeeded, type Dependency } from "./dependency-store.ts";
import type { Draft, Intake } from "./draft.ts";

/** By draft: what it still has to wait for. */
export type DependenciesOf = ReadonlyMap<Draft, readonly Dependency[]>;

/**
 * Looks at the jobs that the drafts depend on. Refuses one that names a job which is not its
 * tenant's, or one that failed already and had to succeed. The jobs stay locked, so that none
 * ends unseen before the drafts are stored.
 */
export async function checkDependencies(
  sql: Sql,
  { open, refuse }: Intake,
): Promise<DependenciesOf> {
  const waiting = new Map<Draft, Dependency[]>();
  const asking = open().filter(({ spec }) => spec.after.ok.length + spec.after.any.length > 0);
  if (asking.length === 0) return waiting;
  const ids = [...new Set(asking.flatMap(({ spec }) => [...spec.after.ok, ...spec.after.any]))];
  const known = new Map((await readNeeded(sql, ids)).map((job) => [job.id, job]));

  for (const draft of asking) {
    const unmet: Dependency[] = [];
    for (const [i, dependency] of dependenciesOf(draft).entries()) {
      const job = known.get(dependency.needs);
      const pointer = `/after/${dependency.kind}/${i}`;
      if (!job || job.tenant !== draft.tenant) {
        refuse(draft, wrongField(pointer, `${dependency.needs} is not a job of yours`));
        break;
      }
      if (dependency.kind === "ok" && isFinalJob(job.state) && job.state !== "succeeded") {
        refuse(draft, wrongField(pointer, `${dependency.needs} ended as ${job.state} already`));
        break;
      }
      if (!isFinalJob(job.state)) unmet.push(dependency);
    }
    waiting.set(draft, unmet);
  }
  return waiting;
}

const dependenciesOf = ({ spec }: Draft): Dependency[] => [
  ...spec.after.ok.map((needs) => ({ needs, kind: "ok" as const })),
  ...spec.after.any.map((needs) => ({ needs, kind: "any" as const })),
];
