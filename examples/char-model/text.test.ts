import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { baselines, encode, readText } from "./text.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "char-model-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a folder is its *.md files by path, without hidden folders and node_modules", () => {
  for (const inner of ["b", ".hidden", "node_modules"]) mkdirSync(join(folder, inner));
  writeFileSync(join(folder, "b", "inner.md"), "two\r\n");
  for (const name of ["a.md", "c.md", "z.txt"]) writeFileSync(join(folder, name), name);
  for (const name of [".hidden", "node_modules"]) writeFileSync(join(folder, name, "x.md"), "no");
  expect(readText(folder)).toBe("a.md\ntwo\n\nc.md");
});

test.each([
  ["a path that is not there", () => join(folder, "missing"), /no such file or folder/],
  ["a folder without text", () => folder, /holds no \*\.md file/],
  ["bytes that are not UTF-8", () => latin1(), /is not UTF-8 text/],
])("%s is refused", (_, path, message) => {
  expect(() => readText(path())).toThrow(message);
});

test("the most frequent characters get a code of their own, the rest share code 0", () => {
  const common = "etaoin shrdlu".repeat(500);
  const rare = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
  const { characters, training, heldOut, rareShare } = encode(common + rare, { context: 8 });
  expect(characters).toHaveLength(128);
  expect(characters[0]).toBe("\u{FFFD}");
  expect(training.length + heldOut.length).toBe(6800);
  expect(heldOut).toHaveLength(680);
  expect(training[0]).toBe(characters.indexOf("e"));
  expect(rareShare).toBeCloseTo((300 - (127 - 13)) / 6800, 12);
});

test("one text has one encoding, ties included", () => {
  const text = "zyxwvutsrqponmlkjihgfedcba".repeat(30);
  const { characters } = encode(text, { context: 8 });
  expect(characters.slice(1).join("")).toBe("abcdefghijklmnopqrstuvwxyz");
});

test("two equally frequent characters take one bit, knowing nothing takes more", () => {
  const { uniformBits, unigramBits } = baselines(encode("ab".repeat(500), { context: 8 }));
  expect(unigramBits).toBeCloseTo(1, 12);
  expect(uniformBits).toBeCloseTo(Math.log2(3), 12);
});

test.each([
  ["abc", 8, /holds 3 characters; a context of 8 needs 500 or more/],
  ["ab".repeat(400), 100, /holds 800 characters; a context of 100 needs 2020 or more/],
  ["a".repeat(1000), 8, /repeats a single character/],
])("a text too small to learn from is refused (%#)", (text, context, message) => {
  expect(() => encode(text, { context })).toThrow(message);
});

function latin1(): string {
  const path = join(folder, "latin1.txt");
  writeFileSync(path, Buffer.from("caf\u00e9 au lait", "latin1"));
  return path;
}
