import type { Priority } from "@wadi/core/job";
import { gangOf, type TracedData } from "../readers/traced-job.ts";
import type { CardsOf } from "./cards.ts";
import { logNormal, picker } from "./chance.ts";
import type { Random } from "./random.ts";
import type { Size } from "./sizes.ts";

/** A piece of work that tenants run again and again, each time with other input. */
export interface Kind {
  readonly replicas: number;
  readonly cards: number;
  readonly share: number;
  readonly models: readonly { readonly model: string; readonly speed: number }[];
  /** Half of its runs take less on a card of speed 1, before all is stretched to the load. */
  readonly medianMs: number;
  readonly cpuPerCard: number;
  readonly memoryPerCard: number;
  readonly priority: Priority;
  readonly preemptible: boolean;
  readonly checkpoints: boolean;
  readonly hasDeadline: boolean;
  readonly domesticOnly: boolean;
  readonly data: readonly TracedData[];
}

/** Kinds of one size; there is always one at least. */
export function kindsOf(
  chance: Random,
  by: { size: Size; count: number; cards: readonly CardsOf[]; data: readonly TracedData[] },
): Kind[] {
  return Array.from({ length: by.count }, (_, index) => kindOf(chance.fork(`kind ${index}`), by));
}

function kindOf(
  chance: Random,
  { size, cards, data }: { size: Size; cards: readonly CardsOf[]; data: readonly TracedData[] },
): Kind {
  const fitting = cards.filter(({ poolMost, slice }) =>
    size.isPart ? slice < 1000 : size.cards === 1 || size.cards * 2 <= poolMost,
  );
  const { allowed, domesticOnly } = allowedOf(chance, fitting);
  const share = size.isPart ? pickShare(chance, allowed) : 1000;
  const most = Math.min(8, ...allowed.map(({ hostLeast }) => hostLeast));
  const median = size.cards >= 16 ? 2 * hourMs : 0.6 * hourMs;
  const medianMs = logNormal(chance, { median, spread: 1.1 });
  const { priority, preemptible } = priorityOf(chance);
  const isLong = medianMs > 2 * hourMs || size.cards >= 8;
  return {
    ...gangOf(size.cards, most),
    share,
    models: speeds(chance, allowed),
    medianMs,
    cpuPerCard: (Math.min(8000, ...allowed.map((one) => one.cpuPerCard)) * share) / 1000,
    memoryPerCard: (Math.min(65_536, ...allowed.map((one) => one.memoryPerCard)) * share) / 1000,
    priority,
    preemptible,
    checkpoints: chance.uniform() < (isLong ? 0.8 : 0.2),
    hasDeadline: chance.uniform() < 0.08,
    domesticOnly,
    data: chance.uniform() < 0.35 && data.length > 0 ? [data[chance.below(data.length)]!] : [],
  };
}

const hourMs = 3_600_000;
const optionsMost = 16;

/**
 * What the work is written for: one maker's stack, any card, or a few models. One in seven of those
 * that run on any card must stay on domestic ones.
 */
function allowedOf(
  chance: Random,
  fitting: readonly CardsOf[],
): { allowed: readonly CardsOf[]; domesticOnly: boolean } {
  const draw = chance.uniform();
  const one = picker(
    fitting,
    fitting.map(({ cards }) => cards),
  )(chance);
  if (draw < 0.45) {
    const like = fitting.filter(({ model }) => model.stack === one.model.stack);
    return { allowed: like.slice(0, optionsMost), domesticOnly: false };
  }
  if (draw < 0.65) {
    const some = fitting.filter((other) => other === one || chance.uniform() < 0.3);
    return { allowed: some.slice(0, optionsMost), domesticOnly: false };
  }
  const domestic = fitting.filter(({ model }) => model.origin === "domestic");
  const domesticOnly = draw > 0.95 && domestic.length > 0;
  return { allowed: (domesticOnly ? domestic : fitting).slice(0, optionsMost), domesticOnly };
}

/**
 * Work bound by arithmetic gains as peaks do, work bound by memory or input gains less: which card
 * is fastest depends on the work. Each model is a little better or worse at it than that says.
 */
function speeds(chance: Random, allowed: readonly CardsOf[]): Kind["models"] {
  const gain = [1, 0.7, 0.35][chance.below(3)]!;
  return allowed.map(({ model, peakRatio }) => {
    const speed = peakRatio ** gain * logNormal(chance, { median: 1, spread: 0.1 });
    return { model: model.id, speed: Math.max(0.01, Math.round(speed * 100) / 100) };
  });
}

function pickShare(chance: Random, allowed: readonly CardsOf[]): number {
  const least = Math.max(...allowed.map(({ slice }) => slice));
  const parts = [100, 200, 250, 500].filter((part) => part >= least);
  return parts[chance.below(parts.length)] ?? least;
}

function priorityOf(chance: Random): { priority: Priority; preemptible: boolean } {
  const draw = chance.uniform();
  if (draw < 0.02) return { priority: "urgent", preemptible: false };
  if (draw < 0.1) return { priority: "high", preemptible: false };
  if (draw < 0.8) return { priority: "normal", preemptible: draw < 0.3 };
  return { priority: "low", preemptible: true };
}
