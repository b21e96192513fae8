import { focusDigits, focusSchema, focusType } from "@wadi/core/settlement";
import { parseDecimal } from "@wadi/core/units";
import { ByteWriter, ParquetWriter, type ColumnSource, type SchemaElement } from "hyparquet-writer";

/**
 * Rows of a row group: what is kept in memory at a time, and what is written in one go, while the
 * hub does nothing else. Larger ones make the file hardly smaller.
 */
const groupSize = 5000;

/**
 * Rows as a file in Apache Parquet, piece by piece as they come: numbers as exact decimals, times
 * as timestamps in UTC, everything else as text. An empty cell is a null.
 *
 * @param pages  of cells as `header` names them
 */
export async function* focusParquet(
  header: readonly string[],
  pages: AsyncIterable<string[][]>,
): AsyncGenerator<Uint8Array> {
  const columns = header.map(columnOf);
  const bytes = new ByteWriter();
  const root: SchemaElement = { name: "root", num_children: columns.length };
  const schema = [root, ...columns.map(({ element }) => element)];
  const file = new ParquetWriter({ writer: bytes, schema, kvMetadata, createdBy: "wadi" });
  let group = columns.map((): unknown[] => []);
  const writeGroup = () => {
    const columnData = columns.map(({ element: { name } }, i): ColumnSource => ({
      name,
      data: group[i]!,
    }));
    void file.write({ columnData, rowGroupSize: groupSize });
    group = columns.map(() => []);
    return taken(bytes);
  };
  for await (const rows of pages) {
    for (const row of rows) {
      for (const [i, { read }] of columns.entries()) group[i]!.push(read(row[i]!));
      if (group[0]!.length === groupSize) yield writeGroup();
    }
  }
  if (group[0]!.length > 0) yield writeGroup();
  void file.finish();
  yield taken(bytes);
}

/** By which schema of FOCUS the file is. */
const kvMetadata = [
  { key: "focus.version", value: focusSchema.FocusVersion },
  { key: "focus.schema-id", value: focusSchema.SchemaId },
];

/** What was written so far, out of the writer, which goes on where it was. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}

interface Column {
  readonly element: SchemaElement;
  /** What a cell's text is as a value. */
  read(cell: string): unknown;
}

function columnOf(name: string): Column {
  const rule = focusType(name);
  const repetition_type = rule.nulls ? "OPTIONAL" : "REQUIRED";
  const orNull = (value: (cell: string) => unknown) => (cell: string) =>
    cell === "" ? null : value(cell);
  switch (rule.type) {
    case "decimal": {
      const form = decimal(focusDigits(name));
      return {
        element: { name, repetition_type, ...form.element },
        read: orNull((cell) => unscaled(cell, { name, ...form })),
      };
    }
    case "instant":
      return {
        element: { name, repetition_type, ...timestamp },
        read: orNull((cell) => BigInt(Date.parse(cell))),
      };
    case "string":
    case "currency":
    case "json":
      return { element: { name, repetition_type, ...text }, read: orNull((cell) => cell) };
  }
}

const text = {
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
} as const;

const timestamp = {
  type: "INT64",
  converted_type: "TIMESTAMP_MILLIS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
} as const;

const decimal = ({ precision, scale }: { precision: number; scale: number }) => {
  const logical_type = { type: "DECIMAL", precision, scale } as const;
  const element: Omit<SchemaElement, "name"> = {
    ...(precision > 18 ? wide : narrow),
    ...{ converted_type: "DECIMAL", precision, scale, logical_type },
  };
  return { element, scale, limit: 10n ** BigInt(precision) };
};
/** Eight bytes hold 18 digits, sixteen hold 38. */
const narrow = { type: "INT64" } as const;
const wide = { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 } as const;

/** The number without its point, as Parquet keeps a decimal. */
function unscaled(
  cell: string,
  { name, scale, limit }: { name: string; scale: number; limit: bigint },
): bigint {
  const value = parseDecimal(cell, scale);
  if (value === undefined || value >= limit || value <= -limit) {
    const digits = `${limit}`.length - 1;
    throw new RangeError(`${name} is ${cell}; Parquet has ${digits} digits for it`);
  }
  return value;
}
