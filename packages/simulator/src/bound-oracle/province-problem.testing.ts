import type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "@wadi/core/dispatch";
import { asId, type PoolId } from "@wadi/core/units";

/* A made-up province for tests and measurements of the certificate; the same seed, the same one. */

export interface ProvinceSize {
  readonly seed: number;
  readonly groups: number;
  readonly pools: number;
  /** Pools that a group may run in. */
  readonly eligible: number;
  readonly hours: number;
  /** Cards of the largest pool. */
  readonly cardsMax: number;
  /** Card-hours asked for, beside those that are free within the hours. */
  readonly load: number;
}

const hourMs = 3_600_000;
const microPerYuan = 1_000_000;
/** Five past eight in the morning in Shanghai, 2026-12-01. */
const nowMs = Date.UTC(2026, 11, 1, 0, 5);

/** Speeds of card models beside each other; prices follow them loosely. */
const speeds = [1, 1.3, 2, 3.2];
const waitingYuan = [0, 1, 1, 1, 5, 5, 20];

export function provinceProblem(size: ProvinceSize): BoundProblem {
  const chance = mulberry32(size.seed);
  const first = Math.floor(nowMs / hourMs) * hourMs;
  const later = Array.from({ length: size.hours }, (_, i) => first + (i + 1) * hourMs);
  const edgesMs = [nowMs, ...later];
  const pools = Array.from({ length: size.pools }, (_, i) => aPool(chance, { ...size, i }));
  const groups = Array.from({ length: size.groups }, (_, i) =>
    aGroup(chance, { i, eligible: size.eligible, among: pools }),
  );
  const free = pools.reduce((sum, { freeCards }) => sum + freeCards.reduce((a, b) => a + b, 0), 0);
  const asked = groups.reduce((sum, group) => sum + group.jobs * leastCardHours(group), 0);
  const factor = (size.load * free) / asked;
  const jobs = (group: BoundGroup) => Math.max(1, Math.round(group.jobs * factor));
  return { nowMs, edgesMs, pools, groups: groups.map((one) => ({ ...one, jobs: jobs(one) })) };
}

const leastCardHours = ({ options }: BoundGroup) =>
  Math.min(...options.map(({ cards, runMs }) => (cards * runMs) / hourMs));

type Chance = () => number;

function aPool(chance: Chance, { i, hours, cardsMax }: ProvinceSize & { i: number }): BoundPool {
  const cards = Math.max(8, Math.round(cardsMax * chance() ** 2));
  const speed = speeds[i % speeds.length]!;
  // 800 to 3,000 yuan a P-month come to some yuan a card-hour.
  const day = speed * (0.8 + 2.2 * chance()) * microPerYuan;
  const night = day * (0.4 + 0.6 * chance());
  const busy = chance() * 0.9;
  const endsWithin = 2 + 30 * chance();
  const shut = chance() < 0.1 ? Math.floor(chance() * hours) : -1;
  const free: number[] = [];
  const perCardHour: number[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const ended = Math.min(1, hour / endsWithin);
    const closed = shut >= 0 && hour >= shut && hour < shut + 3;
    free.push(closed ? 0 : Math.floor(cards * (1 - busy * (1 - ended))));
    perCardHour.push(Math.round((hour + 8) % 24 < 8 ? night : day));
  }
  return {
    id: poolId(i),
    freeCards: free,
    mostFree: free,
    perCardHour,
    perCardHourAfter: Math.min(...perCardHour),
  };
}

const poolId = (i: number) => asId<PoolId>(`pool-${String(i).padStart(4, "0")}`);

function aGroup(
  chance: Chance,
  { i, eligible, among }: { i: number; eligible: number; among: readonly BoundPool[] },
): BoundGroup {
  const cards = chance() < 0.6 ? 1 : 2 ** Math.floor(1 + chance() * 6);
  // Minutes to a day or so on the slowest card; long runs are rare.
  const hours = 10 ** (chance() * 2.2 - 0.8);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(eligible, among.length)) {
    chosen.add(Math.floor(chance() * among.length));
  }
  const bytesCost = chance() < 0.5 ? 0 : chance() * 5 * microPerYuan;
  const options = [...chosen].map((p): BoundOption => {
    const far = chance();
    const speedUp = speeds[p % speeds.length]! ** (0.5 + 0.7 * chance());
    return {
      pool: among[p]!.id,
      cards,
      runMs: Math.max(60_000, Math.round((hours / speedUp) * 60) * 60_000),
      readyMs: nowMs + (bytesCost === 0 ? 0 : Math.round(far * 90) * 60_000),
      latestStartMs: null,
      fixed: Math.round(bytesCost * far),
      loss: chance() < 0.2 ? 0.03 : 0,
    };
  });
  const waiting = waitingYuan[Math.floor(chance() * waitingYuan.length)]! * microPerYuan;
  return {
    id: `group-${String(i).padStart(5, "0")}`,
    jobs: Math.ceil(10 ** (chance() * 3)),
    waitingPerHour: waiting,
    options,
  };
}

/** Chance from a seed: the generator known as mulberry32, numbers from 0 up to 1. */
export function mulberry32(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
