import { merge, postpone, upTo, type GrowingTimes } from "./sorted-times.ts";

/** When the cards of one pool become free. Times are epoch milliseconds. */
export interface CardLine {
  /** When so many will be free together and stay so; undefined when the pool has not so many. */
  freeAt(cards: number): number | undefined;
  /**
   * The first time from `fromMs` on when so many are free together for so long: at their end, or
   * in a gap before one that waits. Undefined when the pool has not so many.
   */
  startFrom(
    cards: number,
    span: { readonly fromMs: number; readonly lengthMs: number },
  ): number | undefined;
  /**
   * So many are held from `fromMs`, when so many are free, until `untilMs`: in the narrowest gap
   * that has room, else those that become free last before it, so that who comes earlier finds
   * the others. What they are free before it is a gap.
   */
  hold(cards: number, span: { readonly fromMs: number; readonly untilMs: number }): void;
  /** As it stands; what is held in one of the two changes nothing in the other. */
  copy(): CardLine;
}

/** Cards that are free until a time at which somebody else has them. */
interface Gap extends GrowingTimes {
  readonly endMs: number;
}

/** A run that should be over by now is taken to need a little more. */
const littleMs = 60_000;
/** Gaps end on the half hour before they really do, so that they are few. */
const gridMs = 1_800_000;
/** What is shorter is no use to anybody. */
const leastGapMs = 1_800_000;

/**
 * @param ends  when each card of the pool becomes free, rising; `isFree` for those that are. Held
 * cards whose time has gone by will be free in a little while. Not changed.
 */
export function openCardLine(ends: Float64Array, nowMs: number): CardLine {
  const line = { at: ends.slice(), count: ends.length };
  const free = upTo(line, isFree);
  const soon = Math.max(free, upTo(line, nowMs + littleMs));
  line.at.fill(nowMs, 0, free);
  for (let i = free; i < soon; i += 1) {
    if (line.at[i]! <= nowMs) line.at[i] = nowMs + littleMs;
  }
  line.at.subarray(free, soon).sort();
  return cardLine(line, []);
}

/** The end of what does not run. */
export const isFree = 0;

/** @param gaps  by their ends, the first first */
function cardLine(line: GrowingTimes, gaps: Gap[]): CardLine {
  return {
    freeAt: (count) => line.at[count - 1],
    startFrom(count, { fromMs, lengthMs }) {
      const freeMs = line.at[count - 1];
      if (freeMs === undefined) return undefined;
      let best = Math.max(freeMs, fromMs);
      if (best === fromMs) return best;
      for (const gap of gaps) {
        if (gap.count < count) continue;
        const startMs = Math.max(gap.at[count - 1]!, fromMs);
        if (startMs < best && startMs + lengthMs <= gap.endMs) best = startMs;
      }
      return best;
    },
    hold(count, { fromMs, untilMs }) {
      const gap = gaps.find(
        (one) => one.endMs >= untilMs && one.count >= count && one.at[count - 1]! <= fromMs,
      );
      const from = gap ?? line;
      const end = Math.max(count, upTo(from, fromMs));
      const begin = end - count;
      leaveGap(gaps, from.at.subarray(begin, end), fromMs);
      postpone(from, { begin, end, toMs: untilMs });
    },
    copy: () =>
      cardLine(
        { at: line.at.slice(), count: line.count },
        gaps.map(({ at, count, endMs }) => ({ at: at.slice(), count, endMs })),
      ),
  };
}

/** @param begins  rising: from when on the cards are free until `untilMs` */
function leaveGap(gaps: Gap[], begins: Float64Array, untilMs: number): void {
  const endMs = Math.floor(untilMs / gridMs) * gridMs;
  const long = upTo({ at: begins, count: begins.length }, endMs - leastGapMs);
  if (long === 0) return;
  let place = 0;
  while (place < gaps.length && gaps[place]!.endMs < endMs) place += 1;
  if (gaps[place]?.endMs !== endMs) {
    gaps.splice(place, 0, { at: new Float64Array(0), count: 0, endMs });
  }
  merge(gaps[place]!, begins.subarray(0, long));
}
