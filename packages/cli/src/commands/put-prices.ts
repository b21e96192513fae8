import type { PriceListId } from "@wadi/core/rating";
import { asId, type TenantId } from "@wadi/core/units";
import { agreementDocument, priceListDocumentOf, routes, type ItemOf } from "@wadi/protocol";
import { stringify } from "yaml";
import type { Context } from "../context.ts";
import { localTime } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";
import { readPriceList } from "../spec/read-prices.ts";
import { takeList } from "../take-list.ts";

const most = 100_000;

/** Lists price lists and agreements: what holds, and drafts that wait for another person. */
export async function listPrices(context: Context): Promise<void> {
  const lists = await takeList(context, routes.listPriceLists, { most });
  const agreements = await takeList(context, routes.listAgreements, { most });
  if (context.json) {
    const json = { lists: lists.json.items, agreements: agreements.json.items };
    return context.printJson(json);
  }
  const rows = [...lists.items.map(listRow), ...agreements.items.map(agreementRow)];
  if (rows.length === 0) return context.print("no price list was put");
  context.print(...table(rows, columns, context));
}

interface Row {
  readonly what: string;
  readonly id: string;
  readonly revision: number;
  readonly holds: string;
  readonly says: string;
}

const listRow = (one: ItemOf<typeof routes.listPriceLists>): Row => ({
  ...{ what: "list", id: one.list.id, revision: one.revision, holds: holdsOf(one) },
  says: one.list.name.en,
});

function agreementRow(one: ItemOf<typeof routes.listAgreements>): Row {
  const { list, from, until } = one.agreement;
  const days = [from && `from ${from}`, until && `until ${until}`].filter(Boolean);
  const says = [list, ...days].join(" ");
  return { what: "agreement", id: one.tenant, revision: one.revision, holds: holdsOf(one), says };
}

const holdsOf = ({ approvedAt }: { approvedAt: Temporal.Instant | null }) =>
  approvedAt === null ? "draft" : `since ${localTime(approvedAt)}`;

const columns: readonly Column<Row>[] = [
  { head: "WHAT", cell: ({ what }) => what, keep: 9 },
  { head: "ID", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "REVISION", cell: ({ revision }) => String(revision), keep: 8, align: "number" },
  { head: "APPROVED", cell: ({ holds }) => holds, keep: 8, least: 8 },
  { head: "SAYS", cell: ({ says }) => says, keep: 2, least: 8 },
];

/** A price list or an agreement as a file that can be edited. */
export async function showPrices(
  context: Context,
  { id, agreement, number }: { id: string; agreement?: true; number?: number },
): Promise<void> {
  const query = number === undefined ? {} : { revision: number };
  const { json, value } = agreement
    ? await context.ask(routes.readAgreement, { params: { id: asId<TenantId>(id) }, query })
    : await context.ask(routes.readPriceList, { params: { id: asId<PriceListId>(id) }, query });
  if (context.json) return context.printJson(json);
  context.note(`revision ${value.revision}, ${holdsOf(value)}`);
  const said = json as { list?: unknown; agreement?: unknown };
  context.write(stringify(agreement ? said.agreement : said.list));
}

/** Puts the file as a draft of the price list's next revision. */
export async function putPrices(context: Context, { file }: { file: string }): Promise<void> {
  const list = await readPriceList(file);
  const body = priceListDocumentOf(list);
  const asked = { params: { id: list.id }, body };
  const { json, value } = await context.ask(routes.putPriceList, asked);
  for (const { pointer, detail } of value.warnings) context.note(`${file}: ${pointer} ${detail}`);
  if (context.json) return context.printJson(json);
  context.print(...nextStep(value, { id: list.id, flag: "" }));
}

/** Puts the file as a draft of what is agreed with a tenant. */
export async function putAgreed(
  context: Context,
  { tenant, file }: { tenant: string; file: string },
): Promise<void> {
  const body = await readAs(file, agreementDocument);
  const params = { id: asId<TenantId>(tenant) };
  const { json, value } = await context.ask(routes.putAgreement, { params, body });
  if (context.json) return context.printJson(json);
  const { from, until } = value.agreement;
  context.print(
    `with ${tenant}, from ${from}${until ? ` until ${until}` : " on"}:`,
    ...nextStep(value, { id: tenant, flag: " --agreement" }),
  );
}

function nextStep(
  { revision, approvedAt }: { revision: number; approvedAt: Temporal.Instant | null },
  { id, flag }: { id: string; flag: string },
): string[] {
  if (approvedAt !== null) return [`revision ${revision} of ${id} says just that, and holds`];
  return [
    `revision ${revision} of ${id} is a draft; another person approves it with:`,
    `wadi price approve ${id} ${revision}${flag}`,
  ];
}

/** Approves a draft of a price list, or of what is agreed with a tenant, that somebody else put. */
export async function approvePrices(
  context: Context,
  { id, revision, agreement }: { id: string; revision: number; agreement?: true },
): Promise<void> {
  const { json } = agreement
    ? await context.ask(routes.approveAgreement, {
        params: { id: asId<TenantId>(id), revision },
      })
    : await context.ask(routes.approvePriceList, {
        params: { id: asId<PriceListId>(id), revision },
      });
  if (context.json) return context.printJson(json);
  context.print(`revision ${revision} of ${id} holds`);
}
