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
const patienceMs = 170_000; // some thousand bundles are proved

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
  /^charges\/0\/(programme|readings\/)/, // nobody signed it, no voucher paid it
  /^charges\/1\/readings\/\d+\/signed$/, // that it was signed: then it counts as unsigned
  /^corrections\/\d+\/evidence\/(pool|model|emulated|cardShare|(prices|share)(\/|$))/, // the same
  /^corrections\/\d+\/(at|evidence\/readings\/\d+\/signed)$/,
  /^programmes(\/|$)/,
  /^(batches|meterBatches)(\/|$)/, // one more at the end that no reading is of
  /^anchors\/\d+\/isPublished$/,
  /^anchors\/\d+$/,
  /^anchors$/,
  // Of months: unsigned readings, names that no price asks for, what the list has beside the prices
  /^months\/0\/meters\/0\/(source|signer|resource|readings\/)/,
  /^months\/0\/meters\/\d+\/(id|readings\/\d+\/signed)$/,
  /^months\/0\/runs\/0\/(run|model|pool|readings\/)/,
  /^months\/0\/parts\/0\/(from|until)$/,
  /^agreements\/0\/agreement\/(from|until|cap|minimum|commitment|packages|prices|discounts)/,
  /^priceLists\/0\/list\/(name|source|rounding|versions\/0\/(free|from|to|packages))/,
  /^priceLists\/0\/list\/versions\/0\/items\/\d+\/(basis|grain|times|where)$/,
  // Of claims: what the rules do not ask about, and rules that the claims did not turn on
  /^claims\/\d+\/case(\/|$)/,
  /^claims\/\d+\/decision\/counters\/\d+\/before$/, // of caps that were not reached
  /^claims\/\d+\/redemptions\/\d+\/settlement\/(evidence|last|on)$/,
  /^rules\/0\/approvedAt$/,
  /^rules\/0\/rules\/(name|place|sources|requirements|priority|combine|control|exclusions)/,
  /^rules\/0\/rules\/(publicCeiling|redemption|lifecycle\/|spend\/(floors|taxDivisor))/,
  /^rules\/0\/rules\/version\/(decidedBy|openClaims|inForce\/)/,
  /^rules\/0\/rules\/(caps|parts|payers)\/0\/(text|when|payee|payers|share)/,
  /^rules\/0\/rules\/caps\/0\/(by|counts|parts|period|relaxableTo)$/,
  /^rules\/0\/rules\/(payers\/0\/budget|parts\/0\/rates(\/0\/when)?)$/,
];
/** Of those, what is seen all the same: amounts, rates and limits that something was made from. */
const seen = [
  /^claims\/\d+\/case\/(claim|applicant|contract|lines\/\d+\/amounts\/contract)$/,
  /^months\/0\/meters\/\d+\/readings\/\d+\/quantity$/,
  /^months\/0\/runs\/0\/readings\/0\/(from|to|cards)$/,
  /^agreements\/0\/agreement\/discounts\/0\/off$/,
];

test("a forger who makes the digest anew gets no amount, party or reading past it", () => {
  expect(onlyInDigest.length).toBeGreaterThan(0);
  const unseen = onlyInDigest.filter(({ document: forged }) => {
    const sha256 = (one: string) => hash("sha256", one, "hex");
    const digest = digestOf(forged, sha256);
    return checkBundle(JSON.stringify({ ...forged, digest })).kind === "right";
  });
  const paths = unseen.map(({ path }) => path.join("/")).filter((path) => path !== "digest");
  const isOneOf = (path: string, patterns: readonly RegExp[]) =>
    patterns.some((pattern) => pattern.test(path));
  const others = paths.filter((path) => !isOneOf(path, onlyTold) || isOneOf(path, seen));
  expect([...new Set(others)]).toEqual([]);
});

