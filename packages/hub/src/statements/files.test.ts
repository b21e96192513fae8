import { inflateRawSync, inflateSync } from "node:zlib";
import { asId, microYuan, yuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";
import { describe, expect, test } from "vitest";

import { codesOf } from "./pdf-pen.ts";
import { statementPdf } from "./pdf.ts";
import { wordsIn } from "./words.ts";
import { statementXlsx } from "./xlsx.ts";

const at = (text: string) => Temporal.Instant.from(text);
const nothing = {
  ...{ job: null, jobName: null, run: null, pool: null, emulated: false, cardSeconds: null },
  ...{ work: null, charge: null, voucher: null, cash: null, fee: null },
};
const aLine = (text: string, amount = yuan(1)) => ({
  ...{ ...nothing, at: at("2026-03-02T00:00:00Z"), text, amount },
});
const aStatement = (lines: Statement["lines"], closing = yuan(6)): Statement => ({
  ...{ of: "tenant", id: "acme", name: "爱科米公司", opening: yuan(5), closing },
  ...{ from: at("2026-03-01T00:00:00Z"), until: at("2026-04-01T00:00:00Z") },
  madeAt: at("2026-04-02T08:00:00Z"),
  totals: { paidIn: yuan(1) },
  lines,
  notes: ["The cards of the pool ascend-a are emulated: slots, no real cards."],
});
const zh = { words: wordsIn("zh"), font: null, issuer: "湖区算力" };
const en = { ...zh, words: wordsIn("en") };

/** The streams of a PDF, inflated where they are packed. */
function streamsOf(pdf: Buffer): string[] {
  const text = pdf.toString("latin1");
  const found: string[] = [];
  for (const { 1: head, 2: body } of text.matchAll(
    /<<((?:(?!endobj)[\s\S])*?)>>\s*stream\n([\s\S]*?)\nendstream/g,
  )) {
    const bytes = Buffer.from(body!, "latin1");
    found.push((head!.includes("FlateDecode") ? inflateSync(bytes) : bytes).toString("latin1"));
  }
  return found;
}

/** What a reader would copy: the codes that are shown, by the document's own table. */
function textOf(pdf: Buffer): string[] {
  const streams = streamsOf(pdf);
  const table = streams.find((stream) => stream.includes("beginbfrange"))!;
  const highBytes = new Map(
    [...table.matchAll(/<(..)00> <(..)FF> <(..)00>/g)].map(([, from, , to]) => [from!, to!]),
  );
  const shown = streams.flatMap((stream) => [...stream.matchAll(/<([0-9A-F]+)> Tj/g)]);
  return shown.map(([, codes]) =>
    [...codes!.matchAll(/(..)(..)/g)]
      .map(([, high, low]) => String.fromCharCode(Number(`0x${highBytes.get(high!)}${low}`)))
      .join(""),
  );
}

describe("as PDF", () => {
  test("Chinese is written in the codes of UniGB-UTF16-H, which are those of UTF-16", () => {
    expect(codesOf("算力 A1")).toBe("7B97529B002000410031");
    expect(codesOf("𠮷")).toBe("D842DFB7");
  });

  test("its text can be copied: what is shown, by its own table, is the statement", async () => {
    const text = textOf(await statementPdf(aStatement([aLine("充值: 电汇 7")]), zh));
    expect(text).toEqual(
      expect.arrayContaining([
        ...["租户 爱科米公司（acme）对账单，单位：元", "湖区算力", "时间（UTC）", "摘要", "余额"],
        ...["2026-03-01 00:00", "期初余额", "充值: 电汇 7", "1.00", "6.00", "期末余额"],
        ...["第 1 页，共 1 页"],
      ]),
    );
  });

  test("the font is named, not shipped, and has what readers need to choose another", async () => {
    const pdf = (await statementPdf(aStatement([aLine("充值")]), zh)).toString("latin1");
    expect(pdf.startsWith("%PDF-1.5")).toBe(true);
    expect(pdf).toContain("/Encoding /UniGB-UTF16-H");
    expect(pdf).toContain("/Registry (Adobe)");
    expect(pdf).toContain("/Ordering (GB1)");
    expect(pdf).toMatch(/\/DescendantFonts \[\d+ 0 R\]/);
    expect(pdf).not.toContain("/FontFile");
  });

  test("an English statement shows Chinese names as well", async () => {
    const text = textOf(await statementPdf(aStatement([aLine("Paid in: 电汇")]), en));
    expect(text).toContain("Statement of the tenant 爱科米公司 (acme), in yuan");
    expect(text).toContain("Paid in: 电汇");
  });

  test("long statements go on over pages, each with its head and number", async () => {
    const lines = Array.from({ length: 200 }, (_, i) => aLine(`line ${i}`));
    const text = textOf(await statementPdf(aStatement(lines, yuan(205)), en));
    expect(text.filter((one) => one.startsWith("line "))).toHaveLength(200);
    const pages = text.filter((one) => /^Page \d+ of \d+$/.test(one));
    expect(pages).toEqual(pages.map((_, i) => `Page ${i + 1} of ${pages.length}`));
    expect(pages.length).toBeGreaterThan(2);
    expect(text.filter((one) => one === "Balance")).toHaveLength(pages.length);
  });

  test("the same statement is the same file", async () => {
    const one = aStatement([aLine("充值")]);
    expect((await statementPdf(one, zh)).equals(await statementPdf(one, zh))).toBe(true);
  });

  test("a name cannot break out of the text", async () => {
    const text = textOf(
      await statementPdf(aStatement([aLine("a) Tj ET \u001b[2J <00> \\ (")]), en),
    );
    expect(text).toContain("a) Tj ET  [2J <00> \\ (");
  });
});

/** A part of a ZIP file by its name; enough of the format for files that we wrote ourselves. */
function partOf(zip: Buffer, wanted: string): string {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006"));
  let place = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i -= 1) {
    const lengths = [28, 30, 32].map((offset) => zip.readUInt16LE(place + offset));
    const name = zip.toString("utf8", place + 46, place + 46 + lengths[0]!);
    const local = zip.readUInt32LE(place + 42);
    if (name === wanted) {
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + zip.readUInt32LE(place + 20));
      const isPacked = zip.readUInt16LE(place + 10) === 8;
      return (isPacked ? inflateRawSync(packed) : packed).toString("utf8");
    }
    place += 46 + lengths[0]! + lengths[1]! + lengths[2]!;
  }
  throw new Error(`the file has no ${wanted}`);
}

