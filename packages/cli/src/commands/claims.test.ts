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

const words = (en: string) => ({ en, zh: `中文 ${en}` });
const decision: NonNullable<ClaimView["decision"]> = {
  ...{ outcome: "granted", decidedOn: day, base: yuan(1300n), granted: yuan(650n) },
  parts: [],
  refused: [{ code: "yearly-cap", by: "cap", amount: yuan(12n), text: words("at most a year") }],
  ...{ excluded: [], payers: [], inKind: [] },
  missing: [
    {
      ...{ kind: "evidence", name: "contract", line: null, for: "claim", because: "expired" },
      ...{ text: words("the contract"), forText: words("every claim") },
    },
  ],
};
const claim: ClaimView = {
  ...{ id: asId(id), programme: asId("ai"), version: 1, tenant: asId("acme"), contract: "K-1" },
  ...{ state: "reviewing", stage: "district", decision, granted: yuan(650n) },
  ...{ redeemed: noMoney, released: noMoney, appliedAt: at, issuedOn: null },
  inKind: [],
  waitsFor: null,
  raised: [{ cap: "yearly-cap", limit: yuan(700n) }],
  ...{ lastDay: Temporal.PlainDate.from("2027-03-01"), noticeUntil: null },
};

const file = (name: string, text: string) => {
  const written = join(emptyFolder(), name);
  writeFileSync(written, text);
  return written;
};

const standing = {
  ...{ fund: asId<never>("city"), appropriated: yuan(10_000n), available: yuan(8700n) },
  ...{ issued: yuan(1250n), reserved: noMoney, redeemed: yuan(50n), expired: noMoney },
  ...{ returned: noMoney, clawback: noMoney },
  ofProgramme: {
    ...{ issued: yuan(1000n), reserved: noMoney, redeemed: yuan(50n), expired: noMoney },
  },
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
  const corrected = [{ what: "compute amounts.contract", from: "1300.00", to: "1200.00" }];
  const completed = {
    ...{ at, by: key, action: "complete", from: "incomplete", to: "applied" },
    facts: { added: ["otherMoney"], corrected },
  };
  const shown = await wadi(
    {
      readClaim: () => {
        const parts = [{ tenant: "acme-lab", amount: yuan(60n) }];
        return { ...claim, parts, events: [event, completed] };
      },
    },
    ...["claim", "show", id],
  );
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain("reviewing: district");
  expect(shown.stdout).toContain("12.00 yearly-cap: at most a year");
  expect(shown.stdout).toMatch(/raised\s+yearly-cap to 700.00/);
  expect(shown.stdout).toMatch(/given to\s+acme-lab 60.00/);
  expect(shown.stdout).toContain("evidence contract, the contract (expired); for claim: every");
  expect(shown.stdout).toContain("corrected compute amounts.contract: 1300.00 → 1200.00");
  expect(shown.stdout).toContain("ask, reviewing → incomplete: once more, please");
});

test.each([
  [
    { window: "1", from: day, until: Temporal.PlainDate.from("2026-03-10") },
    /waits for +round 1, after the claims taken from 2026-03-02 until 2026-03-10/,
  ],
  [{ window: "3", from: null, until: null }, /waits for +round 3, when somebody closes it/],
])("a gathered claim says what it waits for, and what it would get: %j", async (waitsFor, says) => {
  const inKind = [{ code: "hours", unit: "card-hours", asked: 9n, granted: 4n, refused: [] }];
  const gathered = { ...claim, state: "gathered", stage: null, waitsFor, granted: noMoney };
  const would = { ...decision, inKind };
  const shown = await wadi(
    { readClaim: () => ({ ...gathered, decision: would, parts: [], events: [] }) },
    ...["claim", "show", id],
  );
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(says);
  expect(shown.stdout).toMatch(
    /would get +650\.00 and 4 card-hours, if there is enough; its round decides/,
  );
});

