/** Where a moment lies: in which hour, and how far into it. */
export interface Moments {
  readonly hour: Int32Array;
  /** In hours of the clock. */
  readonly into: Float64Array;
}

/** The starts that an option must be asked at: its cost is least at one of them. */
export interface Window {
  /** Rising. */
  readonly startsMs: Float64Array;
  readonly starts: Moments;
  readonly ends: Moments;
}

export const hourMs = 3_600_000;

/**
 * The starts at which the cost of a run can be least. What a run costs is the sum of prices that
 * are flat between two edges, over the time it takes, plus what its waiting costs. So the cost is
 * a straight line in the start as long as neither the start nor the end passes an edge, and least
 * at an end of such a stretch: an edge, an edge less the run, the first start, the last one. The
 * same holds of the stretches that are left when whole hours are forbidden to the run. After the
 * last edge the price is flat and waiting costs only more: no start after it (or after the first
 * start, where that is later) is cheaper.
 */
export function windowOf(
  edgesMs: readonly number[],
  run: { readyMs: number; latestStartMs: number | null; runMs: number },
): Window {
  const last = Math.max(edgesMs.at(-1)!, run.readyMs);
  const latestMs = Math.min(run.latestStartMs ?? last, last);
  const startsMs = startsIn(edgesMs, { ...run, latestMs });
  return {
    startsMs,
    starts: locate(edgesMs, startsMs),
    ends: locate(
      edgesMs,
      startsMs.map((start) => start + run.runMs),
    ),
  };
}

/** From the first start to the last one: those, the edges between, and the edges less the run. */
function startsIn(
  edgesMs: readonly number[],
  { readyMs, latestMs, runMs }: { readyMs: number; latestMs: number; runMs: number },
): Float64Array {
  const starts = new Float64Array(2 * edgesMs.length + 2);
  if (latestMs < readyMs) return starts.subarray(0, 0);
  starts[0] = readyMs;
  let count = 1;
  let edge = 0;
  let early = 0;
  for (;;) {
    const sooner = (edgesMs[early] ?? Infinity) - runMs;
    const later = edgesMs[edge] ?? Infinity;
    const next = Math.min(sooner, later);
    if (next >= latestMs) break;
    if (sooner === next) early++;
    if (later === next) edge++;
    if (next > readyMs) starts[count++] = next;
  }
  if (latestMs > readyMs) starts[count++] = latestMs;
  return starts.slice(0, count);
}

/** Of rising times. From the last edge on they lie in the hour after the last, 0 into it. */
function locate(edgesMs: readonly number[], timesMs: Float64Array): Moments {
  const hours = edgesMs.length - 1;
  const hour = new Int32Array(timesMs.length);
  const into = new Float64Array(timesMs.length);
  let at = 0;
  for (let i = 0; i < timesMs.length; i++) {
    while (at < hours && edgesMs[at + 1]! <= timesMs[i]!) at++;
    hour[i] = at;
    into[i] = at === hours ? 0 : (timesMs[i]! - edgesMs[at]!) / hourMs;
  }
  return { hour, into };
}
