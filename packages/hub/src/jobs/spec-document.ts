import type { JobSpec } from "@wadi/core/job";
import { jobSpec, type JobSpecJson } from "@wadi/protocol";
import { shapeOf, type Shape } from "@wadi/core/dispatch";
import { microYuan, type HoldId, type MicroYuan } from "@wadi/core/units";
import { createHash } from "node:crypto";

import { documentOf, type Document } from "./document-store.ts";

/** The spec as it is stored: in the grammar people write, every default filled in. */
export const specDocument = (spec: JobSpec): Document => documentOf(jobSpec.encode(spec));

/** A stored spec back as the domain's value. */
export const specOf = (body: unknown): JobSpec => jobSpec.decode(body as JobSpecJson);

/** What dispatch looks at, after so much has been charged already. */
export function shapeAfter(spec: JobSpec, charged: MicroYuan): Shape {
  return shapeOf(spec, spec.maxCost === null ? null : microYuan(spec.maxCost - charged));
}

/**
 * The shape's key as the database keeps it: 16 bytes of its SHA-256, written as a UUID.
 * @param bound  the array that has a bound of its own: its jobs wait as a group apart, so that
 *   they do not stand in the way of others alike
 */
export function shapeHash({ key }: Shape, bound: HoldId | null = null): string {
  const hex = createHash("sha256")
    .update(`${key} ${bound ?? ""}`)
    .digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
