import { formatYuan, type MicroYuan, type ProgrammeId } from "@wadi/core/units";
import {
  changes,
  inKindUnits,
  leverage,
  play,
  type ApplicantChange,
  type Played,
  type ProgrammeRules,
  type RecordedCase,
} from "@wadi/core/vouchers";
import { programmeRules, routes } from "@wadi/protocol";
import { caseDocument, caseOf } from "@wadi/protocol/claim-case";
import { check } from "@wadi/protocol/wrong-fields";
import { z } from "zod";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { readCases, readProgramme } from "../programme/read-programme.ts";
import { facts, type Fact } from "../show/facts.ts";
import { plain } from "../show/plain.ts";
import { table, type Column } from "../show/table.ts";
import { unitText } from "../show/units.ts";
import { takeList } from "../take-list.ts";

interface Input {
  readonly draft: string;
  readonly against?: number;
  readonly now?: string;
  readonly cases?: readonly string[];
  readonly limit: number;
}

/**
 * Replays recorded claims under a draft and under the rules that hold, side by side. Claims are
 * those of a year that the hub has, or those of case files; nothing is stored.
 */
export async function whatIf(context: Context, input: Input): Promise<void> {
  const { rules: draft } = await readProgramme(input.draft);
  const cases = await recordedCases(context, input, draft.id);
  if (cases.length === 0)
    throw wrongUse("there are no claims to replay; name another year or files");
  const now = await rulesNow(context, input, draft.id);
  const [before, after] = [play(now, cases), play(draft, cases)];
  const changed = changes(before, after);
  if (context.json) {
    return context.printJson({
      claims: cases.length,
      now: plain(before),
      draft: plain(after),
      changed: plain(changed),
    });
  }
  context.print(...lines({ count: cases.length, before, after, changed }, input.limit, context));
}

async function recordedCases(
  context: Context,
  { against, cases: files }: Input,
  id: ProgrammeId,
): Promise<RecordedCase[]> {
  if (files !== undefined) return (await Promise.all(files.map(readCases))).flat();
  if (against === undefined)
    throw wrongUse("name the year to replay with --against, or --cases FILE");
  const query = { year: against };
  const list = await takeList(context, routes.listCases, { params: { id }, query, most });
  return list.items.map((item) => {
    const checked = check(caseDocument, item, "body");
    if (checked.ok) return caseOf(checked.value);
    throw new Error(`the hub sent a case that is none: ${JSON.stringify(item)}`);
  });
}

const most = 1_000_000;

async function rulesNow(
  context: Context,
  { now }: Input,
  id: ProgrammeId,
): Promise<ProgrammeRules> {
  if (now !== undefined) return (await readProgramme(now)).rules;
  const { json } = await context.ask(routes.readProgrammeRules, { params: { id }, query: {} });
  return z.decode(programmeRules, (json as { rules: z.input<typeof programmeRules> }).rules);
}

interface Outcome {
  readonly count: number;
  readonly before: Played;
  readonly after: Played;
  readonly changed: readonly ApplicantChange[];
}

function lines({ count, before, after, changed }: Outcome, limit: number, context: Context) {
  const pair = (of: (played: Played) => string) => `${of(before)} → ${of(after)}`;
  const gained = changed.filter((one) => one.after > one.before).length;
  const codes = [...new Set([...before.refused.keys(), ...after.refused.keys()])].toSorted();
  return [
    ...facts(
      [
        ["claims", `${count}, replayed under the rules that hold → under the draft`],
        ["granted", pair(({ granted }) => yuan(granted))],
        ...inKindUnits.flatMap((unit): Fact[] => {
          const has = [before, after].some(({ inKind }) => inKind.has(unit));
          const of = ({ inKind }: Played) => unitText(inKind.get(unit) ?? 0n, unit, context);
          return has ? [["in kind", pair(of)]] : [];
        }),
        ["grants", pair(({ grants }) => String(grants))],
        ["incomplete", pair(({ incomplete }) => String(incomplete))],
        ["leverage", pair((played) => times(leverage(played)))],
        ["applicants", `${gained} gain, ${changed.length - gained} lose`],
      ],
      context,
    ),
    ...part(context, "Refused, by rule", table(codes, refusedColumns({ before, after }), context)),
    ...part(
      context,
      "Granted by the end of",
      table(months({ before, after }), monthColumns, context),
    ),
    ...part(
      context,
      "Who loses most, who gains most",
      table(ends(changed, limit), changeColumns, context),
    ),
  ];
}

const part = ({ paint }: Context, title: string, rows: string[]): string[] =>
  rows.length <= 1 ? [] : ["", paint("bold", title), ...rows];

const refusedColumns = ({ before, after }: Pick<Outcome, "before" | "after">): Column<string>[] => [
  { head: "RULE", cell: (code) => code, keep: 9, least: 12 },
  { head: "NOW", cell: (code) => sumOf(before, code), keep: 8, align: "number" },
  { head: "DRAFT", cell: (code) => sumOf(after, code), keep: 8, align: "number" },
];

const sumOf = ({ refused }: Played, code: string) => yuan(refused.get(code)?.amount ?? 0n);

interface Month {
  readonly month: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** What had been granted by the end of each month in which anything was. */
function months({ before, after }: Pick<Outcome, "before" | "after">): Month[] {
  const all = [...before.burnDown, ...after.burnDown].map(({ day }) => day.slice(0, 7));
  return [...new Set(all)].toSorted().map((month) => ({
    month,
    before: by(before, month),
    after: by(after, month),
  }));
}

const by = ({ burnDown }: Played, month: string): bigint =>
  burnDown.findLast(({ day }) => day.slice(0, 7) <= month)?.granted ?? 0n;

const monthColumns: readonly Column<Month>[] = [
  { head: "MONTH", cell: ({ month }) => month, keep: 9 },
  { head: "NOW", cell: ({ before }) => yuan(before), keep: 8, align: "number" },
  { head: "DRAFT", cell: ({ after }) => yuan(after), keep: 8, align: "number" },
];

const changeColumns: readonly Column<ApplicantChange>[] = [
  { head: "APPLICANT", cell: ({ applicant }) => applicant, keep: 9, least: 12 },
  { head: "NOW", cell: ({ before }) => yuan(before), keep: 7, align: "number" },
  { head: "DRAFT", cell: ({ after }) => yuan(after), keep: 7, align: "number" },
  { head: "CHANGE", cell: (one) => yuan(one.after - one.before), keep: 8, align: "number" },
];

/** So many of those who lose most, and of those who gain most. */
const ends = (changed: readonly ApplicantChange[], limit: number) =>
  changed.length <= 2 * limit ? changed : [...changed.slice(0, limit), ...changed.slice(-limit)];

const yuan = (amount: bigint) => formatYuan(amount as MicroYuan);
const times = (thousandths: bigint | null) =>
  thousandths === null
    ? "none"
    : `${(Number(thousandths) / 1000).toFixed(2)} of their own per yuan`;
