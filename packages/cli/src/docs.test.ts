import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { makeTree } from "./program.ts";
import { specFields } from "./testing/spec-fields.ts";

// What the pages say that the code says too. On a difference the failure prints what is right: put
// it into the page.

const read = (name: string) =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

/** The cells of the table that stands between the two marks of a part, without its head. */
function rowsOf(page: string, part: string): string[][] {
  const [, rest] = page.split(`<!-- ${part} -->\n`);
  const [inner] = rest?.split(`\n<!-- end of ${part} -->`) ?? [];
  if (inner === undefined) throw new Error(`the page has no part "${part}"`);
  const lines = inner.split("\n").slice(2);
  return lines.map((line) => line.slice(2, -2).split(" | "));
}

const code = (text: string) => `\`${text}\``;

/** Words of forms, in the order in which they are replaced. */
const inChinese: readonly (readonly [string | RegExp, string])[] = [
  [/, at most (\d+)/, "，最多 $1"],
  [/, (\d+) or more/, "，不少于 $1"],
  [/, (\d+) to (\d+)/, "，$1 至 $2"],
  ["names with texts", "名称与文本"],
  [" or ", " 或 "],
  ["text", "文本"],
  ["list", "列表"],
  ["number", "数字"],
  ["object", "对象"],
  ["duration", "时长"],
  ["size", "大小"],
  ["cores", "核数"],
  ["part of a card", "一张卡的份额"],
  ["yuan", "元"],
  ["job id", "作业编号"],
  [/^time$/, "时间"],
  [/^name$/, "名称"],
];

const chinese = (form: string) =>
  inChinese.reduce((text, [from, to]) => text.replace(from, to), form);

test.each([
  ["job-spec.md", "needed", (form: string) => form],
  ["job-spec.zh-CN.md", "必填", chinese],
])("%s has each field of the schema, with its form and default", (name, needed, formIn) => {
  const rows = specFields().map(({ path, form, preset }) => [
    code(path),
    formIn(form),
    preset === null ? needed : code(preset),
  ]);
  const page = rowsOf(read(name), "fields");
  expect(page.map((cells) => cells.slice(0, 3))).toEqual(rows);
  for (const [field, , , meaning] of page) expect(meaning, field).toMatch(/\S[.。]$/);
});

/** Every command that does something, as it is typed. */
function commandsOf(command: Command, path: string): { usage: string; description: string }[] {
  const below = command.commands.flatMap((one) => commandsOf(one, `${path} ${one.name()}`));
  if (below.length > 0) return below;
  const taken = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [{ usage: [path, ...taken].join(" "), description: command.description() }];
}

const tree = makeTree(() => () => Promise.resolve(), { columns: undefined });

test("cli.md has each command, as --help describes it", () => {
  const rows = commandsOf(tree, "wadi").map(({ usage, description }) => [code(usage), description]);
  expect(rowsOf(read("cli.md"), "commands")).toEqual(rows);
});

test("cli.zh-CN.md has the same commands", () => {
  const page = rowsOf(read("cli.zh-CN.md"), "commands");
  const usages = commandsOf(tree, "wadi").map(({ usage }) => code(usage));
  expect(page.map(([usage]) => usage)).toEqual(usages);
  for (const [usage, what] of page) expect(what, usage).toMatch(/\p{Script=Han}/u);
});

test("the exit codes are told in both languages", () => {
  const codes = Object.values(exitCodes);
  const rows = codes.map(({ code: number, means }) => [String(number), means]);
  expect(rowsOf(read("cli.md"), "exit codes")).toEqual(rows);
  const page = rowsOf(read("cli.zh-CN.md"), "exit codes");
  expect(page.map(([number]) => number)).toEqual(rows.map(([number]) => number));
});
