/** When the job at one place of a group is expected to start; milliseconds since 1970. */
export interface CurvePoint {
  readonly place: number;
  readonly p50: number;
  readonly p90: number;
}

/**
 * The starts of a group as a few points: its first jobs one by one, then ever fewer, and the last.
 * @param startsMs  expected starts, oldest job first
 * @param stretch  what a wait so long turns out to be: half of the time, and nine times in ten
 */
export function curveOf(
  startsMs: readonly number[],
  {
    nowMs,
    stretch,
  }: { nowMs: number; stretch: (waitMs: number) => { p50Ms: number; p90Ms: number } },
): CurvePoint[] {
  return placesOf(startsMs.length).map((place) => {
    const { p50Ms, p90Ms } = stretch(Math.max(0, startsMs[place]! - nowMs));
    return { place, p50: Math.round(nowMs + p50Ms), p90: Math.round(nowMs + p90Ms) };
  });
}

/** Between two points in even steps; beyond the last one at the pace of all before it. */
export function startAt(curve: readonly CurvePoint[], place: number): CurvePoint | undefined {
  const next = curve.findIndex((point) => point.place >= place);
  const last = curve.at(-1);
  if (!last) return undefined;
  const [from, to] = next > 0 ? [curve[next - 1]!, curve[next]!] : [curve[0]!, last];
  if (next === 0 || from.place === to.place) return { ...from, place };
  const part = (place - from.place) / (to.place - from.place);
  const between = (a: number, b: number) => Math.round(a + (b - a) * part);
  return { place, p50: between(from.p50, to.p50), p90: between(from.p90, to.p90) };
}

/** Whether somebody who was told the one need not be told the other. */
export function isMuchTheSame(
  before: readonly CurvePoint[],
  after: readonly CurvePoint[],
  nowMs: number,
): boolean {
  if (before.length !== after.length) return false;
  return after.every((point, i) => {
    const told = before[i]!;
    const slack = Math.max(5000, (point.p50 - nowMs) * 0.05);
    const isNear =
      Math.abs(point.p50 - told.p50) <= slack && Math.abs(point.p90 - told.p90) <= slack;
    return point.place === told.place && isNear;
  });
}

function placesOf(count: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < count; place += Math.max(1, Math.floor(place / 4)))
    places.push(place);
  if (count > 0 && places.at(-1) !== count - 1) places.push(count - 1);
  return places;
}
