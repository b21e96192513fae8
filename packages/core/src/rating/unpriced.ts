import {
  attributesKey,
  bases,
  measures,
  type Attributes,
  type Basis,
  type Measure,
  type UsageLine,
} from "../metering/index.ts";
import { quantityIn, type Cut, type Gap, type Span } from "./pieces.ts";
import type { PriceList } from "./price-list.ts";

/** Usage of one sort that the list in force says no price for, and does not give away either. */
export interface Unpriced {
  readonly measure: Measure;
  readonly basis: Basis;
  readonly attributes: Attributes;
  /** `no-version`: no version of the list holds then; `no-item`: it holds, and no item fits. */
  readonly why: "no-version" | "no-item";
  /** From the first such use up to the end of the last, within the month. */
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** In steps of the measure. */
  readonly quantity: bigint;
}

/**
 * What has no price, sort by sort, in order of measure, basis and attributes. A second figure of
 * the same use is not asked for where the first is priced: a card's time and its work, what was set
 * aside and what was used of it. Where neither is priced, the first is told.
 */
export function unpricedIn(cuts: readonly Cut[], list: PriceList): Unpriced[] {
  const sorts = new Map<string, Unpriced>();
  for (const figures of byUse(cuts)) {
    const settled = figures.map((figure) => settledBy(figure, list));
    for (const [i, figure] of figures.entries()) {
      const others = joined(settled.flatMap((spans, j) => (i === j ? [] : spans)));
      for (const open of openIn(figure, { list, others })) {
        tell(sorts, open);
        settled[i]!.push(open.span); // told once: not again by the next figure
      }
    }
  }
  return [...sorts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

interface Open {
  readonly line: UsageLine;
  readonly span: Span;
  readonly why: Unpriced["why"];
}

/** Where a figure has no price, others have none either, and nothing is free. */
function openIn(
  { cuts }: Figure,
  { list, others }: { list: PriceList; others: readonly Span[] },
): Open[] {
  return cuts.flatMap(({ line, gaps }) =>
    gaps
      .filter((gap) => !isFree(line, gap, list))
      .flatMap((gap) => {
        const why = gap.version === null ? "no-version" : "no-item";
        return without(gap, others).map((span): Open => ({ line, span, why }));
      }),
  );
}

function tell(sorts: Map<string, Unpriced>, { line, span, why }: Open): void {
  const quantity = quantityIn(line, span);
  if (quantity === 0n) return;
  const { measure, basis, attributes } = line;
  const key = `${orderOf(line)}/${attributesKey(attributes)}/${why}`;
  const before = sorts.get(key);
  const [from, to] = [span.from, span.to].map((at) => Temporal.Instant.fromEpochNanoseconds(at));
  sorts.set(key, {
    ...{ measure, basis, attributes, why },
    from: before && isBefore(before.from, from!) ? before.from : from!,
    to: before && isBefore(to!, before.to) ? before.to : to!,
    quantity: (before?.quantity ?? 0n) + quantity,
  });
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;

/** All cuts of one use that are one figure: of one measure and basis. */
interface Figure {
  readonly order: string;
  readonly cuts: Cut[];
}

/** Of uses with an open gap: their figures side by side, the one to be told first of all first. */
function byUse(cuts: readonly Cut[]): Figure[][] {
  const open = openUses(cuts);
  const uses = new Map<string, Map<string, Figure>>();
  if (open.size === 0) return [];
  for (const cut of cuts) {
    const use = useOf(cut.line);
    if (!open.has(use)) continue;
    const figures = getOr(uses, use, () => new Map<string, Figure>());
    const order = orderOf(cut.line);
    getOr(figures, order, () => ({ order, cuts: [] as Cut[] })).cuts.push(cut);
  }
  return [...uses.values()].map((figures) =>
    [...figures.values()].sort((a, b) => (a.order < b.order ? -1 : 1)),
  );
}

/** A reading of which another figure is priced whole has no gap: so it is with nearly all runs. */
function openUses(cuts: readonly Cut[]): ReadonlySet<string> {
  const whole = new Set<string>();
  for (const { line, gaps } of cuts) {
    if (gaps.length === 0 && familyOf(line.measure) === "card-seconds") whole.add(line.ref);
  }
  const open = new Set<string>();
  for (const { line, gaps } of cuts) {
    if (gaps.length > 0 && !whole.has(line.ref)) open.add(useOf(line));
  }
  return open;
}

const useOf = ({ use, measure }: UsageLine) => `${familyOf(measure)}\n${use}`;

function getOr<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** Cards are counted in time and in work: two measures of the same. */
const familyOf = (measure: Measure) => (measure === "work" ? "card-seconds" : measure);

/** Sorts as measures and bases stand in their lists. */
const orderOf = ({ measure, basis }: UsageLine) =>
  `${String(measures[measure].number).padStart(3, "0")}/${bases.indexOf(basis)}`;

function settledBy({ cuts }: Figure, list: PriceList): Span[] {
  const settled: Span[] = [];
  for (const { line, pieces, gaps } of cuts) {
    for (const piece of pieces) settled.push(piece);
    for (const gap of gaps) if (isFree(line, gap, list)) settled.push(gap);
  }
  return settled;
}

const isFree = ({ measure }: UsageLine, { version }: Gap, { versions }: PriceList): boolean =>
  version !== null && versions[version]!.free.includes(measure);

/** In order of time, those that meet made one. */
function joined(spans: Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = found.at(-1);
    if (!last || last.to < span.from) found.push(span);
    else if (last.to < span.to) found[found.length - 1] = { from: last.from, to: span.to };
  }
  return found;
}

/** What is left of a span once others are taken out of it. */
function without(span: Span, others: readonly Span[]): Span[] {
  let at = span.from;
  const left: Span[] = [];
  for (let i = firstAfter(others, span.from); i < others.length; i++) {
    const { from, to } = others[i]!;
    if (from >= span.to && from > span.from) break;
    if (from > at) left.push({ from: at, to: from });
    at = to > at ? to : at;
    if (span.from === span.to) return []; // a moment, and it is in there
  }
  if (at < span.to || span.from === span.to) left.push({ from: at, to: span.to });
  return left;
}

/** The first that ends after a moment, by halving. */
function firstAfter(spans: readonly Span[], moment: bigint): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.to > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
