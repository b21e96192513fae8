import {
  plainAgreement,
  preview,
  sizeOf,
  type Previewed,
  type PriceUnit,
  type RatedLine,
} from "@wadi/core/rating";
import { asId, formatDecimal, noMoney, type TenantId } from "@wadi/core/units";
import { priceListDocumentOf, routes, usageDocument, usageOfDocument } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { facts } from "../show/facts.ts";
import { money, moneyOr } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { wrap } from "../show/width.ts";
import { readAs } from "../spec/check-document.ts";
import { readAgreement, readPriceList } from "../spec/read-prices.ts";

/** Tells every mistake of every price list by its line; asks no hub. */
export async function checkPrices(
  context: Context,
  { file: files }: { file: readonly string[] },
): Promise<void> {
  const wrong: string[] = [];
  for (const file of files) {
    try {
      const { versions, source } = await readPriceList(file);
      const items = versions.reduce((sum, version) => sum + version.items.length, 0);
      const counts = `${counted(versions.length, "version")}, ${counted(items, "item")}`;
      context.print(`${file} is a price list: ${counts}; source ${source.grade}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      wrong.push(error.message, ...error.notes);
    }
  }
  const [first, ...rest] = wrong;
  if (first !== undefined) throw wrongUse(first, ...rest);
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** What a month's usage would cost by one price list or several; asks no hub. */
export async function previewPrices(
  context: Context,
  input: { file: readonly string[]; usage: string; agreement?: string },
): Promise<void> {
  const usage = await readAs(input.usage, usageDocument);
  const lists = await Promise.all(input.file.map(readPriceList));
  const agreed =
    input.agreement === undefined ? undefined : await readAgreement(input.agreement, lists[0]!);
  const offers = lists.map((list, i) => ({
    list,
    agreement: i === 0 && agreed ? agreed : plainAgreement(list.id),
  }));
  const order = { usage: usageOfDocument(usage), month: usage.month };
  const previewed = preview(order, offers);
  if (context.json) return context.printJson(previewed.map(jsonOf));
  for (const [i, one] of previewed.entries()) {
    if (i > 0) context.print("");
    context.print(...offerLines(one, context));
  }
}

/** Makes the file the price list's next revision. */
export async function putPrices(context: Context, { file }: { file: string }): Promise<void> {
  const list = await readPriceList(file);
  const body = priceListDocumentOf(list);
  const asked = { params: { id: list.id }, body };
  const { json, value } = await context.ask(routes.putPriceList, asked);
  if (context.json) return context.printJson(json);
  context.print(`revision ${value.revision} of ${list.id} holds`);
}

/** Bills a tenant's month by its agreement, and posts the difference to what runs were charged. */
export async function billMonth(
  context: Context,
  input: { tenant: string; month: string },
): Promise<void> {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(input.month)) {
    throw wrongUse(`"${input.month}" is no month; write it like 2026-06`);
  }
  const { json, value } = await context.ask(routes.billMonth, {
    params: { id: asId<TenantId>(input.tenant) },
    body: { month: Temporal.PlainYearMonth.from(input.month) },
  });
  if (context.json) return context.printJson(json);
  const { number, charged, cash, voucherBack, lines } = value;
  const title = `${input.tenant} in ${input.month}, bill ${number}: ¥${money(value.total)}`;
  context.print(
    context.paint("bold", title),
    ...table(lines, columns, context),
    ...facts(
      [
        ["charged by runs", `¥${money(charged)}`],
        [cash < noMoney ? "given back in cash" : "paid more in cash", `¥${money(cash)}`],
        ["vouchers gave back", voucherBack === noMoney ? undefined : `¥${money(voucherBack)}`],
      ],
      context,
    ),
  );
}

function offerLines({ rated, more }: Previewed, context: Context): string[] {
  const { paint, width } = context;
  const difference = more === noMoney ? "" : `, ${more > 0n ? "+" : ""}${money(more)}`;
  const title = `${rated.list} in ${rated.month}: ¥${money(rated.total)}${difference}`;
  const unpriced = rated.unpriced.map(({ ref, why }) => {
    const missing = why === "no-item" ? "no item for it" : "no version then";
    return `no price for ${ref}: the list has ${missing}`;
  });
  const unbilled = rated.unbilled.map((measure) => `${measure} is not billed by this list`);
  return [
    paint("bold", title),
    ...(rated.lines.length === 0 ? ["nothing to pay"] : table(rated.lines, columns, context)),
    ...[...unpriced, ...unbilled].flatMap((text) => wrap(text, width)),
  ];
}

type Line = Pick<RatedLine, "kind" | "quantity" | "price" | "tier" | "amount"> &
  Record<"item" | "package" | "version", string | null> & { readonly per: PriceUnit | null };

const columns: readonly Column<Line>[] = [
  { head: "WHAT", cell: ({ kind }) => kind, keep: 9 },
  { head: "ITEM", cell: ({ item, package: pack }) => pack ?? item ?? "", keep: 8, least: 8 },
  { head: "VERSION", cell: ({ version }) => version ?? "", keep: 2 },
  {
    head: "STEP",
    cell: ({ tier }) => (tier === null ? "" : String(tier)),
    keep: 3,
    align: "number",
  },
  { head: "QUANTITY", cell: quantityOf, keep: 7, align: "number" },
  { head: "UNIT", cell: ({ per }) => per ?? "", keep: 6 },
  { head: "PRICE", cell: ({ price }) => moneyOr(price), keep: 5, align: "number" },
  { head: "AMOUNT ¥", cell: ({ amount }) => money(amount), keep: 9, align: "number" },
];

/** In units, three decimals; cut, not rounded. */
function quantityOf({ quantity, per, kind }: Line): string {
  if (per === null) return kind === "package" ? String(quantity) : "";
  const thousandths = (quantity * 1000n) / sizeOf(per);
  return formatDecimal(thousandths, { scale: 3, leastDecimals: 0 });
}

const jsonOf = ({ rated, more }: Previewed) => ({
  list: rated.list,
  month: rated.month.toString(),
  total: money(rated.total),
  more: money(more),
  lines: rated.lines.map(({ quantity, metered, price, amount, ...line }) => ({
    ...line,
    quantity: `${quantity}`,
    metered: `${metered}`,
    price: price === null ? null : money(price),
    amount: money(amount),
  })),
  unpriced: rated.unpriced.map(({ from, quantity, ...one }) => ({
    ...one,
    from: from.toString(),
    quantity: `${quantity}`,
  })),
  unbilled: rated.unbilled,
});
