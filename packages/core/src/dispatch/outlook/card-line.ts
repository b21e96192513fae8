/** When the cards of one pool become free. Times are epoch milliseconds. */
export interface CardLine {
  /** When so many will be free together; undefined when the pool has not so many. */
  freeAt(cards: number): number | undefined;
  /**
   * So many are held from `fromMs`, when so many are free, until `untilMs`: those that become free
   * last before it, so that who comes earlier finds the others.
   */
  hold(cards: number, span: { readonly fromMs: number; readonly untilMs: number }): void;
}

/** A run that should be over by now is taken to need a little more. */
const littleMs = 60_000;

/**
 * @param ends  when each card of the pool becomes free, rising; `isFree` for those that are. Held
 * cards whose time has gone by will be free in a little while. Not changed.
 */
export function openCardLine(ends: Float64Array, nowMs: number): CardLine {
  const line = ends.slice();
  const free = upTo(line, isFree);
  const soon = Math.max(free, upTo(line, nowMs + littleMs));
  line.fill(nowMs, 0, free);
  for (let i = free; i < soon; i += 1) {
    if (line[i]! <= nowMs) line[i] = nowMs + littleMs;
  }
  line.subarray(free, soon).sort();
  return {
    freeAt: (count) => line[count - 1],
    hold(count, { fromMs, untilMs }) {
      const end = Math.max(count, upTo(line, fromMs));
      const to = Math.max(end, upTo(line, untilMs));
      line.copyWithin(end - count, end, to);
      line.fill(untilMs, to - count, to);
    },
  };
}

/** The end of what does not run. */
export const isFree = 0;

/** How many are not after the time. */
function upTo(line: Float64Array, atMs: number): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
