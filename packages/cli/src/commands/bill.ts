import { writeFile } from "node:fs/promises";
import type { FundId, ProviderId, TenantId } from "@wadi/core/units";
import { formatPHours } from "@wadi/core/units";
import { routes, statementMedia, type DistrictId, type Statement } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { facts } from "../show/facts.ts";
import { footnotes, localTime, marked, money, moneyOr, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { wrap } from "../show/width.ts";
import { outFile } from "../out-file.ts";
import { readPeriod, type PeriodInput } from "../read-period.ts";

export interface BillInput extends PeriodInput {
  readonly of?: Party;
  readonly id?: string;
  readonly format?: Format;
  /** The file to write it into; without one it is printed. */
  readonly out?: string;
  readonly byDay?: true;
}

type Party = "tenant" | "provider" | "fund" | "district";
type Format = "text" | "json" | "csv" | "xlsx" | "pdf";

/** A statement of a tenant, a provider or a fund; without an id, that of the key's own. */
export async function bill(context: Context, input: BillInput): Promise<void> {
  const party = await partyOf(context, input);
  const period = readPeriod(input);
  const out = input.out === undefined ? undefined : outFile(input.out);
  const { language } = context;
  const format = input.format ?? usualFormat({ context, out });
  const detail = input.byDay ? ("days" as const) : ("runs" as const);
  const how = { ...period, language, detail };
  if (format !== undefined) return giveAs(context, party, { out, ...how, format });

  const call = callOf(party);
  const { value } = await context.ask(call.route, { params: call.params, query: how });
  context.print(...statementLines(value, context));
}

/** Undefined: for the terminal, in English; the hub has the words of other languages. */
function usualFormat({ context, out }: { context: Context; out: string | undefined }) {
  if (context.json) return "json";
  return out === undefined && context.language === "en" ? undefined : "text";
}

interface Named {
  readonly of: Party;
  readonly id: string;
}

async function partyOf(context: Context, { of, id }: BillInput): Promise<Named> {
  if (of !== undefined && id !== undefined) return { of, id };
  const { scope } = (await context.ask(routes.readMe)).value;
  const owners = ["tenant", "provider", "fund"] as const;
  const kinds = owners.filter((one) => of === undefined || one === of);
  const kind = kinds.find((one) => scope[one] !== null);
  const own = kind && scope[kind];
  if (kind && own) return { of: kind, id: own };
  throw wrongUse(
    `whose statement? This key speaks for no ${kinds.join(", ") || of}`,
    "name one: wadi bill tenant ID, wadi bill provider ID, wadi bill fund ID",
  );
}

function callOf({ of, id }: Named) {
  switch (of) {
    case "tenant":
      return { route: routes.tenantStatement, params: { id: id as TenantId } };
    case "provider":
      return { route: routes.providerStatement, params: { id: id as ProviderId } };
    case "fund":
      return { route: routes.fundStatement, params: { id: id as FundId } };
    case "district":
      return { route: routes.districtStatement, params: { id: id as DistrictId } };
  }
}

const [jsonType, csvType, textType, xlsxType, pdfType] = statementMedia;
const accepts = { json: jsonType, csv: csvType, text: textType, xlsx: xlsxType, pdf: pdfType };

/** As the hub writes it, byte for byte. */
async function giveAs(
  context: Context,
  party: Named,
  { out, ...query }: { format: Format; language: "en" | "zh"; out: string | undefined },
): Promise<void> {
  const { format } = query;
  if (out === undefined && (format === "xlsx" || format === "pdf")) {
    throw wrongUse(`${format} is no text; say where to write it: --out statement.${format}`);
  }
  const hub = await context.client();
  const { route, params } = callOf(party);
  const request = { params, query, accept: accepts[format] } as never;
  const reply = await context.during("asking the hub", hub.raw(route, request));
  if (out !== undefined) {
    await writeFile(out, Buffer.from(await reply.arrayBuffer()));
    return context.print(context.json ? JSON.stringify({ file: out }) : out);
  }
  const text = await reply.text();
  context.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** The statement in a form that fits the terminal. */
function statementLines(statement: Statement, context: Pick<Context, "width" | "paint">): string[] {
  const { of, id, name, from, until, opening, closing, totals, lines, notes } = statement;
  const { paint, width } = context;
  return [
    paint("bold", `Statement of the ${of} ${name} (${id})`),
    paint("dim", `${localTime(from)} to ${localTime(until)}`),
    "",
    ...(lines.length === 0 ? ["nothing happened"] : table(lines, columns, context)),
    ...footnotes(lines),
    "",
    ...facts(
      [
        ["before", `¥${money(opening)}`],
        ...Object.entries(totals).map(([what, sum]) => [wordsIn(what), `¥${money(sum)}`] as const),
        ["after", `¥${money(closing)}`],
      ],
      context,
    ),
    ...notes.flatMap((note) => wrap(note, width)),
  ];
}

/** `paidIn` as people write it: "paid in". */
const wordsIn = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("-", " ");

type Line = Statement["lines"][number];

const columns: readonly Column<Line>[] = [
  { head: "WHEN", cell: ({ at }) => localTime(at), keep: 6, least: 10 },
  { head: "WHAT", cell: ({ text }) => text, keep: 9, least: 12 },
  {
    head: "JOB",
    cell: ({ job, jobName }) => jobName ?? (job ? shortId(job) : ""),
    keep: 5,
    least: 8,
  },
  { head: "POOL", cell: poolOf, keep: 4, least: 8 },
  {
    head: "CARD-S",
    cell: ({ cardSeconds }) => String(cardSeconds ?? ""),
    keep: 3,
    align: "number",
  },
  {
    head: "P·HOURS",
    cell: ({ work }) => (work ? formatPHours(work) : ""),
    keep: 2,
    align: "number",
  },
  { head: "CHARGE", cell: ({ charge }) => moneyOr(charge), keep: 7, align: "number" },
  { head: "VOUCHER", cell: ({ voucher }) => moneyOr(voucher), keep: 7, align: "number" },
  { head: "CASH", cell: ({ cash }) => moneyOr(cash), keep: 3, align: "number" },
  { head: "FEE", cell: ({ fee }) => moneyOr(fee), keep: 2, align: "number" },
  { head: "CHANGE ¥", cell: ({ amount }) => money(amount), keep: 9, align: "number" },
];

function poolOf({ pool, emulated }: Line): string {
  return pool === null ? "" : marked(pool, emulated);
}
