import type { Candidate } from "../plan.ts";
import type { Reason } from "../reason.ts";
import { byAmount, sumOf, type Amount, type LineCode, type ReportLine } from "./line.ts";
import { nearnessOf, type Lot } from "./lots.ts";
import type { PoolUse, Utilisation } from "./use.ts";

/** What holds waiting jobs back, each job counted once; what holds the most cards back first. */
export function bindingLines(lots: readonly Lot[], uses: readonly PoolUse[]): ReportLine[] {
  const byPool = new Map(uses.map((use) => [use.pool.id, use]));
  const said = lots.map((lot) => ({ ...lineOf(lot, byPool), amount: lot }));
  return totalled(said);
}

/** Models that jobs would have first and find no room on. */
export function scarceModels(
  lots: readonly Lot[],
  { uses, models }: { uses: readonly PoolUse[]; models: readonly Utilisation<string>[] },
): ReportLine[] {
  const said = lots
    .filter(({ holds }) => holds.kind === "room")
    .map((amount) => {
      const { model } = amount;
      const { free, total } = models.find(({ name }) => name === model)!;
      const pools = uses.filter(({ pool }) => pool.model.id === model).length;
      const facts = { model, free: Math.floor(free), total, pools };
      return { code: "short-of-model" as const, facts, amount };
    });
  return totalled(said);
}

/** Lines that say the same of other jobs are one; `jobs` and `cards` are added to its facts. */
function totalled(said: readonly (ReportLine & { amount: Amount })[]): ReportLine[] {
  const sums = new Map<string, ReportLine & { amount: Amount }>();
  for (const { code, facts, amount } of said) {
    const key = JSON.stringify([code, facts]);
    const before = sums.get(key)?.amount ?? { jobs: 0, cards: 0 };
    sums.set(key, { code, facts, amount: sumOf([before, amount]) });
  }
  return [...sums.values()]
    .toSorted(byAmount)
    .map(({ code, facts, amount }) => ({ code, facts: { ...facts, ...amount } }));
}

type Pools = ReadonlyMap<string, PoolUse>;

function lineOf({ holds, shape, tenant }: Lot, pools: Pools): ReportLine {
  switch (holds.kind) {
    case "rule":
      return ruleLine(holds.reason, tenant);
    case "cheaper-hour":
      return { code: "cheaper-hour", facts: { pool: holds.reason.facts.pool! } };
    case "room":
      return roomLine(holds.first, pools);
    case "never": {
      const asked = shape.cards.options.map(({ model }) => model).join(", ");
      const code = holds.reason ? neverCodes[nearnessOf(holds.reason.code)] : undefined;
      return { code: code ?? "no-such-card", facts: { asked } };
    }
    default:
      return { code: holds.kind, facts: {} };
  }
}

/** By `nearnessOf`. */
const neverCodes: readonly LineCode[] = [
  "no-such-card",
  "bound-too-tight",
  "too-large",
  "data-out-of-reach",
  "no-price-then",
  "budget-too-small",
  "deadline-too-early",
];

function ruleLine({ code, facts }: Reason, tenant: string): ReportLine {
  const { organisation = "", class: name = "", quota = 0, nominal = 0, startsPerHour = 0 } = facts;
  switch (code) {
    case "tenant-quota":
      return { code: "tenant-at-quota", facts: { tenant, quota } };
    case "organisation-quota":
      return { code: "organisation-at-quota", facts: { organisation, class: name, nominal } };
    case "quota-taken":
      return { code: "quota-with-others", facts: { organisation, class: name } };
    case "cards-kept":
      return { code: "cards-not-lent", facts: { class: name } };
    case "organisation-starts":
      return { code: "organisation-at-starts", facts: { organisation, startsPerHour } };
    default:
      return { code: "array-at-bound", facts: {} };
  }
}

function roomLine({ pool, reason }: Candidate, pools: Pools): ReportLine {
  const { centre, id, model } = pool;
  const { free = 0, total = 0 } = pools.get(id) ?? {};
  const facts = { pool: id, centre, model: model.id, free: Math.floor(free), total };
  switch (reason?.code) {
    case "no-room":
      return { code: "pool-full", facts };
    case "no-host-with-room":
      return { code: "pool-fragmented", facts };
    case "kept-for-booked":
      return { code: "pool-kept", facts };
    case "centre-slow":
      return { code: "centre-behind", facts: { centre } };
    default:
      return { code: "pool-closed", facts: { pool: id, centre, why: reason?.code ?? "" } };
  }
}
