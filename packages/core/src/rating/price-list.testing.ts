import type { Weekday } from "../capacity/index.ts";
import { weekdays } from "../capacity/index.ts";
import type { UsageLine } from "../metering/index.ts";
import { asId, parseYuan, type MicroYuan } from "../units/index.ts";
import { priceList } from "./check-price-list.ts";
import type {
  ListVersionDraft,
  Package,
  PriceItem,
  PriceList,
  PriceListDraft,
} from "./price-list.ts";

export const money = (text: string): MicroYuan => parseYuan(text)!;
export const everyDay: readonly Weekday[] = weekdays;
export const june = Temporal.PlainYearMonth.from("2026-06");

export const anItem = (differs: Partial<PriceItem> = {}): PriceItem => ({
  id: asId("hour"),
  measure: "card-seconds",
  basis: "allocated",
  where: {},
  times: [],
  per: "card-hour",
  grain: null,
  pricing: { kind: "flat", price: money("6") },
  ...differs,
});

export const aPackage = (differs: Partial<Package> = {}): Package => ({
  id: asId("hundred"),
  name: { en: "100 card-hours", zh: "100 卡时" },
  price: money("500"),
  quantity: 100_000_000n,
  items: [asId("hour")],
  carryMonths: 0,
  ...differs,
});

export const aVersion = (differs: Partial<ListVersionDraft> = {}): ListVersionDraft => ({
  from: null,
  to: null,
  items: [anItem()],
  free: [],
  packages: [],
  ...differs,
});

export const aDraft = (differs: Partial<PriceListDraft> = {}): PriceListDraft => ({
  id: asId("list"),
  name: { en: "A list", zh: "价目" },
  timeZone: "Asia/Shanghai",
  source: { text: "made up for a test", url: null, grade: "own" },
  rounding: { to: "micro-yuan", direction: "up" },
  versions: [aVersion()],
  ...differs,
});

export function aList(differs: Partial<PriceListDraft> = {}): PriceList {
  const checked = priceList(aDraft(differs));
  if (checked.kind === "ok") return checked.value;
  throw new Error(checked.problems.map(({ path, message }) => `${path} ${message}`).join("\n"));
}

/** A list of one version without end. */
export const listOf = (...items: PriceItem[]): PriceList =>
  aList({ versions: [aVersion({ items })] });

let made = 0;

/** Cards held from a local time of June 2026 on. */
export function held(
  from: string,
  { hours, cards = 1, ...differs }: Partial<UsageLine> & { hours: number; cards?: number },
): UsageLine {
  const start = Temporal.ZonedDateTime.from(`2026-${from}:00[Asia/Shanghai]`).toInstant();
  const seconds = Math.round(hours * 3600);
  made += 1;
  return {
    ref: `run/${String(made).padStart(6, "0")}/1`,
    use: `run/${made}`,
    measure: "card-seconds",
    basis: "allocated",
    attributes: { model: "a100-80g" },
    from: start,
    to: start.add({ seconds }),
    quantity: BigInt(seconds * cards),
    width: cards,
    ...differs,
  };
}
