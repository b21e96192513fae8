import { readdirSync, readFileSync } from "node:fs";
import { isCharged, jobStates, runStates, type FinalRunState } from "@wadi/core/job";
import { describe, expect, test } from "vitest";

// What the pages say that the code says too. That links lead somewhere is `npm run tidy`'s to see.
// On a difference the failure prints what is right: put it into the page.

const root = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const pages = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
  .concat(readdirSync(new URL("docs/", root)).map((name) => `docs/${name}`))
  .filter((file) => file.endsWith(".md"));

describe("architecture.md", () => {
  const page = read("docs/architecture.md");

  test("shows the states of jobs as the code has them", () => {
    const rows = Object.entries(jobStates).map(([state, next]) => [code(state), listed(next)]);
    expect(part(page, "job states")).toBe(table(["job is", "and may become"], rows));
  });

  test("shows the states of runs as the code has them", () => {
    const rows = Object.entries(runStates).map(([state, next]) => {
      const charged = Object.hasOwn(isCharged, state) ? isCharged[state as FinalRunState] : null;
      return [code(state), listed(next), charged === null ? "" : charged ? "yes" : "no"];
    });
    expect(part(page, "run states")).toBe(table(["run is", "and may become", "charged"], rows));
  });

  test("names each table of the database", () => {
    const folder = "packages/hub/src/db/migrations/";
    const sql = readdirSync(new URL(folder, root)).map((file) => read(folder + file));
    const made = sql.flatMap((text) => [...text.matchAll(/^create table (\w+)/gm)].map(first));
    const named = new Set([...(page.split("## Data\n")[1] ?? "").matchAll(/`(\w+)`/g)].map(first));
    expect(made.filter((name) => !named.has(name))).toStrictEqual([]);
    expect(made.length).toBeGreaterThan(20);
  });
});

describe("the glossary", () => {
  const english = rowsOf(read("docs/glossary.md"));
  const chinese = rowsOf(read("docs/glossary.zh-CN.md"));

  test("says of each word what it means, where it lives, and its Chinese", () => {
    const names = readdirSync(new URL("packages/", root)).join("|");
    const place = new RegExp(String.raw`^\[(?:${names})/\S+\]\(\.\./packages/\S+\)$`);
    const wrong = english.filter(
      ([, meaning = "", where = "", zh = ""]) =>
        !/\S\.$/.test(meaning) || !place.test(where) || !/\p{Script=Han}/u.test(zh),
    );
    expect(wrong).toStrictEqual([]);
    expect(english.length).toBeGreaterThan(90);
  });

  test("links to the file that it names", () => {
    const wrong = english.filter(([, , place = ""]) => {
      const [, name, file] = /^\[(\w+\/\S+)\]\(\.\.\/packages\/(\S+)\)$/.exec(place) ?? [];
      return name !== file?.replace("/src/", "/");
    });
    expect(wrong).toStrictEqual([]);
  });

  test("has the same words in both languages", () => {
    expect(chinese.map(([zh, word]) => [word, zh])).toStrictEqual(
      english.map(([word, , , zh]) => [word, zh]),
    );
  });
});

describe("the README", () => {
  const english = read("README.md");
  const chinese = read("README.zh-CN.md");

  test("has the same sections, commands and links in both languages", () => {
    expect(outline(chinese)).toStrictEqual(outline(english));
    expect(commandsIn(chinese)).toStrictEqual(commandsIn(english));
    const toEnglish = (file: string) => file.replace(".zh-CN.md", ".md");
    expect(linksIn(chinese).map(toEnglish)).toStrictEqual(linksIn(english));
  });

  test("lists each package", () => {
    const packages = readdirSync(new URL("packages/", root));
    const named = linksIn(english).flatMap((link) => /^packages\/(\w+)\/?$/.exec(link)?.[1] ?? []);
    expect(named.toSorted()).toStrictEqual(packages.toSorted());
  });
});

test.each(pages)("%s names only scripts that there are", (file) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...read(file).matchAll(/\bnpm (?:run (?:--\w+ )?([a-z][\w:-]*)|(start|test)\b)/g)];
  const unknown = named
    .map(([, run, short]) => run ?? short ?? "")
    .filter((name) => !scripts[name]);
  expect(unknown).toStrictEqual([]);
});

test("operating.md lists each metric of ours", () => {
  const named = [...read("docs/operating.md").matchAll(/`(wadi_\w+)`/g)].map(first);
  expect(new Set(named)).toStrictEqual(new Set(metricsOf("packages/hub/src")));
});

test("the decisions are all in their index, each under its own title", () => {
  const files = readdirSync(new URL("docs/adr/", root)).filter((name) => /^\d/.test(name));
  const rows = files.toSorted().map((file) => {
    const [, number = "", title = ""] = /^# (\d+)\. (.+)/.exec(read(`docs/adr/${file}`)) ?? [];
    expect(file.startsWith(number.padStart(4, "0"))).toBe(true);
    return `- [${number}. ${title}](${file})`;
  });
  expect(part(read("docs/adr/README.md"), "decisions")).toBe(rows.join("\n"));
});

test("the changelog tells of the version that package.json has", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(read("CHANGELOG.md")).toContain(`[${version}]`);
});

/** What stands between the two marks of a part of a page. */
function part(page: string, name: string): string {
  const [, rest] = page.split(`<!-- ${name} -->\n`);
  const [inner] = rest?.split(`\n<!-- end of ${name} -->`) ?? [];
  if (inner === undefined) throw new Error(`the page has no part "${name}"`);
  return inner.trim();
}

const code = (text: string) => `\`${text}\``;
const listed = (names: readonly string[]) => names.map(code).join(", ") || "final";
const first = ([, group]: RegExpMatchArray) => group ?? "";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** The cells of a page's tables, without their heads. */
function rowsOf(page: string): string[][] {
  const lines = page.split("\n");
  return lines
    .filter((line, i) => line.startsWith("| ") && !(lines[i + 1] ?? "").startsWith("|---"))
    .map((line) => line.slice(2, -2).split(" | "));
}

const outline = (page: string) => page.split("\n").flatMap((line) => /^#+(?= )/.exec(line) ?? []);
const linksIn = (page: string) =>
  [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(first).filter((link) => !link.startsWith("README"));

/** What stands in blocks of shell, without comments. */
const commandsIn = (page: string) =>
  [...page.matchAll(/^```sh\n([^]*?)^```/gm)]
    .flatMap((block) => first(block).split("\n"))
    .map((line) => line.replace(/\s*#.*$/, ""))
    .filter((line) => line !== "");

/** The metrics that the modules of a folder register. */
function metricsOf(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => [...read(`${folder}/${file}`).matchAll(/name: "(wadi_\w+)"/g)].map(first));
}
