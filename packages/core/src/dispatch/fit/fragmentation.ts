import type { Need } from "../snapshot.ts";

/** What is left of one host. */
export interface HostRoom {
  readonly cpu: number;
  readonly memory: number;
  /** Of each card: thousandths left. */
  readonly cards: readonly number[];
}

/** A need that is often asked for, and how much room for it is worth. */
export interface TypicalNeed {
  readonly need: Need;
  readonly weight: number;
}

/** A way to put a need on a host. */
export interface Fit {
  /** Of a part of a card: which card, from 0; null where whole cards or none are taken. */
  readonly card: number | null;
  readonly left: HostRoom;
}

/** A way to put a need on a host, and what it wastes; less is better. */
export interface Fragmentation extends Fit {
  readonly loss: number;
}

/** Room for typical needs decides only between fits that cost cards the same value. */
const roomWeight = 1e-3;
const wholeCard = 1000;

/**
 * The fit on one host that wastes least, or null where the need does not fit. Equal fits: the
 * first card wins. Losses of different hosts may be compared when `values` is the same.
 *
 * What is lost is the value of the cards, and next, by a thousandth, the room for typical needs.
 * The idea that room is worth what typical needs can make of it is FGD's (Weng et al., "Beware of
 * Fragmentation", USENIX ATC 2023). It differs in three ways: a part of a card is worth what
 * the best mix of shares makes of it, room for a need is counted in copies of it, and the
 * weights tell how scarce the room is in the whole fleet (`scarcityWeight`).
 *
 * @param mix     needs that may run on this host, weighted
 * @param values  of `cardValues`, made from the needs of the whole fleet
 */
export function fragmentation(
  host: HostRoom,
  need: Need,
  by: { readonly mix: readonly TypicalNeed[]; readonly values: Float64Array },
): Fragmentation | null {
  const before = worth(host, by);
  let best: Fragmentation | null = null;
  for (const fit of fits(host, need)) {
    const loss = before - worth(fit.left, by);
    if (best === null || loss < best.loss - 1e-12) best = { ...fit, loss };
  }
  return best;
}

/** What a host is worth: one for each free card, and the room it has for typical needs. */
function worth(
  host: HostRoom,
  { mix, values }: { readonly mix: readonly TypicalNeed[]; readonly values: Float64Array },
): number {
  const room = mix.reduce((sum, { need, weight }) => sum + weight * roomIn(host, need), 0);
  return worthOfCards(host, values) + roomWeight * room;
}

/** The same from sums the caller keeps: of `worthOfCards`, and of weights times `roomIn`. */
export const worthOf = (cards: number, room: number) => cards + roomWeight * room;

export const worthOfCards = (host: HostRoom, values: Float64Array) =>
  host.cards.reduce((sum, left) => sum + values[left]!, 0);

/**
 * How many copies of the need the host has room for: the mean of the whole copies that fit and of
 * those its usable cards alone would make, so that a host short of cpu still counts for something.
 * 0 where not one fits.
 */
export function roomIn(host: HostRoom, need: Need): number {
  const { cards, share } = need;
  let pieces = 0;
  let usable = 0;
  for (const left of host.cards) {
    if (left < share) continue;
    pieces += Math.floor(left / share);
    usable += left;
  }
  const byCards = cards === 0 ? Infinity : Math.floor(pieces / cards);
  const copies = Math.min(
    byCards,
    need.cpu === 0 ? Infinity : Math.floor(host.cpu / need.cpu),
    need.memory === 0 ? Infinity : Math.floor(host.memory / need.memory),
  );
  if (copies <= 0 || cards === 0) return Math.max(0, copies);
  return (copies + usable / (cards * share)) / 2;
}

/**
 * The weight of a typical need: the share of all room for it that one copy takes, by how often
 * it is asked for. What few hosts can serve (one model, many cards) so keeps its hosts free.
 * Large needs count less, by the root of their cards: their room is many small needs' room too.
 */
export function scarcityWeight(
  need: Need,
  { frequency, roomInFleet }: { readonly frequency: number; readonly roomInFleet: number },
): number {
  const cards = (need.cards * need.share) / wholeCard;
  return cards === 0 ? 0 : frequency / Math.sqrt(cards) / (roomInFleet + 1);
}

/** Every way to put the need on the host; of cards with as much left, the first. */
export function fits(host: HostRoom, need: Need): Fit[] {
  const cpu = host.cpu - need.cpu;
  const memory = host.memory - need.memory;
  if (cpu < 0 || memory < 0) return [];
  if (need.cards === 0) return [{ card: null, left: { cpu, memory, cards: host.cards } }];
  if (need.share < wholeCard) {
    return host.cards.flatMap((left, card) =>
      left < need.share || host.cards.indexOf(left) < card
        ? []
        : [{ card, left: { cpu, memory, cards: host.cards.with(card, left - need.share) } }],
    );
  }
  let wanted = need.cards;
  const cards = host.cards.map((left) => (left === wholeCard && wanted-- > 0 ? 0 : left));
  return wanted > 0 ? [] : [{ card: null, left: { cpu, memory, cards } }];
}

