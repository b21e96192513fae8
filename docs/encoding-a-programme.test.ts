import { readFileSync } from "node:fs";
import {
  checkRules,
  claimMoves,
  claimStates,
  decide,
  facts,
  noCounters,
  programmeFigures,
  signalKinds,
} from "@wadi/core/vouchers";
import { caseDocument, caseOf } from "@wadi/protocol/claim-case";
import { programmeDocument, programmeRules } from "@wadi/protocol/programme";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

// What the pages on programmes and claims say, held to the grammar and the tables of the code.

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

/** The first cells of the table between two marks. */
function namesIn(page: string, part: string): string[] {
  const [, rest = ""] = page.split(`<!-- ${part} -->\n`);
  const [inner = ""] = rest.split(`\n<!-- end of ${part} -->`);
  return [...inner.matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name!);
}

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Every field of the grammar, in its order; conditions and words are told elsewhere. */
function fieldNames(): string[] {
  const whole = z.toJSONSchema(programmeDocument, {
    io: "input",
    unrepresentable: "any",
  }) as Schema;
  const found = new Set<string>();
  const walk = (schema: Schema, path: string, within: readonly string[]): void => {
    const name = schema.$ref?.replace("#/$defs/", "");
    if (name !== undefined && !within.includes(name)) {
      walk(whole.$defs![name]!, path, [...within, name]);
    }
    for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(one, path, within);
    if (schema.items) walk(schema.items, `${path}[]`, within);
    for (const [field, inner] of Object.entries(schema.properties ?? {})) {
      const own = path === "" ? field : `${path}.${field}`;
      found.add(own);
      if (!/(?:need|when|\.text|^name)$/.test(own)) walk(inner, own, within);
    }
  };
  walk(whole, "", []);
  return [...found];
}

describe.each(["encoding-a-programme.md", "encoding-a-programme.zh-CN.md"])("%s", (file) => {
  const page = read(file);
  const [rulesText = "", caseText = ""] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, text]) => text!,
  );

  test("tells each field of the grammar and each fact, in their order", () => {
    expect(namesIn(page, "fields")).toEqual(fieldNames());
    expect(namesIn(page, "facts")).toEqual(Object.keys(facts));
  });

  test("shows rules without a mistake, and a claim that they grant", () => {
    const rules = z.decode(programmeRules, parse(rulesText) as never);
    expect(checkRules(rules)).toEqual([]);
    const { case: asked, asOf } = caseOf(z.decode(caseDocument, parse(caseText) as never));
    const decision = decide({ rules, case: asked, counters: noCounters, asOf });
    expect([decision.outcome, decision.granted]).toEqual(["granted", 370_370_360_000n]);
    expect(decision.excluded.map(({ line }) => line)).toEqual(["disks"]);
  });
});

test("claims.md has the tables of the code", () => {
  const page = read("claims.md");
  expect(namesIn(page, "states")).toEqual(Object.keys(claimStates));
  expect(namesIn(page, "signals")).toEqual(Object.keys(signalKinds));
  for (const [code, { unit, text }] of Object.entries(programmeFigures)) {
    expect(page).toContain(`| \`${code}\` | ${text.en} | ${text.zh} | ${unit} |`);
  }
  const [, moves = ""] = page.split("<!-- moves -->\n");
  for (const [name, { from, to, by, money, text }] of Object.entries(claimMoves)) {
    const starts = from.map((state) => `\`${state}\``).join(", ");
    const cells = [`\`${name}\``, text.en, starts, `\`${to}\``, by.join(", "), money];
    expect(moves).toContain(`| ${cells.join(" | ")} |`);
  }
});
