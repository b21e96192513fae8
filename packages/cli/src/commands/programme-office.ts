import { formatYuan, type ProgrammeId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import { stringify } from "yaml";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { readProgramme } from "../programme/read-programme.ts";
import { facts, type Fact } from "../show/facts.ts";
import { counted, localTime } from "../show/format.ts";
import { signalLines } from "../show/signals.ts";
import { table } from "../show/table.ts";
import { unitText } from "../show/units.ts";
import { programmeBody } from "../programme/programme-body.ts";

/** The rules of a programme as a file that can be edited. */
export async function showRules(
  context: Context,
  { id, number }: { id: ProgrammeId; number?: number },
): Promise<void> {
  const query = number === undefined ? {} : { version: number };
  const { json, value } = await context.ask(routes.readProgrammeRules, { params: { id }, query });
  if (context.json) return context.printJson(json);
  const { approvedAt } = value;
  const since = approvedAt === null ? "a draft" : `approved ${localTime(approvedAt)}`;
  context.note(`version ${value.rules.version.number}, ${since}`);
  context.write(stringify((json as { rules: unknown }).rules));
}

/** Puts a file as the draft of the next version. */
export async function putRules(context: Context, { file }: { file: string }): Promise<void> {
  const { rules, json: written } = await readProgramme(file);
  const params = { id: rules.id };
  const body = programmeBody(written);
  const { json, value } = await context.ask(routes.putProgrammeRules, { params, body });
  if (context.json) return context.printJson(json);
  const { number } = value.rules.version;
  context.print(`version ${number} of ${rules.id} is a draft; another person approves it with:`);
  context.print(`wadi programme approve ${rules.id} ${number}`);
}

/** Approves a draft that somebody else put. */
export async function approveRules(
  context: Context,
  { id, version }: { id: ProgrammeId; version: number },
): Promise<void> {
  const params = { id, version };
  const { json } = await context.ask(routes.approveProgrammeRules, { params });
  if (context.json) return context.printJson(json);
  context.print(`version ${version} of ${id} decides from now on`);
}

/** Where a programme's money stands. */
export async function board(context: Context, { id }: { id: ProgrammeId }): Promise<void> {
  const { json, value } = await context.ask(routes.readBoard, { params: { id } });
  if (context.json) return context.printJson(json);
  const { granted, redeemed, released, open, contracts, inKind, refused, claims } = value;
  const { setAside, budget } = value;
  context.print(
    ...facts(
      [
        ["granted", formatYuan(granted)],
        ["redeemed", formatYuan(redeemed)],
        ["released", formatYuan(released)],
        ["open", formatYuan(open)],
        ["set aside", `${formatYuan(setAside)} for claims not issued yet`],
        ["budget", budget === null ? undefined : budgetText(budget)],
        ["contracts", formatYuan(contracts)],
        ...inKind.map(({ unit, granted: all, ...of }): Fact => {
          const stands = `${of.drawn} drawn, ${of.open} open, ${of.released} released`;
          return ["in kind", `${unitText(all, unit, context)}: ${stands}`];
        }),
        ...Object.entries(claims).map(([state, count]): Fact => [state, counted(count, "claim")]),
        ...refused.map(({ code, amount, claims: count }): Fact => [
          "refused",
          `${formatYuan(amount)} ${code}, ${counted(count, "claim")}`,
        ]),
      ],
      context,
    ),
    ...value.funds.flatMap((one) => ["", ...fundLines(one, context)]),
    "",
    ...facts(
      value.figures.map(({ text, unit, value: figure }): Fact => [
        text[context.language],
        figure === null ? "–" : inUnit(figure, unit),
      ]),
      context,
    ),
    ...(value.indicators.length > 0 ? [""] : []),
    ...facts(
      value.indicators.map((one): Fact => [one.text[context.language], goalText(one)]),
      context,
    ),
  );
}

type Board = z.output<typeof routes.readBoard.reply>;

const budgetText = ({ period, amount, taken, left }: NonNullable<Board["budget"]>) =>
  `${formatYuan(amount)} for ${period}: ${formatYuan(taken)} taken, ${formatYuan(left)} left`;

/** Appropriated is the sum of what follows; the programme's own part of it beside it. */
function fundLines(
  { fund, appropriated, ofProgramme, ...rest }: Board["funds"][number],
  of: Context,
) {
  const own = ofProgramme as Readonly<Record<string, bigint>>;
  const part = (name: string) =>
    name in own ? `, of which ${formatYuan(own[name] as never)} of this programme` : "";
  return facts(
    [
      ["fund", fund],
      ["appropriated", formatYuan(appropriated)],
      ...Object.entries(rest).map(([name, amount]): Fact => [
        name === "clawback" ? "asked back" : name,
        `${formatYuan(amount)}${part(name)}`,
      ]),
    ],
    of,
  );
}

const inUnit = (figure: string, unit: Board["figures"][number]["unit"]) =>
  unit === "card-hours" ? `${figure} card-hours` : unit === "yuan" ? `¥${figure}` : figure;

function goalText({ value, unit, goal, isMet }: Board["indicators"][number]): string {
  const figure = value === null ? "no figure" : inUnit(value, unit);
  if (goal === null) return figure;
  const bound = `${goal.side === "atLeast" ? "at least" : "at most"} ${inUnit(goal.value, unit)}`;
  const judged = isMet === null ? "" : isMet ? ": met" : ": missed";
  return `${figure} (${bound}${judged})`;
}

/** Claims under public notice. */
export async function notice(context: Context, { id }: { id: ProgrammeId }): Promise<void> {
  const { json, value } = await context.ask(routes.readNotice, { params: { id } });
  if (context.json) return context.printJson(json);
  if (value.items.length === 0) return context.note("nothing is under notice");
  context.print(
    ...table(
      value.items,
      [
        { head: "APPLICANT", cell: ({ applicant }) => applicant, keep: 9, least: 10 },
        { head: "AMOUNT", cell: ({ amount }) => formatYuan(amount), keep: 9, align: "number" },
        { head: "UNTIL", cell: ({ until }) => until.toString(), keep: 8 },
      ],
      context,
    ),
  );
}

/** What a person should look at. */
export async function signals(context: Context, { id }: { id: ProgrammeId }): Promise<void> {
  const { json, value } = await context.ask(routes.listSignals, { params: { id } });
  if (context.json) return context.printJson(json);
  if (value.items.length === 0) return context.note("nothing stands out");
  context.print(...signalLines(value.items, context));
}
