import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, bytes, durationOf, microYuan, type TenantId } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { postTransfers } from "../ledger/index.ts";
import { recordReadings } from "../metering/index.ts";
import { directlyPaid } from "./direct-store.ts";
import { findMonth } from "./month-store.ts";
import {
  aRegion,
  balanceOf,
  breakOff,
  compute,
  grantVoucher,
  october,
  putTerms,
  runJob,
  share,
  someone,
  soundBooks,
  step,
  type Region,
} from "./settlement-world.testing.ts";
import { approveTerms } from "./put-terms.ts";
import { takeStep } from "./take-step.ts";
import { listTerms } from "./terms-store.ts";

const direct = (by: string[], more = {}) => ({
  month: "2026-10",
  terms: { rules: [], paidDirectlyBy: by, ...more },
});
const balances = async (region: Region, ...paths: string[]) =>
  Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, Number(await balanceOf(region, path))])),
  ) as Record<string, number>;

/** Posts what a test needs to have happened before. */
async function happened({ db, clock }: Region, ...moves: Pick<Transfer, "kind" | "from" | "to">[]) {
  const all = moves.map((move, i): Transfer => ({
    ...{ ...move, amount: microYuan(30_000_000n), fact: `test/${i}`, note: "", hold: null },
    ...{ job: null, run: null, happenedAt: clock.now() },
  }));
  await db.transaction((sql) => postTransfers(sql, [all], clock.now()));
}

describe("terms of a provider", () => {
  test("are a draft that settles nothing until another person approves them", async () => {
    const region = await aRegion();
    await runJob(region);
    const to = "/v1/providers/lowland/terms";
    const put = await region.send(`PUT ${to}`, share("0.5"));
    expect(put).toMatchObject({ version: 1, state: "draft", approvedBy: null });
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({ totals: { due: "47.04" } });
    expect(await region.send(`POST ${to}/1/approve`)).toMatchObject({
      refused: "409 needs-another-person",
    });
    expect(await region.send(`POST ${to}/7/approve`, undefined, region.second)).toMatchObject({
      refused: "404 not-found",
    });
    const approved = await region.send(`POST ${to}/1/approve`, undefined, region.second);
    expect(approved).toMatchObject({ state: "approved" });
    expect(await region.send(`POST ${to}/1/approve`, undefined, region.second)).toEqual(approved);
    await step(region, "compute");
    expect(await region.send(`GET ${october}`)).toMatchObject({ totals: { due: "24.00" } });
  });

  test("are not approved behind a later version's back", async () => {
    const region = await aRegion();
    await region.keyOf("provider");
    const to = "/v1/providers/lowland/terms";
    await region.send(`PUT ${to}`, share("0.5"));
    await putTerms(region, share("0.6"));
    expect(await region.send(`POST ${to}/1/approve`, undefined, region.second)).toMatchObject({
      refused: "409 wrong-state",
      detail: expect.stringContaining("version 2 was approved") as string,
    });
    expect(await region.send(`GET ${to}`)).toMatchObject({
      items: [
        { version: 2, state: "approved" },
        { version: 1, state: "draft" },
      ],
    });
  });

  test("broken off anywhere, are approved or still a draft", async () => {
    const region = await aRegion();
    await region.keyOf("provider");
    await region.send("PUT /v1/providers/lowland/terms", share("0.5"));
    const approve = { provider: asId<never>("lowland"), version: 1, by: someone() };
    const { done } = await breakOff(region, async (hub) => {
      const [draft] = await listTerms(region.db.sql, approve.provider);
      expect(draft!.approvedAt).toBeNull();
      return approveTerms(hub, approve);
    });
    expect(done.approvedBy).toBe(approve.by.signer.key);
    expect(await approveTerms(region.hub, approve)).toEqual(done);
  });

  test("of before approvals were asked for count", async () => {
    const region = await aRegion();
    await runJob(region);
    await region.send("PUT /v1/providers/lowland/terms", share("0.5"));
    await region.db.sql`
      insert into provider_terms_approvals (provider, version, approved_at)
      select provider, version, made_at from provider_terms`;
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({ totals: { due: "24.00" } });
  });

  test.each([
    [direct(["tenants", "tenants"]), "/terms/paidDirectlyBy"],
    [direct([]), "/terms/rules"],
    [direct(["tenants"], { nettedWith: "nobody" }), "/terms/nettedWith"],
    [direct(["banks"]), "/terms/paidDirectlyBy/0"],
  ])("that cannot be used are refused: %j", async (body, pointer) => {
    const region = await aRegion();
    expect(await region.send("PUT /v1/providers/lowland/terms", body)).toMatchObject({
      ...{ refused: "422 invalid-request", errors: [{ pointer }] },
    });
  });
});