/**
 * What each part of a card is worth, by thousandths left (0 to 1000), in whole cards: the most
 * that typical shares make of it, at the dual prices of the fractional cutting-stock problem
 * "serve all shares with the fewest cards". A rest that only rare shares fit is worth nothing.
 * Found by column generation (Gilmore and Gomory, Operations Research 9(6), 1961). Without needs
 * for parts of cards only a whole card has value.
 *
 * @param mix  any weights; those of equal shares add up
 */
export function cardValues(mix: readonly TypicalNeed[]): Float64Array {
  const demand = new Map<number, number>();
  for (const { need, weight } of mix) {
    if (need.cards === 0 || need.share >= wholeCard || weight <= 0) continue;
    demand.set(need.share, (demand.get(need.share) ?? 0) + weight);
  }
  const sizes = [...demand.keys()].sort((a, b) => b - a);
  const prices = sharePrices(
    sizes,
    sizes.map((size) => demand.get(size)!),
  );
  // Sums of prices may end a hair above the whole card they cut up.
  const values = bestCuts(sizes, prices).values.map((value) => Math.min(value, 1));
  values[wholeCard] = 1;
  return values;
}

/** So many cuts are tried at most; the prices found by then are used. */
const cutsMax = 2000;
const epsilon = 1e-9;

/** The dual price of each size: a revised simplex whose next column is the best cut of a card. */
function sharePrices(sizes: readonly number[], demand: readonly number[]): number[] {
  // The first basis cuts each card into one size only; rows of its inverse are kept.
  const inverse = sizes.map((size, row) =>
    sizes.map((_, column) => (column === row ? 1 / Math.floor(wholeCard / size) : 0)),
  );
  const used = inverse.map((row) => dot(row, demand));
  for (let cut = 0; cut < cutsMax; cut++) {
    const prices = sizes.map((_, column) => inverse.reduce((sum, row) => sum + row[column]!, 0));
    const { values, pieces } = bestCuts(sizes, prices);
    if (values[wholeCard]! <= 1 + epsilon) return prices;
    const column = inverse.map((row) => dot(row, pieces));
    const leaving = leavingRow(used, column);
    if (leaving < 0) return prices;
    pivot({ inverse, used, column, leaving });
  }
  return sizes.map((_, column) => inverse.reduce((sum, row) => sum + row[column]!, 0));
}

/** Which pattern the new one replaces: the first to be used up; of equals, the first row. */
function leavingRow(used: readonly number[], column: readonly number[]): number {
  let leaving = -1;
  let least = Infinity;
  for (const [row, step] of column.entries()) {
    if (step <= epsilon) continue;
    const ratio = used[row]! / step;
    if (ratio < least - epsilon) [leaving, least] = [row, ratio];
  }
  return leaving;
}

interface Basis {
  readonly inverse: number[][];
  readonly used: number[];
  readonly column: readonly number[];
  readonly leaving: number;
}

function pivot({ inverse, used, column, leaving }: Basis): void {
  const by = column[leaving]!;
  const out = inverse[leaving]!.map((value) => value / by);
  const entered = used[leaving]! / by;
  for (const [row, step] of column.entries()) {
    if (row === leaving) continue;
    inverse[row] = inverse[row]!.map((value, at) => value - step * out[at]!);
    used[row] = Math.max(0, used[row]! - step * entered);
  }
  inverse[leaving] = out;
  used[leaving] = entered;
}

/** The most that sizes are worth together in each length, and which of them fill a card so. */
function bestCuts(sizes: readonly number[], prices: readonly number[]) {
  const values = new Float64Array(wholeCard + 1);
  const first = new Int32Array(wholeCard + 1).fill(-1);
  for (let length = 1; length <= wholeCard; length++) {
    values[length] = values[length - 1]!;
    for (const [index, size] of sizes.entries()) {
      if (size > length) continue;
      const value = values[length - size]! + prices[index]!;
      if (value <= values[length]! + epsilon) continue;
      values[length] = value;
      first[length] = index;
    }
  }
  const pieces = sizes.map(() => 0);
  for (let left = wholeCard; left > 0;) {
    const index = first[left]!;
    if (index < 0) left -= 1;
    else {
      pieces[index]! += 1;
      left -= sizes[index]!;
    }
  }
  return { values, pieces };
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);
