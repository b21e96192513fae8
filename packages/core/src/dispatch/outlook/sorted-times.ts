/** Times in rising order, in place: one for each card that becomes free. Epoch milliseconds. */
export interface SortedTimes {
  /** The first `count` of it are in use. */
  readonly at: Float64Array;
  readonly count: number;
}

export interface GrowingTimes extends SortedTimes {
  at: Float64Array;
  count: number;
}

/** How many are not after the time. */
export function upTo({ at, count }: SortedTimes, atMs: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those from `begin` up to `end` are later from now on: all at one time, none before it was. */
export function postpone(
  times: SortedTimes,
  { begin, end, toMs }: { begin: number; end: number; toMs: number },
): void {
  const { at } = times;
  const to = Math.max(end, upTo(times, toMs));
  at.copyWithin(begin, end, to);
  at.fill(toMs, to - (end - begin), to);
}

/** Takes in more, themselves in rising order. */
export function merge(times: GrowingTimes, more: Float64Array): void {
  const { count } = times;
  const sum = count + more.length;
  if (sum > times.at.length) {
    const grown = new Float64Array(Math.max(2 * times.at.length, sum, 16));
    grown.set(times.at.subarray(0, count));
    times.at = grown;
  }
  const { at } = times;
  let old = count - 1;
  let next = more.length - 1;
  for (let i = sum - 1; next >= 0; i -= 1) {
    at[i] = old >= 0 && at[old]! > more[next]! ? at[old--]! : more[next--]!;
  }
  times.count = sum;
}
