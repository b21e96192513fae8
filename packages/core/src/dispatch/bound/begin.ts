import { openAscent, type Ascent } from "./ascend.ts";
import type { Certificate, UsedWay } from "./certificate.ts";
import { columnsOf, leastValues, valuesOf, type Way } from "./columns.ts";
import type { Compiled } from "./compile.ts";
import { priceOut, scarceOf, type Scarce } from "./price-out.ts";
import { pricesAt } from "./scarcity.ts";

/**
 * Where the ascent begins: at no scarcity, with each option's cheapest start and all jobs on their
 * group's cheapest; or where an earlier certificate of much the same problem left off.
 */
export function begin(compiled: Compiled, earlier: Certificate | undefined): Ascent {
  const scarce = scarceOf(
    compiled,
    earlier ? pricesAt(compiled, earlier.scarcity) : new Float64Array(compiled.capacity.length),
  );
  const ways = earlier ? waysBefore(compiled, earlier) : [];
  const held = shares(ways);
  const { found, least } = priceOut(compiled, scarce, barsOf(compiled, scarce, ways));
  const known = new Set(ways.map(({ at }) => at));
  for (const { group, option, at, value } of found) {
    if (known.has(at)) continue;
    const first = !held.has(group) && value === least[group];
    if (first) held.set(group, 1);
    ways.push({ group, option, at, share: first ? 1 : 0 });
  }
  const whole = ways.map((way) => ({ ...way, share: way.share / held.get(way.group)! }));
  const columns = columnsOf(compiled, whole.sort(byPlace));
  const step = Math.min(0.1, earlier?.pace.step ?? 0.1);
  const weight = earlier?.pace.weight ?? meanPrice(compiled, least) / 4;
  return openAscent(compiled, columns, { perCardHour: scarce.perCardHour, step, weight });
}

const byPlace = (a: Way, b: Way) => a.at - b.at;

/** A little above what each group's ways cost; infinite where it has none. */
function barsOf(compiled: Compiled, scarce: Scarce, ways: readonly Way[]): Float64Array {
  const columns = columnsOf(compiled, ways.toSorted(byPlace));
  const values = new Float64Array(ways.length);
  valuesOf(columns, scarce, values);
  return leastValues(columns, values).map((value) => value * 1.1);
}

/** By group: what its ways' shares add up to. */
function shares(ways: readonly Way[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { group, share } of ways) sums.set(group, (sums.get(group) ?? 0) + share);
  return sums;
}

/**
 * What a card-hour costs on the whole where nothing is scarce, an hour of waiting counted; above 0.
 * Where cards are free of charge scarcity is all about waiting.
 */
function meanPrice({ groups, problem }: Compiled, least: Float64Array): number {
  const worth = new Map(problem.groups.map(({ id, waitingPerHour }) => [id, waitingPerHour]));
  let cost = 0;
  let cardHours = 0;
  groups.forEach((group, g) => {
    cost += group.jobs * (least[g]! + worth.get(group.id)!);
    cardHours += group.jobs * group.cardHours;
  });
  return Math.max(1, cost / Math.max(1e-9, cardHours));
}

/** The earlier certificate's ways that are still there, each at its first start not before then. */
function waysBefore(compiled: Compiled, { ways }: Certificate): Way[] {
  const places = new Map(compiled.groups.map(({ id }, group) => [id, group]));
  const found = new Map<number, Way>();
  for (const { group: id, ways: used } of ways) {
    const group = places.get(id);
    if (group === undefined) continue;
    for (const way of used) {
      const place = placeOf(compiled, group, way);
      if (place === undefined) continue;
      const share = way.share + (found.get(place.at)?.share ?? 0);
      found.set(place.at, { group, ...place, share });
    }
  }
  return [...found.values()];
}

function placeOf(
  { groups, options, cost }: Compiled,
  group: number,
  way: UsedWay,
): { option: number; at: number } | undefined {
  for (let option = groups[group]!.first; option < groups[group]!.end; option++) {
    const { pool, cards, window, first } = options[option]!;
    if (pool !== way.pool || cards !== way.cards) continue;
    const k = window.startsMs.findIndex((start) => start >= way.startMs);
    if (k >= 0 && cost[first + k]! < Infinity) return { option, at: first + k };
  }
  return undefined;
}
