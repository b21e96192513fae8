import {
  asId,
  workOf,
  type CardModelId,
  type CardSeconds,
  type DeciTflops,
  type WorkUnits,
} from "../units/index.ts";
import type { CardModel } from "./card-model.ts";
import { closest } from "./did-you-mean.ts";
import { amd } from "./models/amd.ts";
import { biren } from "./models/biren.ts";
import { cambricon } from "./models/cambricon.ts";
import { cpu } from "./models/cpu.ts";
import { enflame } from "./models/enflame.ts";
import { huawei } from "./models/huawei.ts";
import { hygon } from "./models/hygon.ts";
import { iluvatar } from "./models/iluvatar.ts";
import { kunlunxin } from "./models/kunlunxin.ts";
import { metax } from "./models/metax.ts";
import { mooreThreads } from "./models/moore-threads.ts";
import { nvidia } from "./models/nvidia.ts";

/** Every card model that a pool may have, by maker. */
export const cardModels: readonly CardModel[] = [
  ...huawei,
  ...cambricon,
  ...hygon,
  ...kunlunxin,
  ...mooreThreads,
  ...metax,
  ...iluvatar,
  ...enflame,
  ...biren,
  ...nvidia,
  ...amd,
  ...cpu,
];

/** The model for which a card is a core of the host. */
export const cpuModel: CardModelId = asId("cpu");

const modelsById: ReadonlyMap<string, CardModel> = new Map(
  cardModels.map((model) => [model.id, model]),
);

export const cardModel = (id: string): CardModel | undefined => modelsById.get(id);

/** The ids most like what was typed, best first, at most three; none where nothing is near. */
export const cardModelsLike = (text: string): readonly CardModelId[] =>
  closest(
    text,
    cardModels.map(({ id }) => id),
  );

export type Peak = { readonly kind: "known"; readonly peak: DeciTflops } | UnknownPeak;

/** Why nothing can be counted in P on such a card. */
export interface UnknownPeak {
  readonly kind: "unknown-peak";
  readonly reason: string;
}

/** The card's dense FP16 nameplate. An unknown one is never replaced by a guess. */
export function peakTflops({ id, peak }: CardModel): Peak {
  if (peak.kind === "known") return { kind: "known", peak: peak.value };
  return { kind: "unknown-peak", reason: `${id} has no dense FP16 peak: ${peak.reason}` };
}

/** Nameplate work of card-seconds, to be shown as P·hours. Exact. */
export function nameplateWork(
  model: CardModel,
  held: CardSeconds,
): { readonly kind: "work"; readonly work: WorkUnits } | UnknownPeak {
  const peak = peakTflops(model);
  return peak.kind === "known" ? { kind: "work", work: workOf(held, peak.peak) } : peak;
}
