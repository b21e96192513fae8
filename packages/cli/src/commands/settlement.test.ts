import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asId, cardSeconds, noMoney, rate, yuan } from "@wadi/core/units";
import type { ReplyOf, settlementRoutes } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { idOf } from "../testing/fixtures.ts";
import { Raw, startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function run(args: readonly string[], answers: Answers) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const at = Temporal.Instant.from("2026-10-31T16:00:00Z");
type Report = ReplyOf<typeof settlementRoutes.readSettlement>;
const month = (state: Report["state"]): Report => ({
  ...{ id: asId(idOf(1)), month: "2026-11", revision: 1, timeZone: "Asia/Shanghai", state },
  ...{ from: at, until: at, lastAt: at, lines: 2n, seal: "77", nextSteps: ["publish", "void"] },
  totals: {
    ...{ runs: 2n, cardSeconds: cardSeconds(57_600n), charges: yuan(96), vouchers: noMoney },
    ...{ cash: yuan(96), platformFees: yuan(2), due: yuan(63), posted: yuan(94) },
  },
  dues: [
    {
      ...{ provider: asId("lakeside"), termsVersion: 1, rule: 0, models: ["a100-80g"], band: 2 },
      ...{ cardSeconds: cardSeconds(57_600n), spend: yuan(96), ratio: rate(844_915n) },
      ...{ gross: yuan(67), tax: yuan(4), due: yuan(63), posted: yuan(94), adjustment: yuan(-31) },
    },
  ],
  shares: [],
  findings: [
    {
      ...{ provider: asId("lakeside"), model: "a100-80g", what: "card-seconds" },
      ...{ expected: 57_600n, found: 60_000n },
    },
  ],
  steps: [],
});

test("close prepare opens a month, takes its three steps and shows what is due", async () => {
  const ran = await run(["close", "prepare", "2026-11"], {
    openSettlement: () => month("draft"),
    stepSettlement: () => month("computed"),
    readSettlement: () => month("computed"),
  });
  expect(ran.stderr).toBe("");
  const steps = double!.callsOf("stepSettlement").map(({ body }) => body);
  expect(steps).toMatchObject([{ step: "import" }, { step: "allocate" }, { step: "compute" }]);
  for (const part of ["2026-11: computed", "2, seal 77", "0.844915", "63.00", "-31.00"]) {
    expect(ran.stdout).toContain(part);
  }
  expect(ran.stdout).toContain(
    "lakeside, a100-80g: card-seconds; expected 57600, found 60000 card-seconds",
  );
});

test("close publish takes that step, with its note", async () => {
  const ran = await run(["close", "publish", "2026-11", "--note", "as agreed"], {
    stepSettlement: () => month("published"),
  });
  expect(ran).toMatchObject({ code: 0, stdout: "2026-11 is published\n" });
  const [call] = double!.callsOf("stepSettlement");
  expect(call!.body).toEqual({ step: "publish", note: "as agreed" });
});

const batch: ReplyOf<typeof settlementRoutes.makePayouts> = {
  ...{ id: asId(idOf(2)), number: 7n, madeAt: at, sentAt: null, droppedAt: null, sum: yuan(63) },
  lines: [
    {
      ...{ line: 1, provider: asId("lakeside"), amount: yuan(63) },
      ...{ state: "made", bankReference: null },
    },
  ],
};

test("payout make sends the least amount once, under a key", async () => {
  const ran = await run(["payout", "make", "--least", "50"], { makePayouts: () => batch });
  expect(ran.stdout).toContain("batch 7, ¥63.00, not sent");
  const [call] = double!.callsOf("makePayouts");
  expect(call!.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(await runProgram(["payout", "make", "--least", "much"])).toMatchObject({ code: 2 });
});

test("payout receipt finds the batch by its number and sends the file", async () => {
  const file = join(emptyFolder(), "receipt.csv");
  await writeFile(file, "batch,line\n");
  const ran = await run(["payout", "receipt", "7", file], {
    listPayouts: () => ({ items: [batch], next: null }),
    recordReceipts: () => batch,
  });
  expect(ran.code).toBe(0);
  const [call] = double!.callsOf("recordReceipts");
  expect(call).toMatchObject({ params: { id: batch.id }, body: { csv: "batch,line\n" } });
  const none = await run(["payout", "send", "6"], {
    listPayouts: () => ({ items: [batch], next: null }),
  });
  expect(none).toMatchObject({ code: 5 });
});

test("bill writes a PDF into a file, and never onto the screen", async () => {
  const out = join(emptyFolder(), "acme.pdf");
  const args = ["bill", "tenant", "acme", "--format", "pdf", "--lang", "zh", "--by-day"];
  const ran = await run([...args, "-o", out], {
    tenantStatement: () => new Raw("application/pdf", Buffer.from([37, 80, 68, 70, 0, 255])),
  });
  expect(ran).toMatchObject({ code: 0, stdout: `${out}\n` });
  expect([...readFileSync(out)]).toEqual([37, 80, 68, 70, 0, 255]);
  const [call] = double!.callsOf("tenantStatement");
  expect(call!.query).toMatchObject({ format: "pdf", language: "zh", detail: "days" });
  expect(await run(args, {})).toMatchObject({ code: 2 });
});
