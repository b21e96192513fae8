import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatDecimal } from "../units/index.ts";
import { gradeOf, type CardModel, type Figure, type Source } from "./card-model.ts";
import { cardModels } from "./card-models.ts";

const page = readFileSync(new URL("../../../../docs/catalogue.md", import.meta.url), "utf8");

/** What stands between the two marks of a part of the page. */
function part(name: string): string {
  const [, rest] = page.split(`<!-- ${name} -->\n`);
  const [inner] = rest?.split(`\n<!-- end of ${name} -->`) ?? [];
  if (inner === undefined) throw new Error(`docs/catalogue.md has no part "${name}"`);
  return inner.trim();
}

// On a difference the failure prints the right table: put it into the page.

test("the page lists each card model as the catalogue has it", () => {
  const rows = cardModels.map((model) => {
    const { id, vendor, name, origin, stack, peak, memoryGiB } = model;
    const tflops = shown(peak, (tenths) => formatDecimal(tenths, { scale: 1, leastDecimals: 1 }));
    const grade = `${gradeOf(peak)} / ${gradeOf(memoryGiB)}`;
    const card = vendor === "any" ? name : `${vendor} ${name}`;
    return [`\`${id}\``, card, origin, stack, tflops, shown(memoryGiB, String), grade];
  });
  const head = ["id", "card", "origin", "stack", "TFLOPS", "GiB", "grade (speed / memory)"];
  expect(part("models")).toBe(table(head, rows));
});

test("the page gives the source of each figure, or why there is none", () => {
  const rows = cardModels.map((model) => [`\`${model.id}\``, sourcesOf(model), model.note ?? ""]);
  expect(part("sources")).toBe(table(["id", "source, or why there is no figure", "note"], rows));
});

const shown = <V>(figure: Figure<V>, write: (value: V) => string) =>
  figure.kind === "known" ? write(figure.value) : "unknown";

function sourcesOf({ peak, memoryGiB }: CardModel): string {
  const speed = accountOf(peak);
  const memory = accountOf(memoryGiB);
  return speed === memory ? speed : `speed: ${speed}<br>memory: ${memory}`;
}

const accountOf = (figure: Figure<unknown>): string =>
  figure.kind === "known" ? citation(figure.source) : `unknown: ${figure.reason}`;

function citation({ title, publisher, year, url, via }: Source): string {
  const named = url === null ? title : `[${title}](${url})`;
  const when = year === null ? "" : `, ${year}`;
  return `${named}, ${publisher}${when}${via === null ? "" : `; read in ${via}`}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
