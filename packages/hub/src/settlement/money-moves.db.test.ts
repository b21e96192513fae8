import { accounts } from "@wadi/core/ledger";
import { asId, microYuan } from "@wadi/core/units";
import type { MoneyMoveId } from "@wadi/protocol";
import { describe, expect, test } from "vitest";

import { postTransfers } from "../ledger/index.ts";
import { decideMoneyMove, recordMoneyReceipt } from "./money-moves.ts";
import {
  aRegion,
  balanceOf,
  breakOff,
  grantVoucher,
  runJob,
  someone,
  soundBooks,
  type Answer,
  type Region,
} from "./settlement-world.testing.ts";

/** A run of 48.00, of which the fund owes 14.40. */
async function withFund(): Promise<Region> {
  const region = await aRegion();
  await grantVoucher(region);
  await runJob(region);
  return region;
}
const decide = ({ send }: Region, { id }: Answer, decision: string, key?: string) =>
  send(`PUT /v1/money-moves/${String(id)}/decision`, { decision }, key);
const receipt = ({ send }: Region, { id }: Answer, reference: string) =>
  send(`PUT /v1/money-moves/${String(id)}/receipt`, { reference });

describe("a fund", () => {
  test("pays what it owes, or ahead; sent again under the same key, once", async () => {
    const region = await withFund();
    const headers = { "idempotency-key": "bank-77" };
    const body = { amount: "20", note: "first quarter" };
    const pay = async () => {
      const how = { key: region.operator, body, headers };
      return (await region.ask("POST", "/v1/funds/city/pay-ins", how)).json();
    };
    expect(await pay()).toMatchObject({ kind: "fund-pays", amount: "20.00", to: "due/city" });
    expect(await pay()).toMatchObject({ kind: "fund-pays" });
    expect(await balanceOf(region, "due/city")).toBe(5_600_000n);
    expect(await region.send("POST /v1/funds/none/pay-ins", body)).toMatchObject({
      refused: "404 not-found",
    });
    await soundBooks(region);
  });

  test("gets back what it paid ahead, by two persons and the bank's receipt", async () => {
    const region = await withFund();
    await region.send("POST /v1/funds/city/pay-ins", { amount: "20" });
    const wish = { amount: "5.60", note: "end of the year" };
    const asked = await region.send("POST /v1/funds/city/refunds", wish);
    expect(asked).toMatchObject({ kind: "fund-refund", of: "city", state: "asked", posted: null });
    expect(await decide(region, asked, "approve")).toMatchObject({
      refused: "409 needs-another-person",
    });
    expect(await receipt(region, asked, "B-1")).toMatchObject({ refused: "409 wrong-state" });
    const posted = await decide(region, asked, "approve", region.second);
    expect(posted).toMatchObject({ state: "posted" });
    expect(await balanceOf(region, "fund-refund/city")).toBe(5_600_000n);
    expect(await decide(region, asked, "approve", region.second)).toEqual(posted);
    expect(await decide(region, asked, "decline", region.second)).toMatchObject({
      refused: "409 wrong-state",
    });

    const arrived = await receipt(region, asked, "B-1");
    expect(arrived).toMatchObject({ state: "arrived", receipt: "B-1" });
    expect(await receipt(region, asked, "B-1")).toEqual(arrived);
    expect(await receipt(region, asked, "B-2")).toMatchObject({ refused: "409 wrong-state" });
    expect(await balanceOf(region, "fund-refund/city")).toBe(0n);
    await soundBooks(region);
  });

  test("broken off anywhere, a receipt is recorded with its transfer or not at all", async () => {
    const region = await withFund();
    await region.send("POST /v1/funds/city/pay-ins", { amount: "20" });
    const asked = await region.send("POST /v1/funds/city/refunds", { amount: "5" });
    await decide(region, asked, "approve", region.second);
    const what = { id: asId<MoneyMoveId>(String(asked["id"])), reference: "B-9", by: someone() };
    await breakOff(region, (hub) => recordMoneyReceipt(hub, what));
    expect(await balanceOf(region, "fund-refund/city")).toBe(0n);
    expect(await receipt(region, asked, "B-9")).toMatchObject({ state: "arrived" });
    await soundBooks(region);
  });

  test("gets back no more than it paid ahead, and one receipt ends one refund", async () => {
    const region = await withFund();
    await region.send("POST /v1/funds/city/pay-ins", { amount: "20" });
    const tooMuch = await region.send("POST /v1/funds/city/refunds", { amount: "5.61" });
    expect(await decide(region, tooMuch, "approve", region.second)).toMatchObject({
      refused: "409 insufficient-funds",
      detail: "city has paid ahead 5.60 yuan, less than 5.61",
    });
    expect(await decide(region, tooMuch, "decline", region.second)).toMatchObject({
      state: "declined",
    });
    const first = await region.send("POST /v1/funds/city/refunds", { amount: "1" });
    const other = await region.send("POST /v1/funds/city/refunds", { amount: "1" });
    for (const one of [first, other]) await decide(region, one, "approve", region.second);
    await receipt(region, first, "B-1");
    expect(await receipt(region, other, "B-1")).toMatchObject({ refused: "409 already-exists" });
  });

  test("gives back a part of its appropriation; wrongly, it is undone by two persons", async () => {
    const region = await withFund();
    const asked = await region.send("POST /v1/funds/city/returns", { amount: "100" });
    const { posted } = await decide(region, asked, "approve", region.second);
    expect(await balanceOf(region, "available/city")).toBe(300_000_000n);
    expect(await balanceOf(region, "returned/city")).toBe(100_000_000n);
    const wrong = { transfer: posted, reason: "of another fund" };
    const { id } = await region.send("POST /v1/ledger/corrections", wrong);
    const decision = `PUT /v1/ledger/corrections/${String(id)}/decision`;
    await region.send(decision, { decision: "approve" }, region.second);
    expect(await balanceOf(region, "available/city")).toBe(400_000_000n);
    const more = await region.send("POST /v1/funds/city/returns", { amount: "400.01" });
    expect(await decide(region, more, "approve", region.second)).toMatchObject({
      refused: "409 insufficient-funds",
    });
    const part = await region.send("POST /v1/funds/city/returns", { amount: "0.001" });
    expect(await decide(region, part, "approve", region.second)).toMatchObject({
      refused: "422 invalid-request",
    });
    await soundBooks(region);
  });

  test("has what expired at its disposal again, of the voucher that it is of", async () => {
    const region = await withFund();
    const of = { amount: "10", tenant: "acme", programme: "ai" };
    const to = "POST /v1/funds/city/restores";
    expect(await region.send(to, of)).toMatchObject({ refused: "404 not-found" });
    await expire(region, 80_000_000n);
    const asked = await region.send(to, of);
    await decide(region, asked, "approve", region.second);
    expect(await balanceOf(region, "available/city")).toBe(410_000_000n);
    expect(await balanceOf(region, "expired/acme/ai")).toBe(70_000_000n);
    await soundBooks(region);
  });
});

