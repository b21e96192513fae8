import type { JobSpec } from "@wadi/core/job";
import { jobSpec, type JobSpecJson } from "@wadi/protocol";
import { shapeOf, type Shape } from "@wadi/core/dispatch";
import {
  microYuan,
  noMoney,
  type HoldId,
  type JobId,
  type MicroYuan,
  type PoolId,
} from "@wadi/core/units";
import { createHash } from "node:crypto";

import { documentOf, type Document } from "./document-store.ts";
import type { KeptCheckpoint } from "./kept-checkpoint.ts";

/** The spec as it is stored: in the grammar people write, every default filled in. */
export const specDocument = (spec: JobSpec): Document => documentOf(jobSpec.encode(spec));

/** A stored spec back as the domain's value. */
export const specOf = (body: unknown): JobSpec => jobSpec.decode(body as JobSpecJson);

/** What has become of a job, as far as its shape depends on it. */
export interface Become {
  readonly charged: MicroYuan;
  readonly ruledOut: readonly PoolId[];
  readonly checkpoint: KeptCheckpoint | null;
}

/** Of a job that was just submitted. */
export const asSubmitted: Become = { charged: noMoney, ruledOut: [], checkpoint: null };

/** What dispatch looks at, after so much was charged, kept, and refused by so many pools. */
export function shapeAfter(spec: JobSpec, { charged, ruledOut, checkpoint }: Become): Shape {
  const budget = spec.maxCost === null ? null : microYuan(spec.maxCost - charged);
  return shapeOf(spec, { budget, ruledOut, checkpointAt: checkpoint });
}

/** What decides how long a job runs, as the database keeps it. */
export const familyHash = ({ family }: Pick<Shape, "family">) => hashOf(family);

/**
 * The shape's key as the database keeps it: 16 bytes of its SHA-256, written as a UUID.
 * @param bound  the array that has a bound of its own: its jobs wait as a group apart, so that
 *   they do not stand in the way of others alike
 */
export function shapeHash({ key }: Shape, bound: HoldId | JobId | null = null): string {
  return hashOf(`${key} ${bound ?? ""}`);
}

/** The submission, where it is an array that bounds how many run at once. */
export const boundOf = (job: {
  readonly arrayParallel: number | null;
  readonly submission: HoldId;
}): HoldId | null => (job.arrayParallel === null ? null : job.submission);

function hashOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
