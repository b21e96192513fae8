import { asId, type CardModelId } from "@wadi/core/units";
import type { centreSpec, providerTerms } from "@wadi/protocol";
import type { z } from "zod";

/** A centre as it is made up here, with what its provider is settled by at the month's end. */
export interface PlannedCentre {
  readonly id: string;
  readonly provider: string;
  readonly en: string;
  readonly zh: string;
  readonly model: string;
  /** Yuan for a card-hour by day, and from 22 to 8 o'clock. */
  readonly day: string;
  readonly night: string;
  /** Undefined: due as it was charged. */
  readonly terms: z.input<typeof providerTerms> | undefined;
}

type Rules = NonNullable<z.input<typeof providerTerms>["rules"]>;
type Mode = Rules[number]["mode"];
const terms = (mode: Mode, more = {}) => ({ rules: [{ mode, ...more }] });

const byBands: Mode = {
  kind: "share-by-ratio",
  listPrice: "7.50",
  bands: [
    { from: "0", to: "0.8", share: "0.80" },
    { from: "0.8", to: "0.95", share: "0.88" },
    { from: "0.95", share: "0.93" },
  ],
};
const byMultiple: Mode = {
  kind: "card-hour-by-multiplier",
  listPrice: "10",
  bands: [
    { from: "0", to: "0.8", perCardHour: "6.10" },
    { from: "0.8", perCardHour: "8.60" },
  ],
};

/** Ten centres of unlike cards and prices; one is settled by bands of the deal's price. */
const ten: readonly PlannedCentre[] = [
  centre("lakeside", ["Lakeside", "湖畔"], ["ascend-910b2", "7.20", "5.40"], terms(byBands)),
  centre("harbour", ["Harbour", "港湾"], ["ascend-910b3", "8.40", "6.30"], undefined),
  centre(
    "hilltop",
    ["Hilltop", "云顶"],
    ["a800-80g", "9.80", "7.60"],
    terms({ kind: "share", share: "0.85" }, { taxDivisor: "1.06" }),
  ),
  centre("riverbend", ["Riverbend", "河湾"], ["kunlun-p800", "6.90", "5.10"], undefined),
  centre(
    "orchard",
    ["Orchard", "果园"],
    ["h20", "8.80", "6.60"],
    terms({ kind: "card-hour", perCardHour: "7.10" }, { voucherCardHour: "7.40" }),
  ),
  centre("meadow", ["Meadow", "草甸"], ["a100-80g", "10.20", "7.40"], terms(byMultiple)),
  centre("quarry", ["Quarry", "石场"], ["rtx-4090", "2.60", "1.80"], undefined),
  centre(
    "pines",
    ["Pines", "松林"],
    ["ascend-910b2", "7.60", "5.20"],
    terms({ kind: "share", share: "0.90" }),
  ),
  centre("delta", ["Delta", "三角洲"], ["l40s", "4.20", "3.10"], undefined),
  centre("summit", ["Summit", "峰顶"], ["h800-sxm", "16.50", "12.40"], undefined),
];

function centre(
  id: string,
  [en, zh]: readonly [string, string],
  [model, day, night]: readonly [string, string, string],
  settledBy: PlannedCentre["terms"],
): PlannedCentre {
  return { id, provider: `${id}-compute`, en, zh, model, day, night, terms: settledBy };
}

/** So many centres; beyond ten the same again under other names. */
export const planCentres = (count: number): PlannedCentre[] =>
  Array.from({ length: count }, (_, i) => {
    const one = ten[i % ten.length]!;
    const round = Math.floor(i / ten.length);
    if (round === 0) return one;
    const id = `${one.id}-${round + 1}`;
    return { ...one, id, provider: `${id}-compute`, en: `${one.en} ${round + 1}` };
  });

/** The models that these centres have, each once. */
export const modelsOf = (centres: readonly PlannedCentre[]): CardModelId[] =>
  [...new Set(centres.map(({ model }) => model))].map((model) => asId<CardModelId>(model));

/** 64 hosts of 8 cards: there is always room, so that the cheapest of what fits is taken. */
export const centreBody = (one: PlannedCentre): z.input<typeof centreSpec> => ({
  name: { en: one.en, zh: one.zh },
  kind: "intelligent",
  place: one.id,
  provider: one.provider,
  timeZone: "Asia/Shanghai",
  pools: [
    {
      id: `${one.id}-${one.model}`,
      model: one.model,
      hosts: Array.from({ length: 64 }, (_, i) => {
        return { id: `${one.id}-h${i + 1}`, cards: 8, cpu: 128, memory: "1024GiB" };
      }),
      emulated: true,
      prices: {
        timeZone: "Asia/Shanghai",
        periods: [
          {
            rules: [
              { fromHour: 0, toHour: 8, perCardHour: one.night },
              { fromHour: 8, toHour: 22, perCardHour: one.day },
              { fromHour: 22, toHour: 24, perCardHour: one.night },
            ],
          },
        ],
      },
    },
  ],
});
