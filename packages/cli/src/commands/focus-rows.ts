import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { readCsv } from "@wadi/core/settlement";
import { wrongUse } from "../failure.ts";

/** A row of a file, the header first, and its line where the file has lines. */
export interface FocusRow {
  readonly line?: number;
  readonly fields: readonly string[];
}

/** The rows of a CSV or Parquet file of any size, piece by piece; "-" is standard input, as CSV. */
export async function* rowsIn(file: string): AsyncGenerator<FocusRow> {
  if (file === "-") {
    yield* csvRows(process.stdin, "standard input");
  } else if (await isParquet(file)) {
    const { parquetRows } = await import("./focus-parquet.ts");
    for await (const fields of parquetRows(file)) yield { fields };
  } else {
    yield* csvRows(createReadStream(file), file);
  }
}

/** What every Parquet file begins with. */
const mark = Buffer.from("PAR1");

async function isParquet(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(mark.length), 0, mark.length, 0);
    return buffer.equals(mark);
  } finally {
    await handle.close();
  }
}

async function* csvRows(input: NodeJS.ReadableStream, name: string): AsyncGenerator<FocusRow> {
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
): Generator<FocusRow> {
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
