import { chargeRows, correctionRow, focusHeader, focusSchema } from "@wadi/core/settlement";
import { asId, cardSeconds, formatDecimal, microYuan, yuan } from "@wadi/core/units";
import { parquetMetadata, parquetReadObjects, type FileMetaData } from "hyparquet";
import { expect, test } from "vitest";
import { focusParquet } from "./focus-parquet.ts";

const at = (text: string) => Temporal.Instant.from(text);
const frame = {
  billing: { from: at("2026-10-31T16:00:00Z"), until: at("2026-11-30T16:00:00Z") },
  platform: "Lake Region",
};
const account = { id: "acme", name: '爱科米, "the" firm\nof two lines' };
const rows = [
  ...chargeRows(
    {
      ...{ account, run: asId("0197a2f0-0000-7000-8000-000000000001"), publisher: "Lowland" },
      ...{ from: at("2026-11-03T09:30:00.25Z"), until: at("2026-11-03T10:30:00.5Z") },
      ...{ region: { place: "east", centre: "c1" }, pool: "c1-a", model: asId("a100-80g") },
      ...{ cardSeconds: cardSeconds(3601n), price: microYuan(6_001_667n) },
      ...{ charge: microYuan(9_007_199_254_740_993n), voucher: microYuan(1n) },
      ...{ programme: asId("ai"), emulated: false, invoice: null, paidTo: null },
    },
    frame,
  ),
  correctionRow(
    {
      ...{ account, what: "Dispute", at: at("2026-11-09T00:00:00Z"), publisher: "Lowland" },
      ...{ amount: yuan(-5), run: null, invoice: "2026-11-1-acme", ofEarlierPeriod: true },
    },
    frame,
  ),
];

async function fileOf(pages: string[][][]): Promise<ArrayBuffer> {
  const source = (async function* () {
    for (const page of pages) yield await Promise.resolve(page);
  })();
  const pieces = await Array.fromAsync(focusParquet(focusHeader, source));
  return new Uint8Array(Buffer.concat(pieces)).buffer;
}

/** Decimals as they are stored: the reader's own are floating point. */
function asStored(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== "DECIMAL") return element;
    const { converted_type: _, logical_type: __, ...rest } = element;
    return rest;
  });
  return { ...metadata, schema };
}

function cellOf(value: unknown, scale: number | undefined): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (value instanceof Uint8Array) {
    const digits = value.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
    return formatDecimal(BigInt.asIntN(128, digits), { scale: scale!, leastDecimals: 2 });
  }
  if (typeof value === "bigint") return formatDecimal(value, { scale: scale!, leastDecimals: 2 });
  if (typeof value !== "string") throw new Error(`a ${typeof value} in a column of text`);
  return value;
}

test("what was written is read back, every digit and character of it", async () => {
  const file = await fileOf([rows.slice(0, 1), rows.slice(1)]);
  const metadata = parquetMetadata(file);
  const scales = new Map(metadata.schema.map(({ name, scale }) => [name, scale]));
  const read = await parquetReadObjects({ file, metadata: asStored(metadata), utf8: false });
  const cells = read.map((row) => focusHeader.map((name) => cellOf(row[name], scales.get(name))));
  const isCount = (name: string) => name.endsWith("Quantity");
  const expected = rows.map((row) =>
    row.map((cell, i) => (cell !== "" && isCount(focusHeader[i]!) ? `${cell}.00` : cell)),
  );
  expect(cells).toEqual(expected);
  expect(cells[0]![focusHeader.indexOf("BilledCost")]).toBe("9007199254.740993");
});

test("columns have the types of their values, and say what may be missing", async () => {
  const { schema, ...file } = parquetMetadata(await fileOf([rows]));
  expect(file).toMatchObject({ num_rows: 3n, created_by: "wadi" });
  expect(file.key_value_metadata).toEqual([
    { key: "focus.version", value: "1.2" },
    { key: "focus.schema-id", value: focusSchema.SchemaId },
  ]);
  const columnOf = (name: string) => schema.find((element) => element.name === name);
  expect(columnOf("BilledCost")).toMatchObject({
    ...{ type: "INT64", repetition_type: "REQUIRED" },
    logical_type: { type: "DECIMAL", precision: 18, scale: 6 },
  });
  expect(columnOf("ListUnitPrice")).toMatchObject({
    ...{ type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, repetition_type: "OPTIONAL" },
    logical_type: { type: "DECIMAL", precision: 38, scale: 15 },
  });
  expect(columnOf("ChargePeriodEnd")).toMatchObject({
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  });
  expect(columnOf("x_Run")).toMatchObject({ logical_type: { type: "STRING" } });
});

test("many rows are row groups of their own, with texts in dictionaries", async () => {
  const file = await fileOf(Array.from({ length: 3 }, () => Array(4000).fill(rows[0]!)));
  const { row_groups: groups, schema } = parquetMetadata(file);
  expect(groups.map(({ num_rows: size }) => size)).toEqual([5000n, 5000n, 2000n]);
  const place = schema.findIndex(({ name }) => name === "ResourceId") - 1;
  expect(groups[0]!.columns[place]!.meta_data!.encodings).toContain("RLE_DICTIONARY");
  expect(file.byteLength).toBeLessThan(100_000);
});

test("a file without a row is a file", async () => {
  expect(await parquetReadObjects({ file: await fileOf([]) })).toEqual([]);
});

test("an amount that has no room is refused, not cut", async () => {
  const place = focusHeader.indexOf("BilledCost");
  for (const amount of ["1000000000000", "0.0000001", "x"]) {
    const file = fileOf([[rows[0]!.with(place, amount)]]);
    await expect(file).rejects.toThrow(`BilledCost is ${amount}; Parquet has 18 digits`);
  }
});
