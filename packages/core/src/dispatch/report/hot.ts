import { downToFen, formatYuan, noMoney, type MicroYuan } from "../../units/index.ts";
import { marginalWorth } from "../bound/index.ts";
import type { PoolNow, Scarcity } from "../snapshot.ts";
import { byText, sumOf, type ReportLine } from "./line.ts";
import type { Lot } from "./lots.ts";
import type { PoolUse } from "./use.ts";

const hourMs = 3_600_000;
/** So many stretches of hours are told at most, the dearest. */
const mostAhead = 50;

/**
 * Pools whose cards are worth more than their price now, and those that are full with jobs that
 * would go there first. The scarcest first, then the longest queue, then by id.
 */
export function hotPools(
  uses: readonly PoolUse[],
  of: { lots: readonly Lot[]; scarcity: Scarcity | null; nowMs: number },
): ReportLine[] {
  const { lots, scarcity, nowMs } = of;
  const queues = Map.groupBy(
    lots.filter(({ holds }) => holds.kind === "room"),
    ({ holds }) => (holds.kind === "room" ? holds.first.pool.id : null),
  );
  return uses
    .map(({ pool, total, free }) => {
      const queue = queues.get(pool.id) ?? [];
      const { jobs, cards } = sumOf(queue);
      const worth = scarcity ? worthAt(scarcity, pool, nowMs) : noMoney;
      const isFull = free < 1 && jobs > 0;
      return { pool, total, jobs, cards, worth, isFull };
    })
    .toSorted((a, b) => (a.worth > b.worth ? -1 : a.worth < b.worth ? 1 : 0) || b.cards - a.cards)
    .flatMap(({ pool, total, jobs, cards, worth, isFull }): ReportLine[] => {
      const facts = factsOf(pool);
      const full = { code: "full-with-queue", facts: { ...facts, total, jobs, cards } } as const;
      const scarce = {
        code: "worth-more-now",
        facts: { ...facts, worth: formatYuan(worth) },
      } as const;
      return [...(worth > 0n ? [scarce] : []), ...(isFull ? [full] : [])];
    });
}

/** What one more card is worth in the hours to come, by stretches of one worth, dearest first. */
export function hoursAhead(
  uses: readonly PoolUse[],
  { scarcity, nowMs }: { scarcity: Scarcity | null; nowMs: number },
): ReportLine[] {
  if (!scarcity) return [];
  return uses
    .flatMap(({ pool }) => stretchesOf(scarcity, pool, nowMs).map((one) => ({ pool, ...one })))
    .map(({ pool, fromMs, toMs, worth }) => {
      const facts = {
        ...factsOf(pool),
        from: iso(fromMs),
        to: iso(toMs),
        worth: formatYuan(worth),
      };
      return { code: "worth-more-at" as const, facts, worth, fromMs };
    })
    .toSorted(
      (a, b) =>
        (a.worth > b.worth ? -1 : a.worth < b.worth ? 1 : 0) || a.fromMs - b.fromMs || byText(a, b),
    )
    .slice(0, mostAhead)
    .map(({ code, facts }) => ({ code, facts }));
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly worth: MicroYuan;
}

/** From the hour after this one on; hours that are worth less than a fen are left out. */
function stretchesOf(scarcity: Scarcity, pool: PoolNow, nowMs: number): Stretch[] {
  const { fromMs: beginMs, perCardHour } = scarcity;
  const endMs = beginMs + (perCardHour.get(pool.id)?.length ?? 0) * hourMs;
  const nextMs = beginMs + (Math.floor((nowMs - beginMs) / hourMs) + 1) * hourMs;
  const stretches: Stretch[] = [];
  for (let fromMs = Math.max(beginMs, nextMs); fromMs < endMs; fromMs += hourMs) {
    const worth = worthAt(scarcity, pool, fromMs);
    const last = stretches.at(-1);
    const toMs = fromMs + hourMs;
    if (last?.toMs === fromMs && last.worth === worth)
      stretches[stretches.length - 1] = { ...last, toMs };
    else if (worth > 0n) stretches.push({ fromMs, toMs, worth });
  }
  return stretches;
}

/** Down to the fen. */
const worthAt = (scarcity: Scarcity, { id }: PoolNow, atMs: number): MicroYuan =>
  downToFen(marginalWorth(scarcity, { pool: id, atMs }));

const factsOf = ({ id, centre, model }: PoolNow) => ({ pool: id, centre, model: model.id });

const iso = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toString();
