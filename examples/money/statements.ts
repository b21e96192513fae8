import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { formatYuan, minus, plus, total } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";

import { monthSpan } from "./calendar.ts";
import { holds, same, type Check } from "./checks.ts";
import { district, fundsOf, type Province } from "./found.ts";
import { correctedCash, type Posted } from "./journal.ts";
import type { People } from "./people.ts";
import type { Settlement } from "./close-month.ts";

export type Statement = ReplyOf<typeof routes.tenantStatement>;
type Of = Statement["of"];

const routeFor = {
  tenant: routes.tenantStatement,
  provider: routes.providerStatement,
  fund: routes.fundStatement,
  district: routes.districtStatement,
} as const;

const formats = ["json", "csv", "xlsx", "pdf"] as const;
const languages = ["en", "zh"] as const;
const span = { from: `${monthSpan.from}`, until: `${monthSpan.until}` };

/** Of how many tenants and providers files are written; their sums are checked for all. */
const shownOfEach = 3;

/** Writes statements of the month in four forms and two languages. */
export async function writeStatements(
  people: People,
  { tenants, centres, laws }: Province,
  out: string,
): Promise<Check> {
  await mkdir(out, { recursive: true });
  const some: [Of, string][] = [
    ...tenants.slice(0, shownOfEach).map(({ id }): [Of, string] => ["tenant", id]),
    ...centres.slice(0, shownOfEach).map((one): [Of, string] => ["provider", one.provider]),
    ...fundsOf({ laws }).map((id): [Of, string] => ["fund", id]),
    ["district", district],
  ];
  const problems: string[] = [];
  for (const [of, id] of some) {
    for (const format of formats) {
      for (const language of languages) {
        const bytes = await fileOf(people, { of, id, format, language });
        const name = `${of}-${id}-${language}.${format}`;
        if (!startsRight(bytes, format)) problems.push(`${name} is no ${format}`);
        await writeFile(path.join(out, name), bytes);
      }
    }
  }
  const count = some.length * formats.length * languages.length;
  return holds(`${count} statement files, as JSON, CSV, XLSX, PDF in en and zh`, problems);
}

async function fileOf(
  { operator }: People,
  asked: { of: Of; id: string; format: (typeof formats)[number]; language: "en" | "zh" },
): Promise<Buffer> {
  const { of, id, format, language } = asked;
  const query = { ...monthSpan, format, language };
  const reply = await operator.client.raw(routeFor[of], { params: { id: id as never }, query });
  return Buffer.from(await reply.arrayBuffer());
}

const magic = { pdf: "%PDF-", xlsx: "PK", json: "{", csv: "" } as const;
export const startsRight = (bytes: Buffer, format: keyof typeof magic): boolean =>
  bytes.length > 50 && bytes.toString("latin1").startsWith(magic[format]);

/** Reads every statement of a kind, for their sums. */
export async function readStatements(
  { operator }: People,
  of: Of,
  ids: readonly string[],
): Promise<Statement[]> {
  const read: Statement[] = [];
  for (const id of ids) {
    read.push(await operator.ask(routeFor[of], { params: { id }, query: span }));
  }
  return read;
}

/** Whether statements add up, each by itself and all together with the settlement. */
export function checkStatements(
  { tenants, providers }: { tenants: readonly Statement[]; providers: readonly Statement[] },
  { settlement: { totals }, posted }: { settlement: Settlement; posted: readonly Posted[] },
): Check[] {
  // Readings that came late raised charges that were made; statements have that as lines.
  const charged = minus(totals.charges, correctedCash(posted));
  const broken = [...tenants, ...providers].filter(
    ({ opening, closing, lines }) => plus(opening, total(lines.map((l) => l.amount))) !== closing,
  );
  const sum = (all: readonly Statement[], name: string) =>
    total(all.flatMap((one) => (one.totals[name] === undefined ? [] : [one.totals[name]])));
  return [
    holds(
      `opening + lines = closing on ${tenants.length + providers.length} statements`,
      broken.map(({ of, id, closing }) => `${of} ${id} closes at ${formatYuan(closing)}`),
    ),
    same("tenants' bills = charges as made", sum(tenants, "charges"), charged),
    same("vouchers on bills = vouchers", sum(tenants, "paidByVouchers"), totals.vouchers),
    same("providers' charges = charges as made", sum(providers, "charges"), charged),
  ];
}
