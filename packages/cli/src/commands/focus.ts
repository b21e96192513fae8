import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { focusChecker, focusSchema } from "@wadi/core/settlement";
import type { FocusChecker, FocusProblem } from "@wadi/core/settlement";
import type { TenantId } from "@wadi/core/units";
import { focusMedia, routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { wrongUse } from "../failure.ts";
import { outFile } from "../out-file.ts";
import { rowsIn } from "./focus-rows.ts";

/** A month as FOCUS 1.2, into a file; of any size. */
export async function exportFocus(
  context: Context,
  asked: { month: string; tenant?: string; format?: keyof typeof focusMedia; out: string },
): Promise<void> {
  const { month, tenant, out } = asked;
  const format = asked.format ?? (out.endsWith(".parquet") ? "parquet" : "csv");
  outFile(out);
  const hub = await context.client();
  const query = { format, ...(tenant !== undefined && { tenant: tenant as TenantId }) };
  const request = { params: { month }, query, accept: focusMedia[format], timeoutMs: 600_000 };
  const reply = await hub.raw(routes.exportFocus, request);
  const body = Readable.fromWeb(reply.body as ReadableStream);
  await context.during(`writing ${out}`, pipeline(body, createWriteStream(out)));
  context.print(context.json ? JSON.stringify({ file: out }) : `${out} has ${month}`);
}

/** Prints what the columns of our files hold, as FOCUS 1.2 asks; asks no hub. */
export async function showSchema(context: Context): Promise<void> {
  context.print(JSON.stringify(focusSchema, null, 2));
}

/** More problems than this are counted, not told. */
const toldMax = 100;

/**
 * Checks a file against the rules of FOCUS 1.2; asks no hub.
 * @returns 1 when what is required is not so; what is only recommended is told as advice
 */
export async function checkFocus(context: Context, { file }: { file: string }): Promise<number> {
  const name = file === "-" ? "standard input" : file;
  const found: Found[] = [];
  let [count, advice, rows] = [0, 0, -1];
  let checker: FocusChecker | undefined;
  for await (const { line, fields } of rowsIn(file)) {
    rows += 1;
    checker ??= focusChecker(fields);
    const problems = rows === 0 ? checker.header : checker.row(rows, fields);
    for (const problem of problems) {
      if (problem.isAdvice) advice += 1;
      else count += 1;
      if (found.length < toldMax) found.push({ ...problem, ...(line !== undefined && { line }) });
    }
  }
  if (!checker) throw wrongUse(`${name} is empty; its first line must name the columns`);
  if (context.json) context.printJson({ rows, count, advice, problems: found });
  else tell(context, { name, rows, count, advice, found });
  return count === 0 ? exitCodes.ok.code : exitCodes.failed.code;
}

type Found = FocusProblem & { readonly line?: number };

function tell(
  context: Context,
  of: { name: string; rows: number; count: number; advice: number; found: readonly Found[] },
): void {
  const { name, rows, count, advice, found } = of;
  context.print(
    ...found.map(({ line, row, column, rule, why, isAdvice }) => {
      const where = `${line === undefined ? name : `${name}:${line}`}: `;
      const what = `${row === 0 ? "header" : `row ${row}`}, ${column} ${why}`;
      return `${where}${what} (${rule}${isAdvice ? ", advice" : ""})`;
    }),
  );
  const more = count + advice - found.length;
  if (more > 0) context.print(`and ${more} more`);
  if (count === 0) context.print(`${name} keeps FOCUS 1.2: ${rows} rows`);
}
