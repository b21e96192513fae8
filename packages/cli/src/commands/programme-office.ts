import { formatYuan, type ProgrammeId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import { stringify } from "yaml";
import type { Context } from "../context.ts";
import { readProgramme } from "../programme/read-programme.ts";
import { facts, hanging, type Fact } from "../show/facts.ts";
import { localTime } from "../show/format.ts";
import { table } from "../show/table.ts";
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
  { id, version }: { id: ProgrammeId; version: string },
): Promise<void> {
  const params = { id, version: Number(version) };
  const { json } = await context.ask(routes.approveProgrammeRules, { params });
  if (context.json) return context.printJson(json);
  context.print(`version ${version} of ${id} decides from now on`);
}

/** Where a programme's money stands. */
export async function board(context: Context, { id }: { id: ProgrammeId }): Promise<void> {
  const { json, value } = await context.ask(routes.readBoard, { params: { id } });
  if (context.json) return context.printJson(json);
  const { granted, redeemed, released, open, contracts, refused, claims } = value;
  context.print(
    ...facts(
      [
        ["granted", formatYuan(granted)],
        ["redeemed", formatYuan(redeemed)],
        ["released", formatYuan(released)],
        ["open", formatYuan(open)],
        ["contracts", formatYuan(contracts)],
        ...Object.entries(claims).map(([state, count]): Fact => [state, `${count} claims`]),
        ...refused.map(({ code, amount, claims: count }): Fact => [
          "refused",
          `${formatYuan(amount)} ${code}, ${count} claims`,
        ]),
      ],
      context,
    ),
  );
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
  const { width, language } = context;
  for (const { code, subjects, evidence, sentence } of value.items) {
    context.print(context.paint("bold", code));
    context.print(...hanging(" ", sentence[language], { width, indent: 2 }));
    context.print(...hanging(" ", subjects.join(", "), { width, indent: 2 }));
    for (const { subject, what, value: seen } of evidence) {
      context.print(...hanging("  -", `${subject}: ${what} ${seen}`, { width, indent: 4 }));
    }
  }
}
