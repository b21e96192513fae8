import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chargeRows, csvLine, focusHeader } from "@wadi/core/settlement";
import { asId, cardSeconds, yuan } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { Raw, startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { foreignParquet } from "../testing/foreign-parquet.ts";
import { rowsIn } from "./focus-rows.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function run(args: readonly string[], answers: Answers) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const at = (text: string) => Temporal.Instant.from(text);
const rows = chargeRows(
  {
    ...{ account: { id: "acme", name: 'Acme, "the" firm\nof two lines' }, pool: "c1-a" },
    ...{ run: asId("0197a2f0-0000-7000-8000-000000000001"), publisher: "Lowland" },
    ...{ from: at("2026-11-03T09:00:00Z"), until: at("2026-11-03T10:00:00Z"), region: null },
    ...{ model: asId("a100-80g"), cardSeconds: cardSeconds(3600n), emulated: false },
    ...{ price: yuan(6), charge: yuan(6), voucher: yuan(1), programme: asId("ai"), paidTo: null },
    invoice: null,
  },
  {
    billing: { from: at("2026-10-31T16:00:00Z"), until: at("2026-11-30T16:00:00Z") },
    platform: "Lake Region",
  },
);
const good = [[...focusHeader], ...rows].map(csvLine).join("");

async function fileOf(text: string): Promise<string> {
  const file = join(emptyFolder(), "costs.csv");
  await writeFile(file, text);
  return file;
}

test("focus export writes what the hub gives, and focus check takes it", async () => {
  const file = join(emptyFolder(), "costs.csv");
  const args = ["focus", "export", "2026-11", "--tenant", "acme", "-o", file];
  const ran = await run(args, { exportFocus: () => new Raw("text/csv", good) });
  expect(ran.stderr).toBe("");
  expect(ran).toMatchObject({ code: 0, stdout: `${file} has 2026-11\n` });
  expect(double!.callsOf("exportFocus")[0]?.query).toEqual({ tenant: "acme", format: "csv" });
  expect(readFileSync(file, "utf8")).toBe(good);
  expect(await runProgram(["focus", "check", file])).toMatchObject({
    code: 0,
    stdout: `${file} keeps FOCUS 1.2: 2 rows\n`,
  });
});

test.each([
  [["-o", "costs.parquet"], "parquet"],
  [["-o", "costs.parquet", "--format", "csv"], "csv"],
  [["-o", "costs", "--format", "parquet"], "parquet"],
])("focus export %j asks for %s", async (args, format) => {
  const inFolder = args.map((arg, i) => (i === 1 ? join(emptyFolder(), arg) : arg));
  const ran = await run(["focus", "export", "2026-11", ...inFolder], {
    exportFocus: () => new Raw("application/vnd.apache.parquet", "PAR1"),
  });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(double!.callsOf("exportFocus")[0]?.query).toEqual({ format });
});

test("a Parquet file is read to the last digit, whoever made it", async () => {
  const file = join(emptyFolder(), "costs");
  await writeFile(file, foreignParquet);
  const read = await Array.fromAsync(rowsIn(file));
  expect(read.map(({ fields }) => fields)).toEqual([
    [
      ...["BilledCost", "ListUnitPrice", "EffectiveCost", "ChargePeriodStart", "ServiceName"],
      ...["SkuId", "x_Emulated"],
    ],
    [
      ...["9007199254.740993", "0.001666666666666", "1e21", "2026-11-03T09:30:00Z", "卡时"],
      ...["a100", "true"],
    ],
    ["-14.400000", "", "-0.5", "2026-11-03T09:30:00.250Z", "", "", "false"],
  ]);
  const { code, stdout } = await runProgram(["focus", "check", file]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${file}: header, ListCost is mandatory; add it (column-missing)\n`);
  expect(stdout).toContain(`${file}: row 2, ServiceName is empty; it must have a value (not-null)`);
});

test("what is no Parquet behind its first letters is told", async () => {
  const file = await fileOf("PAR1 and nothing else");
  const { code, stderr } = await runProgram(["focus", "check", file]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${file} cannot be read as Parquet: `);
});

test("advice is told, and does not fail a file", async () => {
  const file = await fileOf(good.replaceAll("Card-Seconds", "card seconds"));
  const { code, stdout } = await runProgram(["focus", "check", file]);
  expect(code).toBe(0);
  expect(stdout).toContain('PricingUnit "card seconds" is no unit');
  expect(stdout).toContain("(unit-format, advice)\n");
  expect(stdout).toMatch(/keeps FOCUS 1\.2: 2 rows\n$/);
});

test("focus schema is JSON that tells each column of a file of ours", async () => {
  const { code, stdout } = await runProgram(["focus", "schema"]);
  const schema = JSON.parse(stdout) as { ColumnDefinition: { ColumnName: string }[] };
  expect(code).toBe(0);
  expect(schema).toMatchObject({ FocusVersion: "1.2" });
  expect(schema.ColumnDefinition.map(({ ColumnName: name }) => name)).toEqual(focusHeader);
});

test("focus check tells each broken rule by line, row and column, and ends with 1", async () => {
  const file = await fileOf(good.replaceAll("-1.00", "-1.0o").replace(",CNY,", ",yuan,"));
  const { code, stdout } = await runProgram(["focus", "check", file]);
  expect(code).toBe(1);
  expect(stdout).toContain(
    `${file}:2: row 1, BillingCurrency "yuan" is no currency of ISO 4217; ` +
      "write it such as CNY (currency-format)\n",
  );
  expect(stdout).toContain(`${file}:4: row 2, BilledCost "-1.0o" is no number`);
});

test("focus check finds what no CSV is, and says nothing of an empty file but that", async () => {
  const broken = await fileOf('BilledCost\n"1\n');
  const open = await runProgram(["focus", "check", broken]);
  expect(open).toMatchObject({ code: 2 });
  expect(open.stderr).toContain(`${broken}:2: a quote (") is never closed`);
  expect(await runProgram(["focus", "check", await fileOf("")])).toMatchObject({ code: 2 });
});

test("focus check reads a file far larger than a piece of it", async () => {
  const many = [csvLine(focusHeader), ...Array(2000).fill(rows.map(csvLine).join(""))].join("");
  const { stdout } = await runProgram(["focus", "check", await fileOf(many)]);
  expect(stdout).toMatch(/keeps FOCUS 1\.2: 4000 rows\n$/);
});
