import type { Shape } from "@wadi/core/dispatch";
import { microYuan, type PoolId } from "@wadi/core/units";

import type { Db, Sql } from "../db/index.ts";
import { readDocuments } from "./document-store.ts";
import type { KeptCheckpoint } from "./kept-checkpoint.ts";
import { shapeAfter, specOf } from "./spec-document.ts";

/** What the shape of a stored job is made of. */
export interface ShapeParts {
  /** Hash of its spec's document. */
  readonly spec: Buffer;
  readonly charged: bigint;
  readonly ruledOut: readonly PoolId[];
  readonly checkpoint: KeptCheckpoint | null;
}

/** So many shapes are kept in memory; a region has a few hundred at a time. */
const keptMax = 20_000;
const kept = new WeakMap<Db, Map<string, Shape>>();

/**
 * The shapes of stored jobs. A document never changes, so each shape is made once and the same
 * value comes back for the same parts.
 */
export async function shapesOf(
  { db }: { readonly db: Db },
  sql: Sql,
  all: readonly ShapeParts[],
): Promise<(parts: ShapeParts) => Shape> {
  const known = kept.get(db) ?? new Map<string, Shape>();
  kept.set(db, known);
  const asked = new Map(all.map((one) => [nameOf(one), one]));
  const missing = [...asked].filter(([name]) => !known.has(name));
  if (known.size + missing.length > keptMax) known.clear();
  const wanted = known.size === 0 ? [...asked] : missing;
  if (wanted.length > 0) {
    const hashes = new Map(wanted.map(([, { spec }]) => [spec.toString("hex"), spec]));
    const documents = await readDocuments(sql, [...hashes.values()]);
    const specs = new Map([...documents].map(([hash, body]) => [hash, specOf(body)]));
    for (const [name, one] of wanted) {
      const charged = microYuan(one.charged);
      const spec = specs.get(one.spec.toString("hex"))!;
      known.set(name, shapeAfter(spec, { ...one, charged }));
    }
  }
  // The map may be emptied for others before this answer is used up.
  const answer = new Map([...asked.keys()].map((name) => [name, known.get(name)!]));
  return (parts) => answer.get(nameOf(parts))!;
}

function nameOf({ spec, charged, ruledOut, checkpoint }: ShapeParts): string {
  const left = checkpoint ? `${checkpoint.place} ${checkpoint.bytes}` : "";
  return `${spec.toString("latin1")} ${charged} ${ruledOut.join(" ")} ${left}`;
}
