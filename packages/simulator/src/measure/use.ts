import type { CentreId } from "@wadi/core/units";
import type { SimResult } from "../result.ts";
import { meanOf } from "./spread.ts";

export interface Use {
  readonly centre: CentreId;
  readonly cards: number;
  /** The mean share of its cards that was held, 0 to 1; NaN where nothing was sampled. */
  readonly share: number;
}

/**
 * How much of each centre was used while jobs still came: what the last ones leave idle when the
 * play runs out is left out. Where no sample was taken by then, all samples count.
 */
export function useByCentre({ centres, samples, jobs }: SimResult): readonly Use[] {
  const lastMs = jobs.reduce((last, { submittedMs }) => Math.max(last, submittedMs), -Infinity);
  const during = samples.filter(({ atMs }) => atMs <= lastMs);
  const counted = during.length > 0 ? during : samples;
  return centres.map(({ id, cards }, at) => ({
    centre: id,
    cards,
    share: meanOf(counted.map(({ usedCards }) => usedCards[at]! / cards)),
  }));
}

/** Of all centres together, by their cards. */
export const useOfAll = (uses: readonly Use[]): number =>
  uses.reduce((sum, { share, cards }) => sum + share * cards, 0) /
  uses.reduce((sum, { cards }) => sum + cards, 0);
