import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asId, yuan } from "@wadi/core/units";
import type { moneyMoveRoutes, proofRoutes, ReplyOf, settlementRoutes } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { idOf } from "../testing/fixtures.ts";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
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

type Move = ReplyOf<typeof moneyMoveRoutes.decideMoneyMove>;
const at = Temporal.Instant.from("2026-11-03T02:00:00Z");
const move = (differs: Partial<Move> = {}): Move => ({
  ...{ id: asId(idOf(1)), kind: "fund-refund", of: "city", tenant: null, programme: null },
  ...{ amount: yuan(12), note: "", state: "asked", askedBy: "k1", askedAt: at, decidedBy: null },
  ...{ decidedAt: null, posted: null, receipt: null, arrivedAt: null },
  ...differs,
});

test.each([
  [["fund", "refund", "city", "12"], "askFundRefund", { amount: yuan(12), note: "" }],
  [
    ["fund", "return", "city", "12", "--note", "x"],
    "askFundReturn",
    { amount: yuan(12), note: "x" },
  ],
  [
    ["fund", "restore", "city", "acme", "ai", "12"],
    "askFundRestore",
    { amount: yuan(12), note: "", tenant: "acme", programme: "ai" },
  ],
  [["provider", "pay-out", "lakeside", "12"], "askPayout", { amount: yuan(12), note: "" }],
] as const)("%j asks, under a key, and says who decides", async (args, route, body) => {
  const ran = await run([...args, "--key", "slip-1"], { [route]: () => move() });
  expect(ran).toMatchObject({ code: 0, stdout: "fund-refund of city, ¥12.00: asked\n" });
  expect(ran.stderr).toContain("another person decides: wadi move approve ");
  const [call] = double!.callsOf(route);
  expect(call).toMatchObject({ body, headers: { "idempotency-key": "slip-1" } });
});

test("a move is approved, and its receipt recorded, by the end of its id", async () => {
  const answers: Answers = {
    listMoneyMoves: () => ({ items: [move()], next: null }),
    decideMoneyMove: () => move({ state: "posted" }),
    recordMoneyReceipt: () => move({ state: "arrived", receipt: "B-7" }),
  };
  const short = move().id.slice(-8);
  const listed = await run(["move"], answers);
  const [, shown = ""] = /\n(\S+) /.exec(listed.stdout) ?? [];
  expect(move().id.replaceAll("-", "")).toContain(shown.replaceAll("-", ""));
  const ran = await run(["move", "approve", shown], answers);
  expect(ran).toMatchObject({ code: 0, stdout: "fund-refund of city, ¥12.00: posted\n" });
  expect(double!.callsOf("decideMoneyMove")[0]).toMatchObject({
    ...{ params: { id: move().id }, body: { decision: "approve" } },
  });
  await run(["move", "receipt", move().id, "B-7"], answers);
  expect(double!.callsOf("recordMoneyReceipt")[0]!.body).toEqual({ reference: "B-7" });
  const none = await run(["move", "decline", `x${short}`], answers);
  expect(none).toMatchObject({ code: 5 });
  expect(none.stderr).toContain("is no move of money; see: wadi move list");
});

type Correction = ReplyOf<typeof proofRoutes.decideCorrection>;
const correction = (state: Correction["state"]): Correction => ({
  ...{ id: asId(idOf(2)), transfer: asId(idOf(3)), reason: "typed twice", state, askedBy: "k" },
  ...{ askedAt: at, decidedBy: null, decidedAt: null, posted: null },
});

test("a transfer is undone: one person asks with a reason, another approves", async () => {
  const transfer = correction("asked").transfer;
  const asked = await run(["correction", "ask", transfer, "typed twice"], {
    askCorrection: () => correction("asked"),
  });
  expect(asked).toMatchObject({ code: 0, stdout: `correction of ${transfer}: asked\n` });
  expect(double!.callsOf("askCorrection")[0]!.body).toEqual({ transfer, reason: "typed twice" });
  const [, short = ""] = /approve (\S+)/.exec(asked.stderr) ?? [];
  const approved = await run(["correction", "approve", short], {
    listCorrections: () => ({ items: [correction("asked")], next: null }),
    decideCorrection: () => correction("posted"),
  });
  expect(approved.stdout).toBe(`correction of ${transfer}: posted\n`);
  expect(double!.callsOf("decideCorrection")[0]!.body).toEqual({ decision: "approve" });
  expect(await run(["correction", "ask", "x", "y"], {})).toMatchObject({ code: 2 });
});

type Terms = ReplyOf<typeof settlementRoutes.approveTerms>;
const terms = (state: Terms["state"]): Terms => ({
  ...{ provider: asId("lakeside"), version: 3, month: "2026-11", state, madeAt: at, madeBy: "k" },
  ...{ approvedAt: null, approvedBy: null },
  terms: { rules: [], paidDirectlyBy: ["tenants"], nettedWith: null },
});

test("terms are put from a file as a draft, and approved by their version", async () => {
  const file = join(emptyFolder(), "terms.yaml");
  await writeFile(file, 'month: "2026-11"\nterms:\n  paidDirectlyBy: [tenants]\n');
  const put = await run(["provider", "put-terms", "lakeside", file], {
    putTerms: () => terms("draft"),
  });
  expect(put).toMatchObject({ code: 0, stdout: "lakeside, version 3, from 2026-11 on: draft\n" });
  expect(put.stderr).toContain("wadi provider approve-terms lakeside 3");
  const body = { month: "2026-11", terms: { paidDirectlyBy: ["tenants"] } };
  expect(double!.callsOf("putTerms")[0]!.body).toMatchObject(body);
  const approved = await run(["provider", "approve-terms", "lakeside", "3"], {
    approveTerms: () => terms("approved"),
  });
  expect(approved.stdout).toContain("approved");
  const shown = await run(["provider", "terms", "lakeside"], {
    readTerms: () => ({ items: [terms("draft")] }),
  });
  expect(shown.stdout).toMatch(/3 +2026-11 +draft/);
  expect(await run(["provider", "approve-terms", "lakeside", "x"], {})).toMatchObject({ code: 2 });
});

test.each([
  ["tenant", "top-up", "acme", "12"],
  ["payout", "make"],
  ["correction", "ask", idOf(3), "typed twice"],
])("where no answer came to wadi %s %s, the key to repeat it with is told", async (...args) => {
  const ran = await runProgram(args, { hub: "http://127.0.0.1:9" });
  expect(ran.code).toBe(6);
  expect(ran.stderr).toMatch(/it may have arrived; to repeat it safely, add: --key [0-9a-f-]{36}/);
});
