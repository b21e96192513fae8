import { closest, type Problem } from "../capacity/index.ts";
import { formatYuan, type MicroYuan, type Rate, type TenantId } from "../units/index.ts";
import type { PackageId, PriceItemId, PriceList, PriceListId } from "./price-list.ts";

/** What was agreed with one tenant on top of a price list; all amounts are of one month. */
export interface Agreement {
  /** Null in previews: nobody's. */
  readonly tenant: TenantId | null;
  readonly list: PriceListId;
  /** The first day that it holds on, in the list's time zone; null in previews: always so far. */
  readonly from: Temporal.PlainDate | null;
  /** The first day that it holds no more on; null: until a later one starts. */
  readonly until: Temporal.PlainDate | null;
  /** Prices of its own: flat, in place of the item's price or steps. */
  readonly prices: readonly { readonly item: PriceItemId; readonly price: MicroYuan }[];
  /** Off what an item comes to; null: off all of them. The first that names an item holds. */
  readonly discounts: readonly Discount[];
  readonly packages: readonly BoughtPackages[];
  readonly commitment: Commitment | null;
  /** The bill comes to this at least … */
  readonly minimum: MicroYuan | null;
  /** … and at most to this. */
  readonly cap: MicroYuan | null;
}

export interface Discount {
  readonly items: readonly PriceItemId[] | null;
  readonly off: Rate;
}

/** So many packages each month from one to another, both included; null: until further notice. */
export interface BoughtPackages {
  readonly package: PackageId;
  readonly count: number;
  readonly from: Temporal.PlainYearMonth;
  readonly to: Temporal.PlainYearMonth | null;
}

/** What the named items come to at least, discounts taken off; the shortfall is a line. */
export interface Commitment {
  readonly amount: MicroYuan;
  readonly items: readonly PriceItemId[] | null;
}

/** The list as it stands: nothing negotiated, nothing bought ahead. */
export const plainAgreement = (list: PriceListId): Agreement => ({
  ...{ tenant: null, list, from: null, until: null, prices: [], discounts: [], packages: [] },
  ...{ commitment: null, minimum: null, cap: null },
});

/** What an agreement says that the list cannot hold, each with its place and a cure. */
export function checkAgreement(agreement: Agreement, list: PriceList): Problem[] {
  const items = [...new Set(list.versions.flatMap((one) => one.items.map(({ id }) => id)))];
  const packages = [...new Set(list.versions.flatMap((one) => one.packages.map(({ id }) => id)))];
  const { from, until, prices, discounts, commitment, minimum, cap } = agreement;
  const problems = [
    ...(from && until && Temporal.PlainDate.compare(from, until) >= 0
      ? [{ path: "until", message: `${until} is not after ${from}; end it later` }]
      : []),
    ...prices.flatMap(({ item, price }, i) => [
      ...unknown({ id: item, known: items, path: `prices[${i}].item` }),
      ...belowZero(`prices[${i}].price`, price),
    ]),
    ...discounts.flatMap(({ items: named, off }, i) => [
      ...(named ?? []).flatMap((id, j) =>
        unknown({ id, known: items, path: `discounts[${i}].items[${j}]` }),
      ),
      ...(off >= 0n && off <= 1_000_000n
        ? []
        : [{ path: `discounts[${i}].off`, message: "must be from 0 to 1; 0.1 is 10 %" }]),
    ]),
    ...agreement.packages.flatMap((bought, i) => boughtProblems(bought, packages, i)),
    ...(commitment?.items ?? []).flatMap((id, i) =>
      unknown({ id, known: items, path: `commitment.items[${i}]` }),
    ),
    ...belowZero("commitment.amount", commitment?.amount ?? null),
    ...belowZero("minimum", minimum),
    ...belowZero("cap", cap),
  ];
  for (const [path, least] of [
    ["minimum", minimum],
    ["commitment.amount", commitment?.amount ?? null],
  ] as const) {
    if (cap === null || least === null || least <= cap) continue;
    const cure = "lower it, or raise the cap";
    const message = `${formatYuan(least)} is above the cap ${formatYuan(cap)}; ${cure}`;
    problems.push({ path, message });
  }
  return problems;
}

function boughtProblems(
  { package: id, count, from, to }: BoughtPackages,
  known: readonly string[],
  index: number,
): Problem[] {
  const problems = unknown({ id, known, path: `packages[${index}].package` });
  if (!Number.isInteger(count) || count < 1) {
    problems.push({ path: `packages[${index}].count`, message: "must be 1 or more, whole" });
  }
  if (to && Temporal.PlainYearMonth.compare(to, from) < 0) {
    const message = `${to} is before ${from}; end it in that month or later`;
    problems.push({ path: `packages[${index}].to`, message });
  }
  return problems;
}

const belowZero = (path: string, amount: MicroYuan | null): Problem[] =>
  amount !== null && amount < 0n ? [{ path, message: "is below zero; use 0 or more" }] : [];

function unknown(given: { id: string; known: readonly string[]; path: string }): Problem[] {
  const { id, known, path } = given;
  if (known.includes(id)) return [];
  const [meant] = closest(id, known, 1);
  const there = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  const cure = meant ? `did you mean "${meant}"?` : there;
  return [{ path, message: `"${id}" is not in the price list; ${cure}` }];
}
