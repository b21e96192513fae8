import { readFileSync } from "node:fs";
import { checkAgreement, priceList, type PriceList } from "@wadi/core/rating";
import { agreementDocument, agreementOf, priceListSpec } from "@wadi/protocol";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

// What price-lists.md and its Chinese sister show, held to the grammar and the rules.

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const examplesOf = (page: string) =>
  [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => parse(text!) as unknown);

function checked(example: unknown): PriceList {
  const list = priceList(priceListSpec.decode(example as never));
  if (list.kind === "ok") return list.value;
  throw new Error(list.problems.map(({ path, message }) => `${path} ${message}`).join("\n"));
}

describe.each(["price-lists.md", "price-lists.zh-CN.md"])("%s", (file) => {
  test("shows a list that keeps all rules, and an agreement on it", () => {
    const [list, agreement] = examplesOf(read(file));
    const laid = checked(list);
    expect(laid.versions).toHaveLength(2);
    const agreed = agreementOf(agreementDocument.parse(agreement), null);
    expect(checkAgreement(agreed, laid)).toEqual([]);
  });
});

test("both pages show the same", () => {
  expect(examplesOf(read("price-lists.zh-CN.md"))).toEqual(examplesOf(read("price-lists.md")));
});
