import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

/* A file for another command is told in one line, with that command. */

const rules = "programme: ai\nname: {}\nplace: x\nparts: []\npayers: []\ncaps: []\n";
const aCase = "claim: c\napplicant: a\ncontract: K\nlines: []\nsettlements: []\n";
const claim = "supplier: s\ncontract: K\nfacts: {}\nlines: []\n";
const bill = "id: b\non: 2026-03-31\nlines: []\nevidence: []\n";
const prices = "version: 1\nid: lakeside\nname: {}\nversions: []\n";
const usage = "month: 2026-07\nlines: []\n";
const terms = 'month: "2026-11"\nterms: {}\n';
const readings = "series: []\n";
const agreement = "list: lakeside\nprices: []\ncap: '1'\n";

async function told(text: string, ...args: string[]) {
  const file = path.join(emptyFolder(), "given.yaml");
  writeFileSync(file, text);
  const typed = args.map((arg) => (arg === "FILE" ? file : arg));
  const { code, stderr } = await runProgram(typed, { hub: "http://127.0.0.1:9" });
  expect(code).toBe(2);
  return stderr.replaceAll(file, "FILE");
}

test.each([
  [rules, "claim apply ai FILE", "programme check FILE"],
  [rules, "programme put ai FILE", "programme check FILE"],
  [rules, "price check FILE", "programme check FILE"],
  [rules, "provider put-terms lakeside FILE", "programme check FILE"],
  [rules, "record put tenant acme FILE", "programme check FILE"],
  [rules, "claim redeem 4780 FILE", "programme check FILE"],
  [aCase, "programme check FILE", "programme try RULES --case FILE"],
  [`[{ claim: c, lines: [] }]`, "programme check FILE", "programme try RULES --case FILE"],
  [claim, "programme check FILE", "claim apply PROGRAMME FILE"],
  [bill, "programme check FILE", "claim redeem CLAIM FILE"],
  [prices, "meter push FILE", "price check FILE"],
  [usage, "price check FILE", "price preview LIST --usage FILE"],
  [terms, "claim apply ai FILE", "provider put-terms PROVIDER FILE"],
  [readings, "price put FILE", "meter push FILE"],
  [agreement, "price put FILE", "price agree TENANT FILE"],
])("%j for wadi %s is told to be one for wadi %s", async (text, line, right) => {
  const words = await told(text, ...line.split(" "));
  expect(words.trim().split("\n")).toHaveLength(1);
  expect(words).toMatch(/^FILE is /);
  expect(words).toContain(`use it with: wadi ${right}`);
});

test("a file of the right kind has its mistakes told, however many", async () => {
  const words = await told(`${aCase}appliedOn: 2026-03-02\n`, "claim", "apply", "ai", "FILE");
  expect(words).toContain("FILE:1:1: claim is not a known field");
  const wrong = await told(`${rules}payer: 1\ncap: 2\n`, "programme", "check", "FILE");
  expect(wrong).toContain('cap is not a known field; did you mean "caps"?');
  const many = await told(`[${`{ claim: c, lines: [], nix: 1 },`.repeat(40)}]`, ...tried);
  expect(many).toMatch(/FILE has 51 mistakes[^]*0\.nix is not a known field/);
});

const langfang = new URL("../../../../programmes/langfang-ai.yaml", import.meta.url).pathname;
const tried = ["programme", "try", langfang, "--case", "FILE"];