describe("a provider that tenants pay themselves", () => {
  test("is not paid by the platform: they get back what they were charged", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region); // 48.00, of which the voucher paid 14.40
    await putTerms(region, direct(["tenants"]));
    const before = await balanceOf(region, "prepaid/acme");
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({
      totals: { due: "47.04", posted: "47.04", direct: "33.60" },
      direct: [{ provider: "lowland", payer: "tenant", of: "acme", amount: "33.60" }],
    });
    await step(region, "publish", region.second);
    expect(await balanceOf(region, "prepaid/acme")).toBe(before + 33_600_000n);
    expect(await balanceOf(region, "payable/lowland")).toBe(13_440_000n); // 14.40 less the fee
    expect(await balanceOf(region, "due/city")).toBe(-14_400_000n);
    const { totals } = await region.send("GET /v1/providers/lowland/statement");
    expect(totals).toMatchObject({ earned: "47.04", paidDirectly: "33.60" });
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({ sum: "13.44" });
    await soundBooks(region);
  });

  test("and funds as well: it owes the platform's fee, which is carried forward", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region);
    await putTerms(region, direct(["tenants", "funds"]));
    await compute(region);
    await step(region, "publish", region.second);
    expect(await balances(region, "payable/lowland", "overpaid/lowland", "due/city")).toEqual({
      "payable/lowland": 0,
      "overpaid/lowland": -960_000,
      "due/city": 0,
    });
    const statement = await region.send("GET /v1/providers/lowland/statement");
    expect(statement).toMatchObject({
      closing: "-0.96",
      totals: { paidDirectly: "48.00", carriedForward: "0.96" },
    });
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({
      refused: "409 insufficient-funds",
    });
    await soundBooks(region);
  });

  test("taken back, it was not so: who spent the money owes it", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region);
    await putTerms(region, direct(["tenants", "funds"]));
    await compute(region);
    await step(region, "publish", region.second);
    const tenant = asId<TenantId>("acme");
    const spent = { from: accounts.prepaid(tenant), to: accounts.bank() };
    const free = microYuan(await balanceOf(region, "prepaid/acme"));
    await region.db.transaction((sql) => {
      const rest = { hold: null, job: null, run: null, note: "", happenedAt: region.clock.now() };
      const left = microYuan(free - 10_000_000n);
      const move = { ...spent, ...rest, kind: "withdraw" as const, amount: left, fact: "w/1" };
      return postTransfers(sql, [[move]], region.clock.now());
    });
    await step(region, "ask-void");
    const by = someone();
    const month = { month: "2026-10", step: "void" as const, note: "", by };
    await breakOff(region, (hub) => takeStep(hub, month));
    expect(
      await balances(region, ...["payable/lowland", "prepaid/acme", "receivable/acme", "due/city"]),
    ).toEqual({
      "payable/lowland": 47_040_000 + 960_000, // what it owes is settled with the next month
      "prepaid/acme": 0,
      "receivable/acme": -23_600_000,
      "due/city": -14_400_000,
    });
    expect(await balanceOf(region, "overpaid/lowland")).toBe(-960_000n);
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({ sum: "47.04" });
    await soundBooks(region);
  });

  test("is told to whoever exports, before and after it was computed", async () => {
    const region = await aRegion();
    await runJob(region);
    await putTerms(region, direct(["tenants"]));
    await region.send(`PUT ${october}`, {});
    const ask = async () =>
      directlyPaid(region.db.sql, (await findMonth(region.db.sql, "2026-10"))!);
    const told = new Map([["lowland", { tenants: true, funds: false }]]);
    expect(await ask()).toEqual(told);
    await compute(region);
    expect(await ask()).toEqual(told);
  });

  test("its part is in no e-invoice of the platform", async () => {
    const region = await aRegion();
    await runJob(region);
    await putTerms(region, direct(["tenants"]));
    await compute(region);
    await step(region, "publish", region.second);
    expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 0, before: 0 });
  });
});

