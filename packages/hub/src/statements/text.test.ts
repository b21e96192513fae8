import { asId, microYuan, yuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";
import { describe, expect, test } from "vitest";

import { statementCsv as csvOf } from "./csv.ts";
import { statementText as textOf, widthOf } from "./text.ts";
import { wordsIn } from "./words.ts";

const statementText = (one: Statement) => textOf(one, wordsIn("en"));
const statementCsv = (one: Statement) => csvOf(one, wordsIn("en"));
const at = (text: string) => Temporal.Instant.from(text);
const nothing = { work: null, charge: null, voucher: null, cash: null, fee: null };

const aStatement = (text = "Run", jobName = "train"): Statement => ({
  of: "tenant",
  id: "acme",
  name: "爱科米公司",
  from: at("2026-03-01T00:00:00Z"),
  until: at("2026-04-01T00:00:00Z"),
  madeAt: at("2026-04-02T08:00:00Z"),
  opening: yuan(5),
  closing: microYuan(97_499_999n),
  totals: { paidIn: yuan(100), paidInCash: microYuan(7_500_001n) },
  lines: [
    {
      ...nothing,
      at: at("2026-03-02T00:00:00Z"),
      text: "Paid in: 电汇",
      job: null,
      jobName: null,
      run: null,
      pool: null,
      emulated: false,
      cardSeconds: null,
      amount: yuan(100),
    },
    {
      at: at("2026-03-03T09:30:00Z"),
      text,
      job: asId("0197a2f0-0000-7000-8000-000000000001"),
      jobName,
      run: asId("0197a2f0-0000-7000-8000-000000000002"),
      pool: asId("ascend-a"),
      emulated: true,
      cardSeconds: 3600n as never,
      work: 11_520_000n as never,
      charge: microYuan(10_500_001n),
      voucher: yuan(3),
      cash: microYuan(7_500_001n),
      fee: microYuan(210_000n),
      amount: microYuan(-7_500_001n),
    },
  ],
  notes: ["The cards of the pool ascend-a are emulated: slots, no real cards."],
});

describe("as text", () => {
  test("times are told to the second, however exactly the hub knows them", () => {
    const madeAt = at("2026-04-02T08:00:00.123456789Z");
    const head = statementText({ ...aStatement(), from: at("2026-03-01T00:00:00.5Z"), madeAt });
    expect(head.split("\n")[1]).toBe(
      "From 2026-03-01T00:00:00Z up to 2026-04-01T00:00:00Z; made 2026-04-02T08:00:00Z",
    );
  });

  test("it can be read, and every line is as wide as it says, in Chinese as well", () => {
    const text = statementText(aStatement());
    expect(text).toMatchInlineSnapshot(`
      "Statement of the tenant 爱科米公司 (acme), in yuan
      From 2026-03-01T00:00:00Z up to 2026-04-01T00:00:00Z; made 2026-04-02T08:00:00Z
      ──────────────────────────────────────────────────────────────────────────────────────────
      Time (UTC)                                                        Amount           Balance
      ──────────────────────────────────────────────────────────────────────────────────────────
      2026-03-01 00:00  Opening balance                                                     5.00
      2026-03-02 00:00  Paid in: 电汇                                   100.00            105.00
      2026-03-03 09:30  Run (emulated cards), job train,             -7.500001         97.499999
                        pool ascend-a, 3600 card-seconds,
                        0.320 P·h, charge 10.500001,
                        voucher 3.00, cash 7.500001, fee
                        0.21
      2026-04-01 00:00  Closing balance                                                97.499999
      ──────────────────────────────────────────────────────────────────────────────────────────
      Paid in                                                                             100.00
      of which paid in cash                                                             7.500001

      Note: The cards of the pool ascend-a are emulated: slots, no real cards.
      "
    `);
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(90);
  });

  test("what a tenant named its job cannot move the cursor or hide an amount", () => {
    const text = statementText(aStatement("Run", "a\u001b[2Jb\r\nClosing 0.00\u202e"));
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text.split("\n")).toHaveLength(statementText(aStatement()).split("\n").length);
  });

  test("in Chinese every line is as wide as it says as well", () => {
    const text = textOf(aStatement(), wordsIn("zh"));
    expect(text).toContain("租户 爱科米公司（acme）对账单，单位：元");
    expect(text).toContain("期末余额");
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(90);
  });

  test("a long name takes more lines, not more columns", () => {
    const text = statementText(aStatement("Run", "训练".repeat(60)));
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(90);
    expect(text.replaceAll(/[\s]/g, "")).toContain("训练".repeat(10));
  });

  test.each([
    ["abc", 3],
    ["训练", 4],
    ["ｱｲ", 2],
    ["，。", 4],
    ["e\u0301", 1],
    ["🚀", 2],
  ])("%s takes %d columns", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

/** A reader of RFC 4180, by the letter. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (let i = 0, row: string[] = []; i < text.length;) {
    const [field, length] = readField(text.slice(i));
    row.push(field);
    i += length;
    if (text.startsWith(",", i)) i += 1;
    else if (text.startsWith("\r\n", i)) {
      rows.push(row);
      row = [];
      i += 2;
    } else throw new Error(`neither comma nor line end at ${i}`);
  }
  return rows;
}

function readField(text: string): [string, number] {
  const quoted = /^"((?:[^"]|"")*)"/s.exec(text);
  if (quoted) return [quoted[1]!.replaceAll('""', '"'), quoted[0].length];
  const plain = /^[^",\r\n]*/.exec(text)![0];
  return [plain, plain.length];
}

describe("as CSV", () => {
  test("it has a header, a running balance and the notes, all rows alike", () => {
    const rows = readCsv(statementCsv(aStatement()));
    const [header, ...lines] = rows;
    const column = (name: string) => lines.map((line) => line[header!.indexOf(name)]);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([15]));
    expect(column("balance")).toEqual(["5.00", "105.00", "97.499999", "97.499999", ""]);
    expect(column("amount")).toEqual(["", "100.00", "-7.500001", "", ""]);
    expect(column("emulated")).toEqual(["", "", "yes", "", ""]);
    expect(column("pHours")[2]).toBe("0.320");
    expect(column("text")).toEqual([
      "Opening balance",
      "Paid in: 电汇",
      "Run (emulated cards)",
      "Closing balance",
      "The cards of the pool ascend-a are emulated: slots, no real cards.",
    ]);
  });

  test("texts with commas, quotes and line ends come back as they were", () => {
    const name = 'a,"b"\r\nc';
    expect(readCsv(statementCsv(aStatement("Run", name)))[3]![3]).toBe(name);
  });

  test.each(["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "＝1", "|cmd"])(
    "%j is no formula to a spreadsheet",
    (name) => {
      expect(readCsv(statementCsv(aStatement("Run", name)))[3]![3]).toBe(`'${name}`);
    },
  );

  test("numbers below zero stay numbers", () => {
    expect(statementCsv(aStatement())).toContain(",-7.500001,");
  });
});
