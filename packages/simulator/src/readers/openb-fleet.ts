import { cardModel, flatPrice, type CardModel } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import {
  asId,
  mebibytes,
  milliCores,
  yuan,
  type CentreId,
  type MicroYuan,
  type PlaceId,
} from "@wadi/core/units";
import type { Fleet } from "../fleet/fleet.ts";
import type { Source } from "./mistakes.ts";
import { openbHosts, type OpenbHost } from "./openb-rows.ts";
import { slugOf } from "./traced-job.ts";

/**
 * Openb's hosts as one centre, a pool for each card model and one for hosts without cards. The
 * trace has no prices: a card-hour costs one yuan, a core-hour a hundredth, or what `prices` says.
 * Cards are handed out in thousandths, as openb does.
 * @throws WrongInput
 */
export function openbFleet(
  source: Source,
  prices: ReadonlyMap<string, MicroYuan> = new Map(),
): Fleet {
  const centre = asId<CentreId>("openb");
  const place = asId<PlaceId>("openb");
  const byModel = Map.groupBy(openbHosts(source), ({ model }) => model);
  const pools = [...byModel].map(([named, hosts]): PoolNow => {
    const model = modelNamed(named);
    const usual = named === "" ? ((yuan(1n) / 100n) as MicroYuan) : yuan(1n);
    return {
      id: asId(`openb-${model.id}`),
      centre,
      place,
      model,
      emulated: false,
      prices: flatPrice(prices.get(model.id) ?? usual),
      minimumSlice: named === "" ? 1000 : 1,
      wattsPerCard: null,
      powerPricePerKwh: null,
      carbonGramsPerKwh: null,
      reclaimsPer1000Hours: 0,
      closed: null,
      maintenance: [],
      leasesMax: null,
      hosts: hosts.map(hostOf),
    };
  });
  return {
    name: "openb",
    centres: [
      {
        id: centre,
        name: { zh: "openb", en: "openb" },
        kind: "intelligent",
        place,
        providerId: asId("openb"),
        timeZone: "UTC",
        powerPricePerKwh: null,
        carbonGramsPerKwh: null,
      },
    ],
    pools,
    links: [],
  };
}

/** Of a host without cards, the cores are what is handed out. */
const hostOf = ({ sn, cpuMilli, memoryMiB, cards }: OpenbHost): PoolNow["hosts"][number] => ({
  id: asId(slugOf(sn, "host")),
  cards: cards > 0 ? cards : Math.floor(cpuMilli / 1000),
  cpu: milliCores(cpuMilli),
  memory: mebibytes(memoryMiB),
  domain: null,
  rack: null,
  block: null,
});

/** A card of the trace, most of which the catalogue does not have. */
function modelNamed(named: string): CardModel {
  const id = named === "" ? "cpu" : slugOf(named, "unknown");
  const known = cardModel(id);
  if (known) return known;
  const reason = `openb calls it ${named} and says no more`;
  return {
    id: asId(id),
    vendor: "unknown",
    name: named,
    origin: "unknown",
    stack: "none",
    peak: { kind: "unknown", reason },
    memoryGiB: { kind: "unknown", reason },
    note: null,
  };
}