describe("a provider that was paid out more than it is due", () => {
  /** 47.04 were paid out by hand; the terms give 24.00. */
  async function overpaid(): Promise<Region> {
    const region = await aRegion();
    await runJob(region);
    const { id } = await region.send("POST /v1/providers/lowland/payouts", { amount: "47.04" });
    const decision = `PUT /v1/money-moves/${String(id)}/decision`;
    await region.send(decision, { decision: "approve" }, region.second);
    await putTerms(region, share("0.5"));
    await compute(region);
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
    return region;
  }

  test("owes it, month after month, until it has earned it", async () => {
    const region = await overpaid();
    expect(await balances(region, "payable/lowland", "overpaid/lowland")).toEqual({
      "payable/lowland": 0,
      "overpaid/lowland": -23_040_000,
    });
    const lines = (await region.send("GET /v1/providers/lowland/statement"))["lines"];
    const texts = (lines as { text: string; amount: string }[]).map(({ text }) => text);
    expect(texts).toContain(
      "Given too much: owed, carried forward, 23.04: settle 2026-10, revision 1",
    );
    await runJob(region); // in November: 47.04 more
    const batch = await region.send("POST /v1/payout-batches", {});
    expect(batch).toMatchObject({ sum: "24.00" }); // what it owes is kept
    region.clock.turn({ hours: 24 * 30 });
    const november = "/v1/settlements/2026-11";
    await region.send(`PUT ${november}`, {});
    for (const name of ["import", "allocate", "compute"]) {
      await region.send(`POST ${november}/steps`, { step: name });
    }
    await region.send(`POST ${november}/steps`, { step: "publish" }, region.second);
    expect(await balances(region, "payable/lowland", "overpaid/lowland")).toEqual({
      "payable/lowland": 960_000, // 24.00 less the rest of what was owed
      "overpaid/lowland": 0,
    });
    const send = `POST /v1/payout-batches/${String(batch["id"])}/send`;
    expect(await region.send(send, undefined, region.second)).toMatchObject({
      refused: "409 insufficient-funds",
      detail: expect.stringContaining("drop the batch and make another") as string,
    });
    await soundBooks(region);
  });
});

test("a late reading takes back from a provider that was paid out: it owes its part", async () => {
  const region = await aRegion();
  const { run, endedAt } = await runJob(region);
  const { id } = await region.send("POST /v1/providers/lowland/payouts", { amount: "47.04" });
  const decision = `PUT /v1/money-moves/${String(id)}/decision`;
  await region.send(decision, { decision: "approve" }, region.second);
  const half = { from: endedAt.subtract({ minutes: 60 }), to: endedAt.subtract({ minutes: 30 }) };
  const corrected = {
    ...{ run, number: 1, revision: 1, ...half, cards: 8, final: true },
    ...{ cpuTime: durationOf(0), peakMemoryBytes: bytes(0), receivedAt: region.clock.now() },
  };
  await region.db.transaction((sql) => recordReadings(sql, [corrected]));
  expect(
    await balances(region, ...["payable/lowland", "overpaid/lowland", "platform-fee"]),
  ).toEqual({
    "payable/lowland": 0,
    "overpaid/lowland": -23_520_000,
    "platform-fee": 480_000, // of the half that was used; the platform bears nothing
  });
  await soundBooks(region);
});

describe("a provider that is a tenant as well", () => {
  test("pays what it owes as a tenant out of what it has earned, if its terms say so", async () => {
    const region = await aRegion();
    await runJob(region);
    const north = asId<TenantId>("north");
    await region.keyOf("tenant-admin", { scope: { tenant: north } });
    const owe = { kind: "owe", from: accounts.receivable(north), to: accounts.clearing() } as const;
    await happened(region, owe);
    await putTerms(region, direct([], { nettedWith: "north" }));
    await compute(region);
    await step(region, "publish", region.second);
    expect(await balances(region, "payable/lowland", "receivable/north")).toEqual({
      "payable/lowland": 17_040_000,
      "receivable/north": 0,
    });
    await soundBooks(region);
  });
});