async function expire({ db, clock }: Region, amount: bigint): Promise<void> {
  const of = {
    fund: asId<never>("city"),
    tenant: asId<never>("acme"),
    programme: asId<never>("ai"),
  };
  const transfer = {
    ...{ kind: "expire" as const, from: accounts.issued(of), to: accounts.expired(of) },
    ...{
      amount: microYuan(amount),
      hold: null,
      job: null,
      run: null,
      note: "",
      fact: "expire/test",
    },
    happenedAt: clock.now(),
  };
  await db.transaction((sql) => postTransfers(sql, [[transfer]], clock.now()));
}

describe("a payout by hand", () => {
  test("takes two persons, and at most what is owed", async () => {
    const region = await aRegion();
    await runJob(region);
    const asked = await region.send("POST /v1/providers/lowland/payouts", { amount: "47.04" });
    expect(asked).toMatchObject({ kind: "payout", state: "asked" });
    expect(await balanceOf(region, "payable/lowland")).toBe(47_040_000n);
    expect(await decide(region, asked, "approve")).toMatchObject({
      refused: "409 needs-another-person",
    });
    expect(await decide(region, asked, "approve", region.second)).toMatchObject({
      state: "posted",
    });
    expect(await balanceOf(region, "payable/lowland")).toBe(0n);
    const again = await region.send("POST /v1/providers/lowland/payouts", { amount: "0.01" });
    expect(await decide(region, again, "approve", region.second)).toMatchObject({
      refused: "409 insufficient-funds",
      detail: "lowland is owed 0.00 yuan, less than 0.01",
    });
    expect(await region.send("GET /v1/money-moves")).toMatchObject({
      items: [{ state: "asked" }, { state: "posted" }],
    });
    expect(await receipt(region, asked, "B-1")).toMatchObject({ refused: "409 wrong-state" });
  });

  test("approved several at once, what is owed is paid once", async () => {
    const region = await aRegion();
    await runJob(region);
    const wishes = [];
    for (let i = 0; i < 3; i += 1) {
      wishes.push(await region.send("POST /v1/providers/lowland/payouts", { amount: "47.04" }));
    }
    const answers = await Promise.all(
      wishes.map((one) => decide(region, one, "approve", region.second)),
    );
    expect(answers.filter(({ refused }) => refused === undefined)).toHaveLength(1);
    expect(await balanceOf(region, "payable/lowland")).toBe(0n);
    await soundBooks(region);
  });

  test("asked twice under one key is one; broken off anywhere, paid once or not", async () => {
    const region = await aRegion();
    await runJob(region);
    const headers = { "idempotency-key": "slip-9" };
    const ask = async (amount: string) => {
      const how = { key: region.operator, body: { amount }, headers };
      const reply = await region.ask("POST", "/v1/providers/lowland/payouts", how);
      return (await reply.json()) as Answer;
    };
    const first = await ask("40");
    expect(await ask("40")).toEqual(first);
    expect(await ask("41")).toMatchObject({ code: "key-reused" });
    const id = asId<MoneyMoveId>(String(first["id"]));
    const by = someone();
    await breakOff(region, (hub) => decideMoneyMove(hub, { id, decision: "approve", by }));
    expect(await balanceOf(region, "payable/lowland")).toBe(7_040_000n);
    await soundBooks(region);
  });

  test.each([
    ...[{ amount: "0" }, { amount: "-1" }, { amount: "x" }, {}, { amount: "1", sum: "1" }],
    { amount: "100000000000000" },
  ])("nonsense is refused: %j", async (body) => {
    const region = await aRegion();
    expect(await region.send("POST /v1/providers/lowland/payouts", body)).toMatchObject({
      refused: "422 invalid-request",
    });
  });
});
