import { readFileSync } from "node:fs";
import { checkFairness, round, type Plan, type Policy, type RunNow } from "@wadi/core/dispatch";
import { asId } from "@wadi/core/units";
import { policySpec } from "@wadi/protocol/policy";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  aHost,
  aJob,
  aPool,
  aRun,
  aShape,
  aSnapshot,
  aWish,
  noonMs,
} from "../packages/core/src/dispatch/builders.testing.ts";

// What policy.md and its Chinese sister say, held to the grammar and to what rounds do.

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const policyOf = (text: string): Policy => policySpec.decode(parse(text) as never);

describe.each([
  { file: "policy.md", needed: "needed" },
  { file: "policy.zh-CN.md", needed: "必填" },
])("$file", ({ file, needed }) => {
  const page = read(file);
  const fields = fieldsOf(grammar());

  test("names each field of a policy in its order, with default and unit", () => {
    const [last = ""] = page.split("\n## ").slice(-1);
    const rows = [...last.matchAll(/^\| `([\w.[\]]+)` \| (.+?) \| (\S.*?) \| (\S.*?) \|$/gm)];
    expect(rows.map(([, path, usual]) => [path, usual])).toStrictEqual(
      fields.map(({ path, usual }) => [path, usual === undefined ? needed : `\`${usual}\``]),
    );
    expect(rows.length).toBeGreaterThan(30);
  });

  test("shows a policy that holds every field", () => {
    const [text = ""] = examplesOf(page);
    expect(checkFairness(policyOf(text).fairness)).toStrictEqual([]);
    expect(new Set(pathsOf(parse(text)))).toStrictEqual(new Set(fields.map(({ path }) => path)));
  });
});

test("both pages show the same policies", () => {
  const valuesOf = (file: string) => examplesOf(read(file)).map((text) => policyOf(text));
  expect(valuesOf("policy.zh-CN.md")).toStrictEqual(valuesOf("policy.md"));
  expect(valuesOf("policy.md")).toHaveLength(2);
});

test("a field that there is not is refused", () => {
  const [text = ""] = examplesOf(read("policy.md"));
  expect(() => policyOf(`${text}colour: red\n`)).toThrow(/colour/);
  expect(() => policyOf(text.replace("  depth:", "  deepness:"))).toThrow(/deepness/);
});

describe("the three organisations of the example", () => {
  const [, text = ""] = examplesOf(read("policy.md"));
  const policy = policyOf(text);
  const hostsOf = (pool: string, cards: number) =>
    Array.from({ length: 25 }, (_, i) => aHost({ id: asId(`${pool}-${i}`), cards }));
  const pools = [
    aPool({ id: "ascend", model: "ascend-910b3", hosts: hostsOf("ascend", 8) }),
    aPool({ id: "ampere", model: "a800-80g", hosts: hostsOf("ampere", 4) }),
  ];
  const cards = aWish([
    ["ascend-910b3", 1],
    ["a800-80g", 1],
  ]);
  const shape = aShape({ cards, preemptible: true });

  type Cards = Readonly<Record<string, number>>;
  /** A round for tenants that wait for so many cards each. */
  function roundFor(waiting: Cards, runs: readonly RunNow[] = []): Plan {
    const jobs = Object.entries(waiting).flatMap(([tenant, count]) =>
      Array.from({ length: count }, () => aJob({ tenant: asId(tenant) })),
    );
    return round(aSnapshot({ policy, pools, runs, queue: [{ shape, jobs }] }));
  }
  /** What it placed, as runs that began an hour ago. */
  const runsOf = ({ placements }: Plan): RunNow[] =>
    placements.map((placed) => {
      const { job, tenant, pool, need, hosts } = placed;
      return aRun({ job, tenant, shape, pool, need, hosts, sinceMs: noonMs - 3_600_000 });
    });
  const started = ({ placements }: Plan) => countOf(placements.map(({ tenant }) => tenant));
  const stopped = ({ preemptions }: Plan, runs: readonly RunNow[]) => {
    const tenants = new Map(runs.map(({ job, tenant }) => [job, tenant]));
    return countOf(preemptions.map(({ job, rule }) => `${tenants.get(job)} by ${rule}`));
  };
  const held = (plan: Plan) =>
    Object.fromEntries(plan.held.map(({ tenant, reason }) => [tenant, reason.code]));

  test("the incubator alone has what it may borrow, and no more", () => {
    const plan = roundFor({ "seed-firm": 300 });
    expect(started(plan)).toStrictEqual({ "seed-firm": 50 });
    expect(held(plan)).toStrictEqual({ "seed-firm": "organisation-quota" });
  });

  test("industry alone has its own and what universities lend", () => {
    const plan = roundFor({ "motor-works": 300 });
    expect(started(plan)).toStrictEqual({ "motor-works": 260 });
    expect(held(plan)).toStrictEqual({ "motor-works": "cards-kept" });
  });

  test("universities start on what they keep and ask the rest back from who borrows", () => {
    const runs = runsOf(roundFor({ "motor-works": 300 }));
    const plan = roundFor({ "north-university": 150 }, runs);
    expect(started(plan)).toStrictEqual({ "north-university": 40 });
    expect(stopped(plan, runs)).toStrictEqual({ "motor-works by reclaim": 60 });
  });

  test("asked at once by weight, and then owners take the rest back", () => {
    const waiting = { "north-university": 300, "motor-works": 300, "seed-firm": 300 };
    const plan = roundFor(waiting);
    expect(started(plan)).toStrictEqual({
      "seed-firm": 50,
      "motor-works": 167,
      "north-university": 83,
    });
    const runs = runsOf(plan);
    expect(stopped(roundFor(waiting, runs), runs)).toStrictEqual({ "seed-firm by reclaim": 50 });
  });

  test("two universities share what is theirs evenly", () => {
    const waiting = { "north-university": 300, "south-university": 300, "motor-works": 300 };
    expect(started(roundFor(waiting))).toStrictEqual({
      "motor-works": 200,
      "north-university": 50,
      "south-university": 50,
    });
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly default?: unknown;
}

/** The grammar as the API publishes it. */
function grammar(): JsonSchema {
  const { components } = JSON.parse(read("openapi.json")) as {
    components: { schemas: Record<string, JsonSchema> };
  };
  return components.schemas["Policy"]!;
}

interface Field {
  readonly path: string;
  /** As it is written in a file; undefined where it has no default. */
  readonly usual: string | undefined;
}

/** The fields that are written with a value, and those of the items of lists. */
function fieldsOf({ properties = {} }: JsonSchema, above = ""): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = above + name;
    if (schema.properties) return fieldsOf(schema, `${path}.`);
    const below = schema.items ? fieldsOf(schema.items, `${path}[].`) : [];
    return [{ path, usual: written(schema.default) }, ...below];
  });
}

function written(value: unknown): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The fields that a document says, as `fieldsOf` names them. */
function pathsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) {
    return [path, ...value.filter(isPlain).flatMap((one) => pathsOf(one, `${path}[]`))];
  }
  // What is inside a map of names has no fields of its own.
  if (!isPlain(value) || path === "fairness.cardClasses") return [path];
  return Object.entries(value).flatMap(([name, one]) =>
    pathsOf(one, path === "" ? name : `${path}.${name}`),
  );
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The blocks of YAML in a page. */
const examplesOf = (page: string) =>
  [...page.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text]) => text ?? "");

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
