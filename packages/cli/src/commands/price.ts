import { measures } from "@wadi/core/metering";
import {
  droppedItems,
  plainAgreement,
  preview,
  sizeOf,
  type Previewed,
  type PriceUnit,
  type RatedLine,
  type Unpriced,
} from "@wadi/core/rating";
import { asId, formatDecimal, noMoney, type TenantId } from "@wadi/core/units";
import { routes, usageDocument, usageOfDocument, type BilledPart } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { facts } from "../show/facts.ts";
import { counted, localTime, money, moneyOr } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { wrap } from "../show/width.ts";
import { readAs } from "../spec/check-document.ts";
import { checkEach } from "../spec/check-each.ts";
import { readAgreement, readPriceList } from "../spec/read-prices.ts";

/** Tells every mistake of every price list by its line; asks no hub. */
export async function checkPrices(
  context: Context,
  { file: files }: { file: readonly string[] },
): Promise<void> {
  await checkEach(context, files, async (file) => {
    const list = await readPriceList(file);
    const { id, versions, source } = list;
    const items = versions.reduce((sum, version) => sum + version.items.length, 0);
    const counts = `${counted(versions.length, "version")}, ${counted(items, "item")}`;
    const dropped = droppedItems(list).map(({ path, message }) => `${path} ${message}`);
    return {
      words: `${file} is a price list: ${counts}; source ${source.grade}`,
      notes: dropped.map((text) => `${file}: ${text}`),
      json: { list: id, versions: versions.length, items, grade: source.grade, dropped },
    };
  });
}

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

/** Bills a tenant's month by its agreement, and posts the difference to what runs were charged. */
export async function billMonth(
  context: Context,
  input: { tenant: string; month: string },
): Promise<void> {
  const { json, value } = await context.ask(routes.billMonth, {
    params: { id: asId<TenantId>(input.tenant) },
    body: { month: Temporal.PlainYearMonth.from(input.month) },
  });
  if (context.json) return context.printJson(json);
  const { number, charged, cash, voucherBack, parts, unpriced } = value;
  const title = `${input.tenant} in ${input.month}, bill ${number}: ¥${money(value.total)}`;
  context.print(
    context.paint("bold", title),
    ...parts.flatMap((part) => partLines(part, { isOnly: parts.length === 1 }, context)),
    ...unpriced.flatMap((one) => wrap(unpricedLine(one), context.width)),
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

/** Of a month with several agreements, each with its days and its sum. */
function partLines(
  { from, until, list, total, lines }: BilledPart,
  { isOnly }: { isOnly: boolean },
  context: Context,
): string[] {
  const shown = lines.length === 0 ? ["nothing to pay"] : table(lines, columns, context);
  if (isOnly) return shown;
  return [`from ${from} until ${until} by ${list}: ¥${money(total)}`, ...shown];
}

function unpricedLine({ measure, basis, attributes, why, from, to, quantity }: Unpriced): string {
  const which = Object.entries(attributes).map(([name, value]) => `${name} ${value}`);
  const of = which.length === 0 ? "" : ` of ${which.join(", ")}`;
  const used = `${quantity} ${measures[measure].unit} from ${localTime(from)} to ${localTime(to)}`;
  const missing = why === "no-item" ? "no item for it, nor is it free" : "no version then";
  return `no price for ${measure} (${basis})${of}, ${used}: the list has ${missing}`;
}

function offerLines({ rated, more }: Previewed, context: Context): string[] {
  const { paint, width } = context;
  const difference = more === noMoney ? "" : `, ${more > 0n ? "+" : ""}${money(more)}`;
  const title = `${rated.list} in ${rated.month}: ¥${money(rated.total)}${difference}`;
  const unsold = rated.unsold.map((id) => `the list sells no package ${id}, which is agreed on`);
  return [
    paint("bold", title),
    ...(rated.lines.length === 0 ? ["nothing to pay"] : table(rated.lines, columns, context)),
    ...[...rated.unpriced.map(unpricedLine), ...unsold].flatMap((text) => wrap(text, width)),
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
  unpriced: rated.unpriced.map(({ from, to, quantity, ...one }) => ({
    ...one,
    ...{ from: `${from}`, to: `${to}`, quantity: `${quantity}` },
  })),
  unsold: rated.unsold,
});
