import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { focusChecker, readCsv } from "@wadi/core/settlement";
import type { CsvRecord, FocusChecker, FocusProblem } from "@wadi/core/settlement";
import type { TenantId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { wrongUse } from "../failure.ts";

/** A month as FOCUS 1.2, into a file; of any size. */
export async function exportFocus(
  context: Context,
  { month, tenant, out }: { month: string; tenant?: string; out: string },
): Promise<void> {
  const hub = await context.client();
  const query = tenant === undefined ? {} : { tenant: tenant as TenantId };
  const reply = await hub.raw(routes.exportFocus, { params: { month }, query, timeoutMs: 600_000 });
  const body = Readable.fromWeb(reply.body as ReadableStream);
  await context.during(`writing ${out}`, pipeline(body, createWriteStream(out)));
  context.print(context.json ? JSON.stringify({ file: out }) : `${out} has ${month}`);
}

/** More problems than this are counted, not told. */
const toldMax = 100;

/** Checks a file against the rules of FOCUS 1.2; asks no hub. @returns 1 when any is broken */
export async function checkFocus(context: Context, { file }: { file: string }): Promise<number> {
  const name = file === "-" ? "standard input" : file;
  const input = file === "-" ? process.stdin : createReadStream(file);
  const found: Found[] = [];
  let count = 0;
  let rows = -1;
  let checker: FocusChecker | undefined;
  for await (const { line, fields } of recordsOf(input, name)) {
    rows += 1;
    checker ??= focusChecker(fields);
    const problems = rows === 0 ? checker.header : checker.row(rows, fields);
    count += problems.length;
    if (found.length < toldMax) found.push(...problems.map((problem) => ({ ...problem, line })));
  }
  if (!checker) throw wrongUse(`${name} is empty; its first line must name the columns`);
  const told = found.slice(0, toldMax);
  if (context.json) context.printJson({ rows, count, problems: told });
  else tell(context, { name, rows, count, found: told });
  return count === 0 ? exitCodes.ok.code : exitCodes.failed.code;
}

type Found = FocusProblem & { readonly line: number };

/** The records of a CSV of any size, piece by piece, with their lines. */
async function* recordsOf(input: NodeJS.ReadableStream, name: string): AsyncGenerator<CsvRecord> {
  let rest = "";
  let before = 0;
  input.setEncoding("utf8");
  for await (const piece of input) {
    const text = rest + String(piece);
    const end = lastRecordEnd(text);
    rest = text.slice(end);
    yield* recordsIn(text.slice(0, end), { name, before });
    before += text.slice(0, end).split("\n").length - 1;
  }
  yield* recordsIn(rest, { name, before });
}

function* recordsIn(
  text: string,
  { name, before }: { name: string; before: number },
): Generator<CsvRecord> {
  const read = readCsv(text);
  if (read.kind === "broken") throw wrongUse(`${name}:${before + read.line}: ${read.why}`);
  for (const { line, fields } of read.records) yield { line: before + line, fields };
}

/** Right behind the last line end that stands outside quotes; 0 when there is none. */
function lastRecordEnd(text: string): number {
  let end = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === "\n" && !isQuoted) end = at + 1;
  }
  return end;
}

function tell(
  context: Context,
  of: { name: string; rows: number; count: number; found: readonly Found[] },
): void {
  const { name, rows, count, found } = of;
  if (count === 0) return context.print(`${name} keeps FOCUS 1.2: ${rows} rows`);
  context.print(
    ...found.map(({ line, row, column, rule, why }) => {
      const where = row === 0 ? "header" : `row ${row}`;
      return `${name}:${line}: ${where}, ${column} ${why} (${rule})`;
    }),
  );
  if (count > found.length) context.print(`and ${count - found.length} more`);
}