test("claims are listed by state; an unknown one is told, with those there are", async () => {
  const answers = { listClaims: () => ({ items: [], next: null }) };
  expect((await wadi(answers, "claim", "list")).stderr).toContain("no claims yet");
  const none = await wadi(answers, "claim", "list", "--state", "issued");
  expect([none.code, none.stderr.trim()]).toEqual([0, "no such claims"]);
  expect(double!.callsOf("listClaims").map(({ query }) => query)).toMatchObject([
    { state: "issued" },
  ]);
  const wrong = await wadi(answers, "claim", "list", "--state", "isued");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/no claim is "isued"; it is draft, applied, .* clawed-back/);
  expect(double!.calls).toEqual([]);
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

  const lacked = file("more.yaml", "lines: [{ id: compute, amounts: { approved: 90万 } }]\n");
  const incomplete = { ...claim, state: "incomplete", stage: null };
  const completed = await wadi(
    { addClaimFacts: () => incomplete },
    ...["claim", "complete", id, lacked],
  );
  expect(completed).toMatchObject({ code: 0, stderr: "" });
  expect(completed.stdout).toContain(`incomplete; wadi claim evidence ${id} KIND FILE`);
  expect(double!.callsOf("addClaimFacts")[0]!.body).toMatchObject({
    lines: [{ id: "compute", amounts: { approved: yuan(900_000n) } }],
  });

  const returned = { ...incomplete, decision: { ...decision, missing: [] } };
  const asked = await wadi({ addClaimFacts: () => returned }, ...["claim", "complete", id, lacked]);
  expect(asked.stdout).toContain(`returned by an office; wadi claim complete ${id} FILE`);

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

test("a claim is found by the last digits of its id", async () => {
  const lists = {
    listClaims: () => ({ items: [claim], next: null }),
    withdrawClaim: () => claim,
  };
  expect((await wadi(lists, "claim", "withdraw", "0001")).code).toBe(0);
  expect(double!.callsOf("listClaims")[0]!.query).toMatchObject({ ending: "0001" });
  expect(double!.callsOf("withdrawClaim")[0]!.params).toEqual({ id });
  const two = { listClaims: () => ({ items: [claim, claim], next: null }) };
  const several = await wadi(two, "claim", "show", "0001");
  expect(several.stderr).toContain('several ids end in "0001"');
  expect(several.stderr).toContain("K-1  reviewing");
  const none = await wadi({ listClaims: () => ({ items: [], next: null }) }, "claim", "show", "ff");
  expect(none.stderr).toContain('there is no claim "ff" of yours');
});

test("a voucher is split among sub-accounts, which the operator names", async () => {
  const split = await wadi(
    { splitClaim: () => ({ ...claim, parts: [{ tenant: "acme-lab", amount: yuan(60n) }] }) },
    ...["claim", "split", id, "--to", "acme-lab=60", "--to", "acme-shop=2万"],
  );
  expect(split).toMatchObject({ code: 0, stderr: "" });
  expect(split.stdout).toMatch(/given to\s+acme-lab 60.00/);
  const parts = [
    { tenant: "acme-lab", amount: yuan(60n) },
    { tenant: "acme-shop", amount: yuan(20_000n) },
  ];
  expect(double!.callsOf("splitClaim")[0]!.body).toEqual({ parts });
  const wrong = await wadi({}, "claim", "split", id, "--to", "acme-lab");
  expect(wrong.stderr).toContain('"acme-lab" is no part; write it like acme-lab=5000');
  const put = await wadi(
    { putSubAccount: () => ({ account: "acme-lab", parent: "acme" }) },
    ...["tenant", "sub-account", "acme", "acme-lab"],
  );
  expect(put.stdout).toContain("acme-lab is a sub-account of acme");
});

test("a bill is redeemed, with what was refused of it", async () => {
  const written = file(
    "bill.yaml",
    'id: B-7\non: 2026-03-02\nlines: [{ line: compute, amount: "400.01" }]\n',
  );
  const redemption = {
    ...{ outcome: "redeemed", settled: yuan(400n), redeemed: yuan(200n), released: noMoney },
    ...{ applicantPays: yuan(200n), missing: [], inKind: [] },
    refused: [
      { code: "above-grant", by: "settlement", amount: yuan(1n), text: words("more than granted") },
    ],
  };
  const ran = await wadi(
    { redeemClaim: () => ({ claim, redemption }) },
    ...["claim", "redeem", id, written],
  );
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("B-7, 400.00");
  expect(ran.stdout).toContain("1.00 above-grant");
});

test("card-hours in kind are told with claims, bills and balances", async () => {
  const unit = "card-hours" as const;
  const refused = [{ code: "above-grant", amount: 7n, text: words("more than granted") }];
  const sums = { unit, granted: 600n, drawn: 250n, released: 50n, open: 300n };
  const own = { ...claim, inKind: [{ part: "hours", ...sums }] };
  const shown = await wadi(
    { readClaim: () => ({ ...own, parts: [], events: [] }) },
    "claim",
    "show",
    id,
  );
  expect(shown.stdout).toMatch(/hours +600 card-hours: 250 drawn, 300 open, 50 released/);

  const quantities = "quantities: { card-hours: 500 }";
  const text = `id: B-8\non: 2026-03-02\nlines: [{ line: compute, amount: 0, ${quantities} }]\n`;
  const redemption = {
    ...{ outcome: "redeemed", settled: noMoney, redeemed: noMoney, released: noMoney },
    ...{ applicantPays: noMoney, missing: [], refused: [] },
    inKind: [{ code: "hours", unit, used: 500n, drawn: 243n, released: 0n, refused }],
  };
  const ran = await wadi(
    { redeemClaim: () => ({ claim: own, redemption }) },
    ...["claim", "redeem", id, file("units.yaml", text)],
  );
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("243 drawn of 500 card-hours");
  expect(ran.stdout).toContain("7 card-hours above-grant: more than granted");
  const body = double!.callsOf("redeemClaim")[0]!.body as { lines: object[] };
  expect(body.lines).toEqual([
    { line: "compute", amount: noMoney, quantities: { "card-hours": 500n } },
  ]);

  const held = { claim: claim.id, programme: claim.programme, ...sums, lastDay: claim.lastDay };
  const balance = await wadi(
    {
      readBalance: () => ({
        ...{ prepaid: noMoney, held: noMoney, owed: yuan(29_000n), inKind: [held] },
        vouchers: [
          {
            ...{ programme: asId("ai"), available: yuan(650n), reserved: noMoney },
            expiresAt: Temporal.Instant.from("9998-12-31T00:00:00Z"),
          },
        ],
      }),
    },
    ...["balance", "acme"],
  );
  expect(balance).toMatchObject({ code: 0, stderr: "" });
  expect(balance.stdout).toMatch(/ai +card-hours +300 +250 +600 +2027-03-01/);
  expect(balance.stdout).toMatch(/owed +¥29000\.00/);
  expect(balance.stdout).toMatch(/ai +650\.00 +0\.00 +by claim/); // each has a last day of its own
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
        ...{ released: noMoney, open: yuan(1250n), contracts: yuan(2600n), setAside: yuan(75n) },
        budget: { period: "2026", amount: yuan(2000n), taken: yuan(1375n), left: yuan(625n) },
        refused: [{ code: "yearly-cap", amount: yuan(12n), claims: 1 }],
        inKind: [],
        funds: [standing],
        figures: [
          { code: "granted", text: words("granted"), unit: "yuan", value: "1300.00" },
          { code: "domestic-share", text: words("domestic"), unit: "rate", value: null },
        ],
        indicators: [
          {
            ...{ code: "leverage", text: words("leverage"), unit: "rate", value: "1.5" },
            ...{ goal: { side: "atLeast", value: "2" }, isMet: false },
          },
          {
            code: "new",
            text: words("new firms"),
            unit: "count",
            value: null,
            goal: null,
            isMet: null,
          },
        ],
      }),
    },
    ...["programme", "board", "ai"],
  );
  expect(board).toMatchObject({ code: 0, stderr: "" });
  expect(board.stdout).toMatch(/issued +1250\.00, of which 1000\.00 of this programme/);
  expect(board.stdout).toMatch(/set aside +75\.00 for claims not issued yet/);
  expect(board.stdout).toMatch(/budget +2000\.00 for 2026: 1375\.00 taken, 625\.00 left/);
  expect(board.stdout).toMatch(/leverage +1\.5 \(at least 2: missed\)/);
  expect(board.stdout).toMatch(/new firms +no figure/);
  expect(board.stdout).toContain("12.00 yearly-cap, 1 claim");

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
