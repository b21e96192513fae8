import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { formatDecimal } from "@wadi/core/units";
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  type FileMetaData,
  type SchemaElement,
} from "hyparquet";
import { wrongUse } from "../failure.ts";

/** What is decompressed here, beside Snappy, which the reader knows itself. */
const compressors = {
  BROTLI: (input: Uint8Array) => brotliDecompressSync(input),
  GZIP: (input: Uint8Array) => gunzipSync(input),
  ZSTD: (input: Uint8Array) => zstdDecompressSync(input),
};

/** Rows that are kept in memory at a time, beside the row group that they are of. */
const pageSize = 10_000;

/**
 * The rows of a Parquet file as the texts that FOCUS has for their values: decimals to the last
 * digit, times in UTC. A null is an empty text. The first row is the columns' names.
 */
export async function* parquetRows(file: string): AsyncGenerator<string[]> {
  const source = await asyncBufferFromFile(file);
  const read = async <T>(doing: Promise<T>): Promise<T> => {
    try {
      return await doing;
    } catch (error) {
      throw wrongUse(`${file} cannot be read as Parquet: ${(error as Error).message}`);
    }
  };
  const metadata = await read(parquetMetadataAsync(source));
  const columns = columnsOf(metadata);
  yield columns.map(({ name }) => name);
  const stored = asStored(metadata);
  let start = 0;
  for (const { num_rows: count } of metadata.row_groups) {
    const end = start + Number(count);
    for (let from = start; from < end; from += pageSize) {
      const range = { rowStart: from, rowEnd: Math.min(from + pageSize, end) };
      const asked = { file: source, metadata: stored, compressors, utf8: false, ...range };
      for (const row of await read(parquetReadObjects(asked))) {
        yield columns.map((column) => textOf(row[column.name] as Stored, column));
      }
    }
    start = end;
  }
}

/** The columns of the file; what a nested one is made of is part of it. */
function columnsOf({ schema }: FileMetaData): SchemaElement[] {
  const columns: SchemaElement[] = [];
  for (let place = 1; place < schema.length; place = behind(schema, place)) {
    columns.push(schema[place]!);
  }
  return columns;
}

function behind(schema: readonly SchemaElement[], place: number): number {
  let next = place + 1;
  for (let child = 0; child < (schema[place]!.num_children ?? 0); child += 1) {
    next = behind(schema, next);
  }
  return next;
}

const isDecimal = ({ converted_type: type, logical_type: logical }: SchemaElement): boolean =>
  type === "DECIMAL" || logical?.type === "DECIMAL";

/** With decimals as they are stored: the reader would make floating point of them. */
function asStored(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (!isDecimal(element)) return element;
    const { converted_type: _, logical_type: __, ...rest } = element;
    return rest;
  });
  return { ...metadata, schema };
}

type Stored = string | number | bigint | boolean | Date | Uint8Array | object | null | undefined;

function textOf(value: Stored, column: SchemaElement): string {
  if (value === null || value === undefined) return "";
  if (isDecimal(column)) return decimalOf(value as Uint8Array | number, column.scale ?? 0);
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === "object") return JSON.stringify(value, wholeNumbers);
  // JavaScript writes 1e+21, FOCUS 1e21.
  return String(value).replace("e+", "e");
}

const wholeNumbers = (_: string, value: unknown) =>
  typeof value === "bigint" ? Number(value) : value;

function decimalOf(stored: Uint8Array | number | bigint, scale: number): string {
  const digits =
    stored instanceof Uint8Array
      ? BigInt.asIntN(8 * stored.length, BigInt(`0x0${Buffer.from(stored).toString("hex")}`))
      : BigInt(stored);
  // All decimals that the column has: a cost is judged by as many as it is written with.
  return formatDecimal(digits, { scale, leastDecimals: scale });
}
