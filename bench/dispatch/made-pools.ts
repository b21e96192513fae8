import { cardModel, priceSchedule, weekdays, type PriceSchedule } from "@wadi/core/capacity";
import type { HostNow, PoolNow } from "@wadi/core/dispatch";
import { asId, mebibytes, microYuan, milliCores } from "@wadi/core/units";

interface PoolDraft {
  readonly id: string;
  readonly place: string;
  readonly model: string;
  readonly prices: PriceSchedule;
  readonly hosts: number;
  readonly cardsPerHost: number;
}

/** A pool of like hosts of a centre of its place, all free, with room for whatever cards need. */
export function aPool({ id, place, model, prices, hosts, cardsPerHost }: PoolDraft): PoolNow {
  return {
    id: asId(id),
    centre: asId(place),
    place: asId(place),
    model: cardModel(model)!,
    emulated: false,
    prices,
    minimumSlice: 1000,
    wattsPerCard: null,
    powerPricePerKwh: null,
    carbonGramsPerKwh: null,
    reclaimsPer1000Hours: 0,
    closed: null,
    maintenance: [],
    leasesMax: null,
    hosts: Array.from({ length: hosts }, (_, i): HostNow => ({
      id: asId(`${id}-${String(i + 1).padStart(2, "0")}`),
      cards: cardsPerHost,
      cpu: milliCores(cardsPerHost * 24_000),
      memory: mebibytes(cardsPerHost * 131_072),
      domain: null,
      rack: null,
      block: null,
    })),
  };
}

/** `night` is the part of the price that is asked from 22:00 to 8:00 in China. */
export function tariff(perCardHour: bigint, night: number): PriceSchedule {
  const cheap = (perCardHour * BigInt(Math.round(night * 1000))) / 1000n;
  const rule = (fromHour: number, toHour: number, price: bigint) => {
    return { days: [...weekdays], fromHour, toHour, perCardHour: microYuan(price) };
  };
  const rules = [rule(0, 8, cheap), rule(8, 22, perCardHour), rule(22, 24, cheap)];
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone: "Asia/Shanghai", periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("a tariff of the benchmark is wrong");
  return made.value;
}
