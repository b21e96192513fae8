import type { CardsOf } from "./cards.ts";
import type { Kind } from "./kinds.ts";

const leastMs = 30_000;
const mostMs = 14 * 86_400_000;

/**
 * How a job's time is stretched so that all jobs together ask for `target` card-milliseconds: by
 * one factor, but to no less than 30 s and no more than 14 days on a card of speed 1. A job counts
 * with the mean of its run times on the cards it may have, each as often as the fleet has it.
 * @throws RangeError where no factor comes within a twentieth of the target
 */
export function stretchTo(
  target: number,
  {
    jobs,
    cards,
  }: {
    jobs: readonly { readonly runMs: number; readonly kind: Kind }[];
    cards: readonly CardsOf[];
  },
): (ms: number) => number {
  const counts = new Map(cards.map((one): [string, number] => [one.model.id, one.cards]));
  const weights = new Map<Kind, number>();
  for (const { kind } of jobs) {
    if (!weights.has(kind)) weights.set(kind, cardTimes(kind, counts));
  }
  const offered = (factor: number) =>
    jobs.reduce((sum, { runMs, kind }) => sum + within(runMs * factor) * weights.get(kind)!, 0);

  // It grows with the factor; each step halves the range of its logarithm.
  let [low, high] = [1e-6, 1e6];
  for (let step = 0; step < 60; step += 1) {
    const middle = Math.sqrt(low * high);
    if (offered(middle) < target) low = middle;
    else high = middle;
  }
  const reached = offered(high) / target;
  if (reached < 0.95 || reached > 1.05) {
    const asked = Math.round(target / 3_600_000);
    const cure = reached < 1 ? "more jobs, or less load" : "fewer jobs, or more load";
    throw new RangeError(
      `${jobs.length} jobs of 30 s to 14 days cannot ask for ${asked} card-hours; take ${cure}`,
    );
  }
  return (ms) => within(ms * high);
}

const within = (ms: number) => Math.min(mostMs, Math.max(leastMs, Math.round(ms)));

/** Card-milliseconds that one millisecond of its work takes, on the mean of its cards. */
function cardTimes({ models, ...kind }: Kind, counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  let weight = 0;
  for (const { model, speed } of models) {
    const count = counts.get(model) ?? 0;
    sum += count / speed;
    weight += count;
  }
  return ((kind.replicas * kind.cards * kind.share) / 1000) * (sum / weight);
}
