import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asId, noMoney, yuan } from "@wadi/core/units";
import { programmeRules, type ClaimView } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

/* Every command about claims and the offices of a programme, once, as people type it. */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function wadi(answers: Answers, ...args: string[]) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const at = Temporal.Instant.from("2026-03-02T04:00:00Z");
const day = Temporal.PlainDate.from("2026-03-02");
const id = "0195556c-0000-7000-8000-000000000001";
const key = asId<never>("0195556c-0000-7000-8000-000000000009");

const decision: NonNullable<ClaimView["decision"]> = {
  ...{ outcome: "granted", decidedOn: day, base: yuan(1300n), granted: yuan(650n) },
  parts: [],
  refused: [{ code: "yearly-cap", by: "cap", amount: yuan(12n) }],
  ...{ excluded: [], payers: [] },
  missing: [{ kind: "evidence", name: "contract", line: null, for: "claim", because: null }],
};
const claim: ClaimView = {
  ...{ id: asId(id), programme: asId("ai"), version: 1, tenant: asId("acme"), contract: "K-1" },
  ...{ state: "reviewing", stage: "district", decision, granted: yuan(650n) },
  ...{ redeemed: noMoney, released: noMoney, appliedAt: at, issuedOn: null },
  ...{ lastDay: Temporal.PlainDate.from("2027-03-01"), noticeUntil: null },
};

const file = (name: string, text: string) => {
  const written = join(emptyFolder(), name);
  writeFileSync(written, text);
  return written;
};

test("claims are listed, and one is told with what happened to it", async () => {
  const list = await wadi(
    { listClaims: () => ({ items: [claim], next: null }) },
    ...["claim", "list", "--programme", "ai", "--state", "reviewing"],
  );
  expect(list).toMatchObject({ code: 0, stderr: "" });
  expect(list.stdout).toMatch(/K-1/);
  expect(double!.callsOf("listClaims")[0]!.query).toMatchObject({ state: "reviewing" });

  const facts = { note: "once more, please" };
  const event = { at, by: key, action: "ask", from: "reviewing", to: "incomplete", facts };
  const shown = await wadi(
    { readClaim: () => ({ ...claim, events: [event] }) },
    ...["claim", "show", id],
  );
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain("reviewing: district");
  expect(shown.stdout).toContain("12.00 yearly-cap");
  expect(shown.stdout).toContain("evidence contract, for claim");
  expect(shown.stdout).toContain("ask, reviewing → incomplete: once more, please");
});

test("a claim is applied for, completed, moved and taken back", async () => {
  const written = file("claim.yaml", "supplier: hill\ncontract: K-1\nlines: [{ id: compute }]\n");
  const applied = await wadi(
    { applyForVoucher: () => claim },
    ...["claim", "apply", "ai", written, "--tenant", "acme", "--key", "once"],
  );
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  const [call] = double!.callsOf("applyForVoucher");
  expect(call!.headers["idempotency-key"]).toBe("once");
  expect(call!.body).toMatchObject({ tenant: "acme", contract: "K-1" });

  const paper = file("contract.pdf", "a contract");
  const brought = await wadi(
    { addClaimEvidence: () => claim },
    ...["claim", "evidence", id, "contract", paper, "--until", "2026-12-31"],
  );
  expect(brought).toMatchObject({ code: 0, stderr: "" });
  expect(double!.callsOf("addClaimEvidence")[0]!.body).toMatchObject({
    sha256: createHash("sha256").update("a contract").digest("hex"),
  });

  const moved = await wadi(
    { moveClaim: () => claim },
    ...["claim", "move", id, "return", "--note", "which invoice?"],
  );
  expect(moved).toMatchObject({ code: 0, stderr: "" });
  const [said] = double!.callsOf("moveClaim");
  expect(said!.body).toEqual({ move: "return", note: "which invoice?" });

  const withdrawn = { ...claim, state: "withdrawn", stage: null };
  const back = await wadi({ withdrawClaim: () => withdrawn }, "claim", "withdraw", id);
  expect(back).toMatchObject({ code: 0, stderr: "" });
  expect(back.stdout).toContain("withdrawn");
});

test("a bill is redeemed, with what was refused of it", async () => {
  const written = file(
    "bill.yaml",
    'id: B-7\non: 2026-03-02\nlines: [{ line: compute, amount: "400.01" }]\n',
  );
  const redemption = {
    ...{ outcome: "redeemed", settled: yuan(400n), redeemed: yuan(200n), released: noMoney },
    ...{ applicantPays: yuan(200n), missing: [] },
    refused: [{ code: "above-grant", by: "settlement", amount: yuan(1n) }],
  };
  const ran = await wadi(
    { redeemClaim: () => ({ claim, redemption }) },
    ...["claim", "redeem", id, written],
  );
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("B-7, 400.00");
  expect(ran.stdout).toContain("1.00 above-grant");
});

const langfang = fileURLToPath(new URL("../../../../programmes/langfang-ai.yaml", import.meta.url));
const { id: programme, ...rest } = programmeRules.parse(parse(readFileSync(langfang, "utf8")));
const stored = {
  rules: { programme, ...rest },
  ...{ putBy: key, putAt: at, approvedBy: null, approvedAt: null },
};

test("rules are proposed by one person and approved by another", async () => {
  const put = await wadi(
    { putProgrammeRules: () => stored },
    ...["programme", "propose", langfang],
  );
  expect(put).toMatchObject({ code: 0, stderr: "" });
  expect(put.stdout).toContain("wadi programme approve langfang-ai 1");
  const approved = await wadi(
    { approveProgrammeRules: () => ({ ...stored, approvedBy: key, approvedAt: at }) },
    ...["programme", "approve", "langfang-ai", "1"],
  );
  expect(approved).toMatchObject({ code: 0, stderr: "" });
  expect(approved.stdout).toContain("version 1 of langfang-ai decides from now on");
});

test("the board, the notice and the signals of a programme are told", async () => {
  const board = await wadi(
    {
      readBoard: () => ({
        ...{ claims: { issued: 2 }, granted: yuan(1300n), redeemed: yuan(50n) },
        ...{ released: noMoney, open: yuan(1250n), contracts: yuan(2600n) },
        refused: [{ code: "yearly-cap", amount: yuan(12n), claims: 1 }],
      }),
    },
    ...["programme", "board", "ai"],
  );
  expect(board).toMatchObject({ code: 0, stderr: "" });
  expect(board.stdout).toContain("12.00 yearly-cap, 1 claims");

  const items = [{ applicant: "北京****公司", amount: yuan(650n), until: day }];
  const notice = await wadi({ readNotice: () => ({ items }) }, "programme", "notice", "ai");
  expect(notice).toMatchObject({ code: 0, stderr: "" });
  expect(notice.stdout).toContain("北京****公司");

  const signal = {
    ...{ code: "evidence-twice", subjects: ["claim/1", "claim/2"] },
    evidence: [{ subject: "claim/1", what: "contract", value: "cc" }],
    sentence: { en: "One document in two claims.", zh: "同一凭证。" },
  };
  const signals = await wadi(
    { listSignals: () => ({ items: [signal] }) },
    ...["programme", "signals", "ai"],
  );
  expect(signals).toMatchObject({ code: 0, stderr: "" });
  expect(signals.stdout).toContain("One document in two claims.");
});
