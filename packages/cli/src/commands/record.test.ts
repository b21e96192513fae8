import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { asId } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const onRecord = {
  ...{ kind: "provider" as const, subject: "north", version: 2 },
  facts: { "supplier.registeredIn": "340200" },
  ownTenants: [asId<never>("acme")],
  putBy: asId<never>("0195556c-0000-7000-8000-000000000009"),
  putAt: Temporal.Instant.from("2026-03-02T04:00:00Z"),
};

test("facts are put on record from a file, and shown", async () => {
  double = await startDouble({ putRecord: () => onRecord, readRecord: () => onRecord });
  const file = join(emptyFolder(), "north.yaml");
  writeFileSync(file, 'facts: { supplier.registeredIn: "340200" }\nownTenants: [acme]\n');
  const put = await runProgram(["record", "put", "provider", "north", file], { hub: double.url });
  expect(put).toMatchObject({ code: 0, stderr: "" });
  expect(double.callsOf("putRecord")[0]!.body).toEqual({
    facts: { "supplier.registeredIn": "340200" },
    ownTenants: ["acme"],
  });
  const shown = await runProgram(["record", "show", "provider", "north"], { hub: double.url });
  expect(shown.stdout).toMatch(/supplier\.registeredIn\s+340200/);
  expect(shown.stdout).toMatch(/same enterprise\s+acme/);
});

test("a fact that there is none of is told by its line, with the one that was meant", async () => {
  double = await startDouble({});
  const file = join(emptyFolder(), "wrong.yaml");
  writeFileSync(file, "facts:\n  supplier.registerdIn: x\n");
  const put = await runProgram(["record", "put", "provider", "north", file], { hub: double.url });
  expect(put.code).not.toBe(0);
  expect(put.stderr).toContain('did you mean "supplier.registeredIn"');
});
