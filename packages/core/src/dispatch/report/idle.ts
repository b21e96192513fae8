import type { CardModelId, CentreId, PoolId } from "../../units/index.ts";
import type { Candidate } from "../plan.ts";
import type { Reason } from "../reason.ts";
import { sumOf, type Amount, type LineCode, type ReportLine } from "./line.ts";
import { nearnessOf, type Lot } from "./lots.ts";
import type { PoolUse } from "./use.ts";

/** A pool with cards that nobody takes. */
export interface IdlePool {
  readonly pool: PoolId;
  readonly centre: CentreId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly free: number;
  readonly total: number;
  /** What came nearest to taking them first: there the smallest change would use them. */
  readonly because: readonly ReportLine[];
}

/** Pools with a whole card free or more, those with most first, then by id; and why they have. */
export function idlePools(
  uses: readonly PoolUse[],
  { lots, nowMs }: { lots: readonly Lot[]; nowMs: number },
): IdlePool[] {
  const known = new Map<Lot["candidates"], ReadonlyMap<PoolId, Candidate>>();
  for (const { candidates } of lots) {
    if (!known.has(candidates))
      known.set(candidates, new Map(candidates.map((c) => [c.pool.id, c])));
  }
  const inPool = (lot: Lot, pool: PoolId) => known.get(lot.candidates)?.get(pool);
  return uses
    .filter(({ free }) => free >= 1)
    .toSorted((a, b) => b.free - a.free)
    .map((use) => {
      const { id, centre, model, emulated } = use.pool;
      const facts = { pool: id, centre, model: model.id, emulated };
      const because = closedLines(use, nowMs) ?? queueLines(use, { lots, inPool });
      return { ...facts, free: use.free, total: use.total, because };
    });
}

function closedLines({ pool }: PoolUse, nowMs: number): ReportLine[] | undefined {
  const { id, centre, closed, maintenance } = pool;
  const facts = { pool: id, centre };
  if (closed) return [{ code: "idle-closed", facts: { ...facts, why: closed.code } }];
  const now = maintenance.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (!now) return undefined;
  const until = Temporal.Instant.fromEpochMilliseconds(now.toMs).toString();
  return [{ code: "idle-maintenance", facts: { ...facts, until } }];
}

/** Nearest to taking the cards first. */
const nearestFirst: readonly LineCode[] = [
  "idle-slow",
  "idle-until-cheaper",
  "idle-kept",
  "idle-fragments",
  "idle-too-few",
  "idle-quota",
  "idle-deadline",
  "idle-price",
  "idle-no-price",
  "idle-data",
  "idle-too-small",
  "idle-constraints",
  "idle-other-model",
];

function queueLines(
  { pool, free }: PoolUse,
  from: { lots: readonly Lot[]; inPool: (lot: Lot, pool: PoolId) => Candidate | undefined },
): ReportLine[] {
  const facts = {
    pool: pool.id,
    centre: pool.centre,
    model: pool.model.id,
    free: Math.floor(free),
  };
  const sums = new Map<LineCode, Amount>();
  for (const lot of from.lots) {
    const code = whyNot(lot, { candidate: from.inPool(lot, pool.id), model: pool.model.id });
    if (code) sums.set(code, sumOf([sums.get(code) ?? { jobs: 0, cards: 0 }, lot]));
  }
  if (sums.size === 0) return [{ code: "idle-no-queue", facts }];
  return nearestFirst.flatMap((code) => {
    const amount = sums.get(code);
    return amount ? [{ code, facts: { ...facts, ...amount } }] : [];
  });
}

/** Why jobs do not take free cards of a pool; undefined where nothing can be said. */
function whyNot(
  { holds, shape }: Lot,
  { candidate, model }: { candidate: Candidate | undefined; model: CardModelId },
): LineCode | undefined {
  if (holds.kind === "making-room" || holds.kind === "not-reached") return undefined;
  if (candidate?.verdict === "refused" && candidate.reason)
    return refusedCode(candidate.reason.code);
  if (holds.kind === "rule") {
    const asks = shape.cards.options.some((option) => option.model === model);
    return asks ? "idle-quota" : "idle-other-model";
  }
  const isPossible = candidate?.verdict === "possible";
  if (isPossible) return holds.kind === "cheaper-hour" ? "idle-until-cheaper" : undefined;
  return candidate?.reason ? busyCodes[candidate.reason.code] : undefined;
}

/** By `nearnessOf`. */
const refusedCodes = [
  "idle-other-model",
  "idle-constraints",
  "idle-too-small",
  "idle-data",
  "idle-no-price",
  "idle-price",
  "idle-deadline",
] as const;
const refusedCode = (code: Reason["code"]) => refusedCodes[nearnessOf(code)];

const busyCodes: Partial<Record<Reason["code"], LineCode>> = {
  "no-room": "idle-too-few",
  "no-host-with-room": "idle-fragments",
  "kept-for-booked": "idle-kept",
  "centre-slow": "idle-slow",
};
