import type { LearntRunTime, Shape } from "@wadi/core/dispatch";
import { durationOf, type CardModelId } from "@wadi/core/units";

import type { Db, Sql } from "../db/index.ts";
import { readRunTimes, type FamilyOn } from "./learnt-store.ts";
import { familyHash } from "./spec-document.ts";

/** What was learnt is good for so long: one run more changes a median of a hundred little. */
const freshMs = { ofMany: 30_000, ofFew: 2000 };
const many = 100;
const keptMax = 50_000;

interface Known {
  readonly atMs: number;
  /** Null: no run has succeeded yet. */
  readonly time: LearntRunTime | null;
}
const kept = new WeakMap<Db, Map<string, Known>>();

/** Run times of finished runs for the families and card models that these shapes ask for. */
export async function learnRunTimes(
  { db }: { readonly db: Db },
  sql: Sql,
  { shapes, nowMs }: { shapes: readonly Shape[]; nowMs: number },
): Promise<Map<string, LearntRunTime[]>> {
  const known = kept.get(db) ?? new Map<string, Known>();
  kept.set(db, known);
  const asked = askedBy(shapes);
  const stale = [...asked.values()].filter((pair) => {
    const one = known.get(nameOf(pair));
    if (!one) return true;
    const { ofMany, ofFew } = freshMs;
    const isMany = one.time !== null && one.time.runs >= many;
    return Math.abs(nowMs - one.atMs) >= (isMany ? ofMany : ofFew);
  });
  const found = new Map((await readRunTimes(sql, stale)).map((one) => [nameOf(one), one]));
  if (known.size + stale.length > keptMax) known.clear();
  for (const pair of stale) {
    const one = found.get(nameOf(pair));
    const time = one && {
      model: pair.model,
      runs: one.runs,
      median: durationOf(Math.ceil(one.medianMs)),
      p90: durationOf(Math.ceil(one.p90Ms)),
    };
    known.set(nameOf(pair), { atMs: nowMs, time: time ?? null });
  }
  const learnt = new Map<string, LearntRunTime[]>();
  for (const pair of asked.values()) {
    const time = known.get(nameOf(pair))?.time;
    if (time) learnt.set(pair.key, [...(learnt.get(pair.key) ?? []), time]);
  }
  return learnt;
}

/** Each family with each of its models once; `key` is the family as dispatch has it. */
function askedBy(shapes: readonly Shape[]): Map<string, FamilyOn & { readonly key: string }> {
  const asked = new Map<string, FamilyOn & { readonly key: string }>();
  const hashes = new Map<string, string>();
  for (const shape of shapes) {
    const family = hashes.get(shape.family) ?? familyHash(shape);
    hashes.set(shape.family, family);
    for (const { model } of shape.cards.options) {
      const pair = { family, model, key: shape.family };
      asked.set(nameOf(pair), pair);
    }
  }
  return asked;
}

const nameOf = ({ family, model }: { family: string; model: CardModelId }) => `${family} ${model}`;