test("the first difference is told in words", () => {
  const change = (path: Path, value: Json) => {
    const checked = checkBundle(JSON.stringify(changed(document, path, () => value)));
    return checked.kind === "wrong" ? checked.what : "right";
  };
  const run = textOf((document["charges"] as JsonObject[])[0]!["run"]!);
  expect(change(["lines", 0, "charge"], "1.00")).toBe(
    `line 1: charge is 1.00, the run ${run} was charged 6.00`,
  );
  const signed = textOf((document["charges"] as JsonObject[])[1]!["run"]!);
  expect(change(["charges", 1, "readings", 0, "cards"], 2)).toBe(
    `run ${signed}: reading 1 is not what c1 signed`,
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

const claim = "claim 01[0-9a-f-]{34}";
const bill = "bill of 2026-10, number 1";
/** Every kind of record, where one stands, a field of it with another value, and what names it. */
const kinds: readonly (readonly [
  kind: string,
  list: Path,
  field: Path,
  value: Json,
  named: string,
])[] = [
  ["readings", ["charges", 1, "readings"], ["cards"], 2, "run 01.*: (reading 1|usage)"],
  ["charges", ["charges"], ["charge", "cash"], "1.00", "(of the )?run 01"],
  ["corrections", ["corrections"], ["after", "cash"], "1.00", "(of )?correction 1 of run 01"],
  ["lines", ["lines"], ["cash"], "1.00", "line [12]: "],
  ["claims", ["claims"], ["version"], 2, `(of the )?${claim}`],
  ["decisions", ["claims", 0, "decision", "parts"], ["granted"], "1.00", `${claim}: the rules`],
  ["counters", ["claims", 0, "decision", "counters"], ["by"], "1", `${claim}: the rules`],
  ["bills", ["claims", 0, "redemptions"], ["redeemed"], "9.00", `${claim}: bill "b[12]"`],
  ["rules", ["rules"], ["rules", "parts", 0, "rates", 0, "rate"], "0.4", claim],
  ["months", ["months"], ["total"], "1.00", `(${bill}|of the month's bill acme/2026-10/1)`],
  ["rated lines", ["months", 0, "parts", 0, "lines"], ["amount"], "1.00", `${bill}: usage`],
  ["runs of months", ["months", 0, "runs"], ["charge"], "1.00", bill],
  ["meters", ["months", 0, "meters"], ["measure"], "tokens-in", bill],
  ["meter readings", ["months", 0, "meters", 1, "readings"], ["quantity"], "1", bill],
  ["price lists", ["priceLists"], ["revision"], 2, `${bill}: .* price list all`],
  ["agreements", ["agreements"], ["revision"], 2, `${bill}: .* agreement`],
  ["signatures", ["batches"], ["signature"], `${"A".repeat(86)}==`, "(batch|run|correction) "],
  ["signatures of meters", ["meterBatches"], ["root"], "0".repeat(64), `(meter batch 0|${bill})`],
  ["transfers", ["transfers"], ["amount"], "1.00", "(transfer|account) "],
  ["earlier transfers", ["earlier"], ["amount"], "1.00", `(transfer|voucher|${claim}) `],
  ["anchors", ["anchors"], ["root"], "0".repeat(64), "anchor 0: "],
  ["accounts", ["accounts"], ["opening"], "1.00", "(account|transfer|voucher) "],
];

test.each(kinds)(
  "%s: one that is changed, dropped or moved is told by its name",
  (_kind, list, field, value, named) => {
    const whole = valueAt(document, list) as readonly Json[];
    const told = (next: readonly Json[]) => {
      const forged = changed(document, list, () => next);
      const sha256 = (one: string) => hash("sha256", one, "hex");
      const digest = digestOf(forged, sha256);
      const checked = checkBundle(JSON.stringify({ ...forged, digest }));
      return checked.kind === "wrong" ? checked.what : "right";
    };
    const pattern = new RegExp(`^(transfer \\d+: is )?${named}`);
    const [first, second] = whole as [Json, Json?];
    expect(
      told(
        whole.with(
          0,
          changed(first, field, () => value),
        ),
      ),
    ).toMatch(pattern);
    expect(told(whole.slice(1))).toMatch(pattern);
    const moved = second === undefined ? [first, first] : whole.with(0, second).with(1, first);
    expect(told(moved)).toMatch(second === undefined ? /./ : pattern);
  },
);

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
  expect(ran.stdout).toMatch(/charges +2, ¥19.566667, of which vouchers ¥0.20/);
  expect(ran.stdout).toMatch(/claims +2, ¥9.50 granted, 2 bills under them/);
  expect(ran.stdout).toMatch(/months +2026-10 by agreement, with 3 readings of meters, 2 of them/);
  expect(ran.stdout).toMatch(/readings +7, 6 of them signed by their centres/);
  expect(ran.stdout).toMatch(/to be believed +bill of 2026-10, number 1: nobody signed 1 of 3/);
  expect(ran.stdout).toMatch(/to be believed +voucher ai: 10.00 was granted by hand, by no claim/);
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

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((at, key) => (at as never)[key], value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf(value: Json): string {
  if (typeof value !== "string") throw new Error("no text");
  return value;
}
