import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asId, cardSeconds, noMoney, rate, yuan } from "@wadi/core/units";
import type { ReplyOf, settlementRoutes, Statement } from "@wadi/protocol";
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
    direct: yuan(12),
  },
  direct: [{ provider: asId("lakeside"), payer: "tenant", of: "acme", amount: yuan(12) }],
  unpriced: [
    {
      tenant: asId("acme"),
      usage: {
        ...{ measure: "card-seconds", basis: "used", attributes: { model: "h100-sxm" } },
        ...{ why: "no-item", from: at, to: at, quantity: 3600n },
      },
    },
  ],
  unsold: [],
  unagreed: [],
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
  for (const line of [
    "lakeside, a100-80g: card-seconds; expected 57600, found 60000 card-seconds",
    "acme: 3600 of card-seconds, model h100-sxm, from ",
  ]) {
    expect(ran.stdout).toContain(line);
  }
  expect(ran.stdout).toMatch(/lakeside +tenant acme +12\.00/);
});

test("close show tells what nobody is billed for, and the cure while there is one", async () => {
  const unsold = { package: asId<never>("ten"), list: asId<never>("cards"), revision: 2 };
  const usage = { measure: "tokens-out", basis: "used", from: at, to: at, quantity: 7n } as const;
  const shown = (report: Report) =>
    run(["close", "show", "2026-11"], {
      readSettlement: () => ({
        ...report,
        unsold: [{ tenant: asId<never>("acme"), ...unsold }],
        unagreed: [{ tenant: asId<never>("beta"), ...usage }],
      }),
    });
  const open = await shown({ ...month("computed"), unpriced: [] });
  expect(open.stderr).toBe("");
  for (const line of [
    "has no price, so it cannot be published:",
    "  acme: cards, revision 2, sells no package ten, which it buys",
    "nothing is agreed, so nobody is billed for it:",
    "  beta: 7 token of tokens-out (used), from ",
    "to bill it: wadi price agree TENANT FILE, with from: no later",
    "\nwadi close prepare 2026-11.",
  ]) {
    expect(open.stdout).toContain(line);
  }
  const over = await shown({ ...month("published"), nextSteps: ["ask-void"] });
  expect(over.stdout).toContain("  beta: 7 token of");
  expect(over.stdout).not.toContain("wadi price agree");
  const none = await run(["close", "show", "2026-11"], {
    readSettlement: () => ({ ...month("computed"), unpriced: [] }),
  });
  expect(none.stdout).not.toMatch(/no price|agreed/);
});

test.each([
  ["published", "ask-void", "void-asked", "another person agrees: wadi close void 2026-11"],
  ["void-asked", "void", "void", "its books stay closed; to work it out anew"],
  ["computed", "void", "void", ""],
] as const)("close void of a month that is %s takes the step %s", async (from, step, to, note) => {
  const ran = await run(["close", "void", "2026-11", "--note", "wrong terms"], {
    readSettlement: () => month(from),
    stepSettlement: () => month(to),
  });
  expect(ran).toMatchObject({ code: 0, stdout: `2026-11 is ${to}\n` });
  expect(ran.stderr).toContain(note);
  expect(double!.callsOf("stepSettlement")[0]!.body).toEqual({ step, note: "wrong terms" });
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

const statement: Statement = {
  ...{ of: "fund", id: "city", name: "城市", from: at, until: at, madeAt: at, notes: [] },
  ...{ opening: noMoney, closing: noMoney, totals: {}, lines: [] },
};

test("bill in Chinese prints what the hub wrote; in English a table of its own", async () => {
  const text = "资金池 城市（city）对账单，单位：元\n";
  const answers: Answers = {
    fundStatement: ({ headers }) =>
      String(headers["accept"]).includes("text/plain") ? new Raw("text/plain", text) : statement,
  };
  const zh = await run(["bill", "fund", "city", "--lang", "zh"], answers);
  expect(zh).toMatchObject({ code: 0, stdout: text });
  const en = await run(["bill", "fund", "city"], answers);
  expect(en.stdout).toContain("Statement of the fund 城市 (city)");
});

test.each([
  ["bill", "fund", "city", "-o"],
  ["bundle", "acme", "-o"],
  ["focus", "export", "2026-11", "-o"],
])("%s into a folder that there is none of says which, and the cure", async (...args) => {
  const folder = join(emptyFolder(), "june");
  const ran = await run([...args, join(folder, "x.csv")], {});
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`there is no folder ${folder} to write`);
  expect(ran.stderr).toContain(`make it: mkdir -p ${folder}`);
});
