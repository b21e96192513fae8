import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { digestOf, type Json, type JsonObject } from "@wadi/core/proof";
import { expect, test } from "vitest";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder, runWadi } from "../testing/run-wadi.ts";
import { checkBundle } from "./check-bundle.ts";

/*
 * A bundle that a hub made, with one thing changed at a time: every value, every record left out,
 * doubled or moved.
 */

const file = new URL("../testing/a-bundle.txt", import.meta.url);
const text = readFileSync(file, "utf8");
const document = JSON.parse(text) as JsonObject;

type Path = readonly (string | number)[];
interface Mutation {
  readonly what: string;
  readonly path: Path;
  readonly document: JsonObject;
}

test("as it was made, the bill is right", () => {
  expect(checkBundle(text).kind).toBe("right");
});

const mutations = [...mutationsOf(document, [])];
/** Those that show in the digest alone. */
const onlyInDigest: Mutation[] = [];
const patienceMs = 90_000; // some thousand bundles are proved

test(
  "whatever single thing is changed, it is found",
  () => {
    expect(mutations.length).toBeGreaterThan(1000);
    const unseen = mutations.filter((one) => {
      const checked = checkBundle(JSON.stringify(one.document));
      if (checked.kind === "wrong" && checked.what.startsWith("digest: ")) onlyInDigest.push(one);
      return checked.kind === "right";
    });
    expect(unseen.map(({ what }) => what)).toEqual([]);
  },
  patienceMs,
);

/** What nothing else hangs on, so that only the digest holds it. */
const onlyTold = [
  /^madeAt$/,
  /^(from|until)$/, // another time that has the same charges in it
  /^charges\/\d+\/(pool|model|emulated)$/,
  /^charges\/\d+\/prices(\/|$)/, // prices of other hours than the run's
  /^charges\/\d+\/share(\/|$)/, // what was set aside and not needed
  /^charges\/\d+\/(cardShare|charge|charge\/usage)$/, // left out where it is 1, or one field more
  /^charges\/0\/readings\/\d+\/signed$/, // that it was signed: then it counts as unsigned
  /^charges\/1\/readings\//, // which nobody signed: what the amounts do not show
  /^corrections\/\d+\/evidence\/(pool|model|emulated|cardShare|(prices|share)(\/|$))/, // the same
  /^corrections\/\d+\/(at|evidence\/readings\/\d+\/signed)$/,
  /^corrections\/\d+\/evidence\/readings$/, // one that another took the place of
  /^programmes(\/|$)/,
  /^batches(\/|$)/, // one more at the end that no reading is of
  /^anchors\/\d+\/isPublished$/,
  /^anchors\/\d+$/,
  /^anchors$/,
];

test("a forger who makes the digest anew gets no amount, party or reading past it", () => {
  expect(onlyInDigest.length).toBeGreaterThan(0);
  const unseen = onlyInDigest.filter(({ document: forged }) => {
    const sha256 = (one: string) => hash("sha256", one, "hex");
    const digest = digestOf(forged, sha256);
    return checkBundle(JSON.stringify({ ...forged, digest })).kind === "right";
  });
  const paths = unseen.map(({ path }) => path.join("/")).filter((path) => path !== "digest");
  const others = paths.filter((path) => !onlyTold.some((pattern) => pattern.test(path)));
  expect([...new Set(others)]).toEqual([]);
});

test("the first difference is told in words", () => {
  const change = (path: Path, value: Json) => {
    const checked = checkBundle(JSON.stringify(changed(document, path, () => value)));
    return checked.kind === "wrong" ? checked.what : "right";
  };
  const run = textOf((document["charges"] as JsonObject[])[0]!["run"]!);
  expect(change(["lines", 0, "charge"], "1.00")).toBe(
    `line 1: charge is 1.00, the run ${run} was charged 2.00`,
  );
  expect(change(["charges", 0, "readings", 0, "cards"], 2)).toBe(
    `run ${run}: reading 1 is not what c1 signed`,
  );
  expect(change(["transfers", 3, "amount"], "9.00")).toMatch(
    /^transfer \d+: does not have the hash that it and the line before give$/,
  );
  expect(change(["accounts", 0, "closing"], "1.00")).toMatch(
    /^account clawback\/acme\/ai: had 0.00 yuan and has 1.00; its transfers make it 0.00$/,
  );
  expect(change(["lines"], "none")).toBe("/lines: Invalid input: expected array, received string");
  expect(checkBundle("{").kind).toBe("wrong");
});

test("an anchor that was published otherwise is found", async () => {
  const [first] = document["anchors"] as JsonObject[];
  const published = { day: textOf(first!["day"]!), root: "0".repeat(64) };
  expect(checkBundle(text, [published])).toMatchObject({
    kind: "wrong",
    what: expect.stringContaining(`${published.root} was published`) as string,
  });
  const right = { day: published.day, root: textOf(first!["root"]!) };
  expect(checkBundle(text, [right]).kind).toBe("right");
});

test("wadi verify proves it in a process of its own, without a hub", async () => {
  const folder = emptyFolder();
  const ran = await runWadi(["verify", file.pathname], { cwd: folder });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("charges      2, ¥2.666667, of which vouchers ¥0.80");
  expect(ran.stdout).toContain("readings     8, 6 of them signed by their centres");
  const missing = await runProgram(["verify", `${folder}/none.json`], {});
  expect(missing.code).toBe(2);
});

function* mutationsOf(value: Json, path: Path): Generator<Mutation> {
  const at = path.join("/");
  if (isList(value)) {
    for (const [i, item] of value.entries()) {
      yield made(`${at}/${i} dropped`, path, value.toSpliced(i, 1));
      yield made(`${at}/${i} doubled`, path, value.toSpliced(i, 0, item));
      const next = value[i + 1];
      if (next !== undefined && JSON.stringify(next) !== JSON.stringify(item)) {
        yield made(`${at}/${i} moved`, path, value.with(i, next).with(i + 1, item));
      }
      yield* mutationsOf(item, [...path, i]);
    }
    if (value.length === 0) yield made(`${at} filled`, path, [null]);
  } else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      const { [key]: _, ...rest } = value;
      yield made(`${at}/${key} dropped`, [...path, key], undefined, rest);
      yield* mutationsOf(value[key]!, [...path, key]);
    }
    yield made(`${at} with one more field`, path, { ...value, extra: 1 });
  } else {
    for (const other of othersThan(value)) {
      yield made(`${at} ${JSON.stringify(value)} → ${JSON.stringify(other)}`, path, other);
    }
  }

  function made(what: string, to: Path, next: Json | undefined, parent?: JsonObject): Mutation {
    const target = parent === undefined ? to : to.slice(0, -1);
    return { what, path: to, document: changed(document, target, () => parent ?? next!) };
  }
}

/** Values of the same form that somebody might put in its place. */
function othersThan(value: Exclude<Json, object> | null): Json[] {
  if (value === null) return ["0", 0];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1];
  const digit = value.search(/\d(?=\D*$)/);
  const last =
    digit < 0 ? [] : [value.slice(0, digit) + turned(value[digit]!) + value.slice(digit + 1)];
  return [...last, `${value}x`, value === "" ? "x" : value.slice(1)];
}

function turned(digit: string): string {
  return String((Number(digit) + 1) % 10);
}

function changed(value: Json, path: Path, change: (before: Json) => Json): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return change(value) as JsonObject;
  const next = changed((value as never)[key], rest, change);
  if (isList(value)) return value.with(Number(key), next) as never;
  return { ...(value as JsonObject), [key]: next };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf(value: Json): string {
  if (typeof value !== "string") throw new Error("no text");
  return value;
}
