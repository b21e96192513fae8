import type { TenantId } from "@wadi/core/units";
import type { SimResult } from "../result.ts";

export interface FairnessOptions {
  /** What each is entitled to beside the others; 1 where nothing is said. */
  readonly weights?: ReadonlyMap<TenantId, number>;
  /** Shares are compared over so long a time; default a day. */
  readonly windowMs?: number;
}

/**
 * Jain's index of (received ÷ entitled) over tenants: 1 when all received alike, 1/n when one of n
 * received all (Jain, Chiu, Hawe, DEC-TR-301, 1984). Worked out in each window and averaged, by
 * what was asked for; windows in which everybody got all they asked for do not count, since
 * nothing was to be shared there. Received is card-time; asked for is card-time received and
 * waited for; entitled is a share of all that was received, by weight, never more than asked for
 * (max-min). Of each job only its last run is known.
 *
 * @returns 1 where no window counts
 */
export function fairnessOf({ jobs }: SimResult, options: FairnessOptions = {}): number {
  const { weights, windowMs = 24 * 3_600_000 } = options;
  let sum = 0;
  let asked = 0;
  for (const tenants of windowsOf(jobs, windowMs).values()) {
    const shares = [...tenants].map(([tenant, share]) => ({
      ...share,
      weight: weights?.get(tenant) ?? 1,
    }));
    const all = total(shares.map(({ received }) => received));
    const wanted = total(shares.map((share) => share.asked));
    if (wanted <= all * (1 + 1e-9)) continue;
    sum += wanted * jain(ratios(shares, all));
    asked += wanted;
  }
  return asked === 0 ? 1 : sum / asked;
}

/** 1 where all values are alike or all are 0. */
export function jain(values: readonly number[]): number {
  const squares = total(values.map((value) => value * value));
  return squares === 0 ? 1 : total(values) ** 2 / (values.length * squares);
}

/**
 * Shares an amount out by weight; what one does not want goes to the others.
 * @param wants  in any order; a weight is above 0
 */
export function maxMin(
  amount: number,
  wants: readonly { readonly asked: number; readonly weight: number }[],
): number[] {
  const shares = wants.map(() => 0);
  const order = wants
    .map((_, at) => at)
    .toSorted((a, b) => wants[a]!.asked / wants[a]!.weight - wants[b]!.asked / wants[b]!.weight);
  let left = amount;
  let weights = total(wants.map(({ weight }) => weight));
  for (const at of order) {
    const { asked, weight } = wants[at]!;
    const share = Math.min(asked, (left * weight) / weights);
    shares[at] = share;
    left -= share;
    weights -= weight;
  }
  return shares;
}

interface Share {
  received: number;
  asked: number;
}

function ratios(shares: readonly (Share & { weight: number })[], all: number): number[] {
  const entitled = maxMin(all, shares);
  return shares.flatMap(({ received }, at) =>
    entitled[at]! > 0 ? [received / entitled[at]!] : [],
  );
}

function windowsOf(jobs: SimResult["jobs"], windowMs: number) {
  const windows = new Map<number, Map<TenantId, Share>>();
  const lastMs = jobs.reduce((last, { submittedMs }) => Math.max(last, submittedMs), 0);
  for (const { tenant, cards, submittedMs, startedMs, endedMs } of jobs) {
    const endMs = Math.min(endedMs ?? Infinity, lastMs);
    const first = Math.floor(submittedMs / windowMs);
    for (let at = first; at * windowMs < endMs; at += 1) {
      const span = { fromMs: at * windowMs, toMs: Math.min((at + 1) * windowMs, endMs) };
      const tenants = windows.get(at) ?? new Map<TenantId, Share>();
      windows.set(at, tenants);
      const share = tenants.get(tenant) ?? { received: 0, asked: 0 };
      tenants.set(tenant, share);
      share.asked += cards * after(span, submittedMs);
      if (startedMs !== null && endedMs !== null) share.received += cards * after(span, startedMs);
    }
  }
  return windows;
}

/** How much of a span lies after an instant. */
const after = ({ fromMs, toMs }: { fromMs: number; toMs: number }, sinceMs: number) =>
  Math.max(0, toMs - Math.max(fromMs, sinceMs));

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