describe("as a workbook", () => {
  const sheetOf = async (statement: Statement, words = wordsIn("zh")) => {
    const file = await statementXlsx(statement, words);
    return partOf(file, "xl/worksheets/sheet1.xml") + partOf(file, "xl/sharedStrings.xml");
  };

  test("it has lines, heads in the language asked for, totals and notes", async () => {
    const xml = await sheetOf(aStatement([aLine("充值")]));
    for (const text of [
      "租户 爱科米公司（acme）对账单，单位：元",
      "摘要",
      "期初余额",
      "充值",
      "备注",
    ]) {
      expect(xml).toContain(text);
    }
    expect(xml).toContain("<v>6</v>");
  });

  test("an amount with more digits than a spreadsheet keeps is a text", async () => {
    const amount = microYuan(12_345_678_901_234_567n);
    const xml = await sheetOf(aStatement([aLine("x", amount)], microYuan(amount + 5_000_000n)));
    expect(xml).toContain("12345678901.234567");
    expect(xml).not.toContain("<v>12345678901.234567</v>");
    expect(xml).not.toContain("<v>12345678901.234568</v>");
  });

  test("what looks like a formula is a text, and what is XML is escaped", async () => {
    const statement = aStatement([{ ...aLine("=1+1 <b>&"), jobName: asId<never>("=cmd") }]);
    const xml = await sheetOf(statement);
    expect(xml).toContain("=1+1 &lt;b&gt;&amp;");
    expect(xml).not.toContain("<f>");
  });
});
