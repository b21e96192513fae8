import { rate } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { idOf } from "../testing/fixtures.ts";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function run(args: readonly string[], answers: Answers) {
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const at = Temporal.Instant.from("2026-12-01T04:00:00Z");

test("meter odd shows what was put aside, with why", async () => {
  const items = [
    {
      ...{ id: 7n, of: "meter" as const, from: "centre/c1", why: "too-late" },
      reading: { number: "3" },
      receivedAt: at,
    },
  ];
  const ran = await run(["meter", "odd"], { listOddReadings: () => ({ items, next: null }) });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/centre\/c1 +too-late +\{"number":"3"\}/);
});

test("meter list asks for those with gaps alone, and shows how many are missing", async () => {
  const items = [
    {
      ...{ id: 1, signer: "centre/c1", source: "gate", tenant: "acme", resource: "chat" },
      ...{ measure: "tokens-in", basis: "used", attributes: {}, lastNumber: 9n, lastTo: at },
      missing: 4n,
    },
  ] as never;
  const ran = await run(["meter", "--gaps"], { listMeters: () => ({ items, next: null }) });
  expect(double!.callsOf("listMeters")[0]?.query).toMatchObject({ gaps: "only" });
  expect(ran.stdout).toMatch(/tokens-in +used .* 4\n/);
});

test("meter of a job names the basis of each figure, what is missing, and its use", async () => {
  const items = [
    {
      run: idOf(2),
      figures: [
        {
          ...{ measure: "card-seconds" as const, basis: "allocated" as const, attributes: {} },
          ...{ quantity: 3600n, unit: "card-second" },
        },
      ],
      gaps: { times: [], numbers: [{ from: 2, to: 3 }], isEnded: false },
      plausibility: { kind: "idle" as const, utilisation: rate(10_000) },
      corrections: 1,
    },
  ] as never;
  const ran = await run(["meter", "of", idOf(1)], { readRunMetering: () => ({ items }) });
  expect(ran.stdout).toContain("card-seconds, allocated  3600 × card-second");
  expect(ran.stdout).toContain("readings 2 to 3");
  expect(ran.stdout).toContain("the last reading");
  expect(ran.stdout).toContain("idle, 0.01 of the time was used");
});
