import { noMoney, type MicroYuan } from "../units/index.ts";
import type { Agreement } from "./agreement.ts";
import { emptyLine, exactOf, type ExactLine } from "./rated-line.ts";

/**
 * What the agreement adds to the lines so far and takes off them: discounts, then what is missing
 * to the commitment, to the minimum, and what is above the cap.
 */
export function agreedLines(lines: readonly ExactLine[], agreement: Agreement): ExactLine[] {
  const discounts = discountLines(lines, agreement);
  const { commitment, minimum, cap } = agreement;
  const items = commitment?.items ?? null;
  const counted = [...lines, ...discounts].filter(
    ({ item }) => items === null || (item !== null && items.includes(item)),
  );
  const shortfall = greater(exactOf(commitment?.amount ?? noMoney) - sum(counted), 0n);
  const soFar = sum(lines) + sum(discounts) + shortfall;
  const missing = greater(exactOf(minimum ?? noMoney) - soFar, 0n);
  const over = cap === null ? 0n : greater(soFar + missing - exactOf(cap), 0n);
  return [
    ...discounts,
    ...agreed("commitment", shortfall, commitment?.amount ?? null),
    ...agreed("minimum", missing, minimum),
    ...agreed("cap", -over, cap),
  ];
}

/** One line for each item that has a discount, in the order of the bill. */
function discountLines(lines: readonly ExactLine[], { discounts }: Agreement): ExactLine[] {
  const usage = lines.filter(({ kind }) => kind === "usage");
  return [...Map.groupBy(usage, ({ item }) => item!)].flatMap(([item, own]): ExactLine[] => {
    const discount = discounts.find(({ items }) => items === null || items.includes(item));
    if (!discount) return [];
    const exact = -(sum(own) * discount.off) / 1_000_000n;
    return exact === 0n ? [] : [{ ...emptyLine, kind: "discount", item, exact }];
  });
}

const agreed = (kind: ExactLine["kind"], exact: bigint, price: MicroYuan | null): ExactLine[] =>
  exact === 0n ? [] : [{ ...emptyLine, kind, price, exact }];

const sum = (lines: readonly ExactLine[]) => lines.reduce((all, { exact }) => all + exact, 0n);
const greater = (a: bigint, b: bigint) => (a > b ? a : b);
