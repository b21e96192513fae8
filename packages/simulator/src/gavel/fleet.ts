import { flatPrice, type CardModel } from "@wadi/core/capacity";
import type { HostNow, PoolNow } from "@wadi/core/dispatch";
import { asId, mebibytes, milliCores, noMoney } from "@wadi/core/units";
import { gavelCards, type GavelCard } from "./throughputs.ts";

const hostsEach = 36;

/** 36 hosts of one card of each of three models, free of charge: only time counts. */
export const gavelFleet = () => ({ pools: gavelCards.map(poolOf), links: [] });

function poolOf(card: GavelCard): PoolNow {
  return {
    id: asId(card),
    centre: asId(card),
    place: asId("here"),
    model: modelOf(card),
    emulated: false,
    prices: flatPrice(noMoney),
    minimumSlice: 1000,
    wattsPerCard: null,
    powerPricePerKwh: null,
    carbonGramsPerKwh: null,
    reclaimsPer1000Hours: 0,
    closed: null,
    maintenance: [],
    leasesMax: null,
    hosts: Array.from({ length: hostsEach }, (_, i) => hostOf(`${card}-${i + 1}`)),
  };
}

const hostOf = (id: string): HostNow => ({
  id: asId(id),
  cards: 1,
  cpu: milliCores(1000),
  memory: mebibytes(1024),
  domain: null,
  rack: null,
  block: null,
});

/** The experiment's own: run times are measured, so nameplates are not looked at. */
function modelOf(card: GavelCard): CardModel {
  const figure = { kind: "unknown", reason: "the experiment goes by measured steps" } as const;
  return {
    id: asId(card),
    vendor: "NVIDIA",
    name: card.toUpperCase(),
    origin: "foreign",
    stack: "cuda",
    peak: figure,
    memoryGiB: figure,
    note: null,
  };
}
