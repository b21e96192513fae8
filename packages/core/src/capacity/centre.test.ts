import { expect, test } from "vitest";
import { centre, centreKinds, type CentreDraft } from "./centre.ts";
import { timeZoneNamed } from "./time-zone.ts";

const aCentre = (differs: Partial<CentreDraft> = {}): CentreDraft => ({
  id: "hefei-1",
  name: { zh: "合肥智算中心", en: "Hefei intelligent-compute centre" },
  kind: "intelligent",
  place: "hefei",
  providerId: "provider-a",
  timeZone: "Asia/Shanghai",
  powerPricePerKwh: 620_000n,
  carbonGramsPerKwh: 570,
  ...differs,
});

const pathsOf = (draft: CentreDraft) => {
  const result = centre(draft);
  return result.kind === "ok" ? [] : result.problems.map(({ path }) => path);
};

test("a centre that keeps the rules is taken as it stands", () => {
  expect(centre(aCentre())).toStrictEqual({ kind: "ok", value: aCentre() });
});

test("a centre need not say what power costs or how clean it is", () => {
  const draft = aCentre({ powerPricePerKwh: null, carbonGramsPerKwh: null });
  expect(centre(draft)).toMatchObject({
    kind: "ok",
    value: { powerPricePerKwh: null, carbonGramsPerKwh: null },
  });
});

test.each(centreKinds)("%s is a kind of centre", (kind) => {
  expect(pathsOf(aCentre({ kind }))).toStrictEqual([]);
});

test.each<[string, Partial<CentreDraft>]>([
  ["id", { id: "Hefei 1" }],
  ["id", { id: "-hefei" }],
  ["id", { id: "a".repeat(64) }],
  ["name.zh", { name: { zh: " ", en: "Hefei" } }],
  ["name.en", { name: { zh: "合肥", en: "x".repeat(201) } }],
  ["kind", { kind: "quantum" }],
  ["place", { place: "" }],
  ["providerId", { providerId: "provider/a" }],
  ["timeZone", { timeZone: "Mars/Base" }],
  ["timeZone", { timeZone: "+08:00" }],
  ["powerPricePerKwh", { powerPricePerKwh: -1n }],
  ["carbonGramsPerKwh", { carbonGramsPerKwh: 1.5 }],
])("a wrong %s is refused by its name", (path, differs) => {
  expect(pathsOf(aCentre(differs))).toStrictEqual([path]);
});

test("all problems are told at once, each with the value and the cure", () => {
  expect(centre(aCentre({ kind: "quantum", timeZone: "CST8" }))).toStrictEqual({
    kind: "refused",
    problems: [
      { path: "kind", message: '"quantum" is not a kind; use intelligent, super, general, edge' },
      {
        path: "timeZone",
        message: '"CST8" is not a named time zone; use an IANA name such as Asia/Shanghai',
      },
    ],
  });
});

test("a zone is known by any spelling and kept in the usual one", () => {
  expect(timeZoneNamed("europe/BERLIN")).toBe("Europe/Berlin");
  expect(timeZoneNamed("utc")).toBe("UTC");
  expect(timeZoneNamed("UTC+8")).toBeUndefined();
});
