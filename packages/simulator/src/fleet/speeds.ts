import { peakTflops, type CardModel } from "@wadi/core/capacity";
import type { CardSpeed } from "../readers/options.ts";
import { cardsIn, type Fleet } from "./fleet.ts";

/** A job lists at most so many card models. */
const optionsMost = 16;

/**
 * The fleet's card models as those that a trace's jobs may run on, each as fast as its peak beside
 * that of the model that the fleet has most of; a model whose peak nobody knows counts as that one.
 * Most cards first, cores of hosts left out, at most 16.
 */
export function speedsOf(fleet: Pick<Fleet, "pools">): CardSpeed[] {
  const cards = new Map<CardModel, number>();
  for (const pool of fleet.pools) {
    if (pool.model.stack === "none") continue;
    cards.set(pool.model, (cards.get(pool.model) ?? 0) + cardsIn(pool));
  }
  const models = [...cards].toSorted(
    ([a, most], [b, more]) => more - most || (a.id < b.id ? -1 : 1),
  );
  const usual = models.map(([model]) => peakOf(model)).find((peak) => peak !== null) ?? 1;
  return models.slice(0, optionsMost).map(([model]) => ({
    model: model.id,
    speed: Math.round(((peakOf(model) ?? usual) / usual) * 1000) / 1000,
  }));
}

/** In tenths of a TFLOPS. */
export function peakOf(model: CardModel): number | null {
  const peak = peakTflops(model);
  return peak.kind === "known" ? Number(peak.peak) : null;
}
