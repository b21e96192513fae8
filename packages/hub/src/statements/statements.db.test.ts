import { createHash } from "node:crypto";
import { flatPrice } from "@wadi/core/capacity";
import { accounts, asWritten, differences, openVerifier } from "@wadi/core/ledger";
import { verifyCharge } from "@wadi/core/metering";
import {
  asId,
  bytes,
  durationOf,
  formatYuan,
  noMoney,
  parseYuan,
  rate,
  yuan,
  type HoldId,
  type MicroYuan,
  type TenantId,
} from "@wadi/core/units";
import { sharesFor } from "@wadi/core/vouchers";
import { moneyRoutes, problem, statement as statementView } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";

import { placeHolds, postTransfers, serveLedger } from "../ledger/index.ts";
import { chargeRuns, recordReadings, serveMetering, type EndedRun } from "../metering/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { serveVouchers, vouchersOf } from "../vouchers/index.ts";
import type { JobNames } from "./asking.ts";
import { serveStatements } from "./index.ts";

const db = await testDb();
const jobNames: JobNames = (_, jobs) => Promise.resolve(new Map(jobs.map((job) => [job, "train"])));
const { ask, operator, keyOf, clock } = await testApp(db, {
  serveMore: (app) => {
    serveLedger(app, app.hub);
    serveVouchers(app, app.hub);
    serveMetering(app, { hub: app.hub, runsOfJob: () => Promise.resolve([]) });
    serveStatements(app, { hub: app.hub, jobNames });
  },
});
const keys = {
  acme: await keyOf("tenant-admin"),
  north: await keyOf("tenant-admin", { scope: { tenant: "north" } }),
  lowland: await keyOf("provider"),
  city: await keyOf("programme-officer"),
  auditor: await keyOf("auditor"),
};

const money = (text: string): MicroYuan => parseYuan(text)!;
const send = async (path: string, body: unknown, once = uuidv7()) => {
  const headers = { "idempotency-key": once };
  const reply = await ask("POST", path, { key: operator, body, headers });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};
const codeOf = async (response: Response) =>
  `${response.status} ${problem.parse(await response.json()).code}`;
const get = (path: string, key = operator) => ask("GET", path, { key });
const statementOf = async (path: string, key = operator) =>
  statementView.parse(await (await get(`/v1/${path}`, key)).json());
const periodOf = (from: Temporal.Instant, until: Temporal.Instant) =>
  `?from=${encodeURIComponent(String(from))}&until=${encodeURIComponent(String(until))}`;

/** A job of one hour on 8 cards at 6 yuan, held, run, metered and charged. */
async function runJob(tenant: TenantId, differs: Partial<EndedRun> = {}): Promise<EndedRun> {
  const [now, id] = [clock.now(), uuidv7()];
  clock.turn({ hours: 1 });
  const [hold, job, run] = [
    asId<HoldId>(id),
    asId<EndedRun["job"]>(id),
    asId<EndedRun["run"]>(uuidv7()),
  ];
  const voucher = (await vouchersOf(db.sql, [tenant], now)).get(tenant) ?? null;
  const parts = sharesFor(yuan(60), voucher);
  const used = parts.voucher > 0n ? voucher : null;
  const ended: EndedRun = {
    ...{ run, job, hold, tenant, prices: flatPrice(yuan(6)), feeRate: rate(20_000) },
    share: { ...parts, programme: used?.programme ?? null, voucherRate: used?.rate ?? null },
    ...{ provider: asId<never>("lowland"), pool: asId<never>("ascend-a") },
    ...{ model: asId<never>("a100-80g"), emulated: true, charged: true, then: "release" },
    endedAt: clock.now(),
    ...differs,
  };
  const reserved = used && { fund: used.fund, programme: used.programme, amount: parts.voucher };
  await db.transaction(async (sql) => {
    const held = { id: hold, tenant, job, cash: parts.cash, voucher: reserved, at: now };
    expect(await placeHolds(sql, [held])).toEqual([{ kind: "held" }]);
    const reading = {
      ...{ run, number: 1, from: now, to: ended.endedAt, cards: 8, final: true },
      ...{ cpuTime: durationOf(0), peakMemoryBytes: bytes(0), receivedAt: ended.endedAt },
    };
    await recordReadings(sql, [reading]);
    await chargeRuns(sql, [ended], ended.endedAt);
  });
  return ended;
}

/** As if two persons had agreed to it. */
async function payOut(amount: MicroYuan, note: string): Promise<void> {
  const way = { from: accounts.payable(asId("lowland")), to: accounts.bank(), amount, note };
  const rest = { hold: null, job: null, run: null, happenedAt: clock.now(), fact: "payout/1" };
  const transfer = { kind: "payout" as const, ...way, ...rest };
  await db.transaction((sql) => postTransfers(sql, [[transfer]], clock.now()));
}

const acme = asId<TenantId>("acme");
const start = clock.now();
let middle: Temporal.Instant;

beforeAll(async () => {
  const put = (path: string, body: unknown) => ask("PUT", path, { key: operator, body });
  await put("/v1/funds/city", { name: "City" });
  await put("/v1/programmes/ai", {
    ...{ fund: "city", name: "AI", rate: "0.3", capPerTenant: "1000" },
    expiresAt: start.add({ hours: 100 }).toString(),
  });
  await send("/v1/tenants/acme/top-ups", { amount: "200", note: "电汇 7" });
  await send("/v1/funds/city/appropriations", { amount: "500", note: "first half" });
  await send("/v1/programmes/ai/grants", { tenant: "acme", amount: "20" });
  await runJob(acme);
  clock.turn({ hours: 2 });
  middle = clock.now();
  await runJob(acme, { charged: false });
  await runJob(acme, { emulated: false, pool: asId("real") });
  clock.turn({ minutes: 1 });
  await payOut(yuan(50), "first payout");
  clock.turn({ hours: 2 });
});

describe("statements", () => {
  test("of a tenant: what was paid in, run by run what it cost, and what is left", async () => {
    const made = await statementOf("tenants/acme/statement", keys.acme);
    expect(made).toMatchObject({ of: "tenant", id: "acme", opening: noMoney });
    expect(made.lines.map(({ text, amount }) => [text, formatYuan(amount)])).toEqual([
      ["Paid in: 电汇 7", "200.00"],
      ["Voucher granted, 20.00 yuan", "0.00"],
      ["Run", "-33.60"],
      ["Run; not charged: the centre's loss", "0.00"],
      ["Run", "-42.40"],
    ]);
    expect(made.totals).toEqual({
      paidIn: yuan(200),
      charges: yuan(96),
      paidByVouchers: yuan(20),
      paidInCash: yuan(76),
      freeAtEnd: yuan(124),
      heldAtEnd: noMoney,
      vouchersAtEnd: noMoney,
    });
    expect(made.closing).toBe(yuan(124));
    expect(made.lines[2]).toMatchObject({
      ...{ emulated: true, cardSeconds: 28_800n, charge: yuan(48), jobName: "train" },
    });
    expect(made.notes).toEqual([
      "The cards of the pool ascend-a are emulated: slots, no real cards.",
    ]);
  });

  test("of a provider: what it earned and what it was paid", async () => {
    const made = await statementOf("providers/lowland/statement", keys.lowland);
    expect(made.lines.map(({ text, amount }) => [text, formatYuan(amount)])).toEqual([
      ["Run of acme", "47.04"],
      ["Run of acme; not charged: the centre's loss", "0.00"],
      ["Run of acme", "47.04"],
      ["Paid out: first payout", "-50.00"],
    ]);
    expect(made.totals).toMatchObject({ charges: yuan(96), platformFees: money("1.92") });
    expect(made.closing).toBe(money("44.08"));
  });

  test("of a fund: where every fen went", async () => {
    const made = await statementOf("funds/city/statement", keys.city);
    expect(made.lines.map(({ text, amount }) => [text, formatYuan(amount)])).toEqual([
      ["Appropriated: first half", "500.00"],
      ["Granted to acme, ai, 20.00 yuan", "0.00"],
      ["Redeemed by acme, ai", "-14.40"],
      ["Redeemed by acme, ai", "-5.60"],
    ]);
    expect(made.totals).toMatchObject({ appropriated: yuan(500), redeemed: yuan(20) });
    expect(made.closing).toBe(yuan(480));
  });

  test.each(["tenants/acme", "providers/lowland", "funds/city"])(
    "of %s: one of a part of the time goes on where the one before it ended",
    async (of) => {
      const whole = await statementOf(`${of}/statement`);
      const first = await statementOf(`${of}/statement${periodOf(start, middle)}`);
      const second = await statementOf(`${of}/statement${periodOf(middle, clock.now())}`);
      expect(first.opening).toBe(noMoney);
      expect(second.opening).toBe(first.closing);
      expect(second.closing).toBe(whole.closing);
      expect([...first.lines, ...second.lines]).toEqual(whole.lines);
      const empty = await statementOf(`${of}/statement${periodOf(middle, middle)}`);
      expect([empty.opening, empty.closing, empty.lines]).toEqual([
        first.closing,
        first.closing,
        [],
      ]);
    },
  );

  test.each(["tenants/acme", "providers/lowland", "funds/city"])(
    "of %s: by day it has the same sums",
    async (of) => {
      const byRun = await statementOf(`${of}/statement`);
      const byDay = await statementOf(`${of}/statement?detail=days`);
      const { opening, closing, totals } = byRun;
      expect(byDay).toMatchObject({ opening, closing, totals });
      expect(byDay.lines.every(({ run }) => run === null)).toBe(true);
      expect(byDay.lines.length).toBeLessThanOrEqual(byRun.lines.length);
    },
  );

  test("come as CSV and as text as well, and a period that runs backwards is refused", async () => {
    const csv = await get("/v1/tenants/acme/statement?format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toBe(
      'attachment; filename="statement-tenant-acme.csv"',
    );
    expect((await csv.text()).split("\r\n")[0]).toMatch(/^at,text,job,/);
    const text = await get("/v1/tenants/acme/statement?format=text");
    expect(await text.text()).toMatch(/Statement of the tenant .*\(acme\), in yuan/);
    const backwards = await get(`/v1/tenants/acme/statement${periodOf(middle, start)}`);
    expect(await codeOf(backwards)).toBe("422 invalid-request");
  });
});

describe("who may see", () => {
  test.each([
    ["/v1/tenants/acme/statement", "north"],
    ["/v1/tenants/acme/statement", "lowland"],
    ["/v1/tenants/acme/balance", "north"],
    ["/v1/tenants/nobody/balance", "acme"],
    ["/v1/providers/lowland/statement", "acme"],
    ["/v1/providers/lowland/statement", "city"],
    ["/v1/funds/city/statement", "lowland"],
    ["/v1/funds/village/statement", "city"],
  ] as const)("%s is not there for %s", async (path, who) => {
    expect(await codeOf(await get(path, keys[who]))).toBe("404 not-found");
  });

  test("an auditor sees all; what is not there is not there for the operator either", async () => {
    expect((await get("/v1/tenants/acme/statement", keys.auditor)).status).toBe(200);
    for (const whose of ["tenants/nobody", "providers/nobody", "funds/nobody"]) {
      expect(await codeOf(await get(`/v1/${whose}/statement`))).toBe("404 not-found");
    }
  });
});

test("a balance says what is free, held and on vouchers", async () => {
  const balance = moneyRoutes.readBalance.reply.parse(
    await (await get("/v1/tenants/acme/balance", keys.acme)).json(),
  );
  const none = { held: noMoney, owed: noMoney, vouchers: [], inKind: [] };
  expect(balance).toEqual({ prepaid: yuan(124), ...none });
});

test("what a tenant was billed and owes is in its balance and on its statement", async () => {
  const tenant = asId<TenantId>("south");
  const key = await keyOf("tenant-admin", { scope: { tenant } });
  await send("/v1/tenants/south/top-ups", { amount: "30" });
  const [receivable, happenedAt] = [accounts.receivable(tenant), clock.now()];
  const move = { hold: null, job: null, run: null, happenedAt };
  const owe = {
    ...{ ...move, kind: "owe" as const, from: receivable, to: accounts.clearing() },
    ...{ amount: yuan(100), fact: "owe/south/1", note: "the bill of a month" },
  };
  const paid = {
    ...{ ...move, kind: "settle-owed" as const, from: accounts.prepaid(tenant), to: receivable },
    ...{ amount: yuan(30), fact: "net/south", note: "netted" },
  };
  await db.transaction((sql) => postTransfers(sql, [[owe, paid]], happenedAt));

  const balance = (await (await get("/v1/tenants/south/balance", key)).json()) as object;
  expect(balance).toMatchObject({ prepaid: "0.00", owed: "70.00" });
  const { lines, totals, closing } = await statementOf("tenants/south/statement", key);
  expect(lines.map(({ text, amount }) => [text, formatYuan(amount)])).toEqual([
    ["Paid in", "30.00"],
    ["The month's bill: owed, 100.00: the bill of a month", "0.00"],
    ["Paid what was owed: netted", "-30.00"],
  ]);
  expect(totals).toMatchObject({ adjusted: yuan(-30), freeAtEnd: noMoney, owedAtEnd: yuan(70) });
  expect(closing).toBe(noMoney);
});

describe("money at the bank", () => {
  test("is recorded once for one key, and another amount or note under it is refused", async () => {
    const path = "/v1/tenants/north/top-ups";
    const once = uuidv7();
    const first = await send(path, { amount: "10", note: "a" }, once);
    expect(first).toMatchObject({
      status: 201,
      body: { kind: "top-up", fact: `top-up/north/${once}` },
    });
    expect(await send(path, { amount: "10", note: "a" }, once)).toEqual(first);
    for (const body of [
      { amount: "11", note: "a" },
      { amount: "10", note: "b" },
    ]) {
      expect(await send(path, body, once)).toMatchObject({
        status: 409,
        body: { code: "key-reused" },
      });
    }
    const balance = await (await get("/v1/tenants/north/balance")).json();
    expect(balance).toMatchObject({ prepaid: "10.00" });
  });

  test.each([
    ["tenants/nobody/top-ups", { amount: "1" }, 404],
    ["tenants/acme/top-ups", { amount: "0" }, 422],
    ["tenants/acme/top-ups", { amount: "-1" }, 422],
    ["tenants/acme/top-ups", { amount: "0.0000001" }, 422],
    ["tenants/acme/top-ups", { amount: "999999999999999999" }, 422],
    ["tenants/acme/top-ups", { amount: 5 }, 422],
  ])("%s of %j is refused with %d", async (path, body, status) => {
    expect(await send(`/v1/${path}`, body)).toMatchObject({ status });
  });

  test("is in the audit trail with who recorded it, once", async () => {
    const { items } = (await (await get("/v1/audit?subject=tenant/north")).json()) as {
      items: { action: string; facts: unknown }[];
    };
    const topUps = items.filter(({ action }) => action === "ledger.top-up");
    expect(topUps.map(({ facts }) => facts)).toEqual([
      { amount: "10.00", kind: "top-up", note: "a" },
    ]);
  });
});

describe("the audit", () => {
  const audit = async () => {
    const reply = await ask("POST", "/v1/ledger/audit", { key: keys.auditor });
    return moneyRoutes.auditBooks.reply.parse(await reply.json());
  };

  test("proves the books", async () => {
    const report = await audit();
    expect(report.checks.flatMap(({ problems }) => problems)).toEqual([]);
    expect(report.holds).toBe(true);
    expect(report.checks.map(({ name }) => name)).toEqual([
      "the journal is whole and unaltered",
      "balances are what the journal gives",
      "holds are what the journal gives",
      "each account is in the chart",
      "each book sums to zero",
      "no account is below its floor",
      "what is set aside is what the holds have left",
      "a fund's money is where its statement says",
      "a fund owes what was redeemed",
      "what was paid back to a fund is not owed by it",
      "nothing is rounded away",
      "public money stands in whole fen",
      "charges are usage × price",
      "charges are posted, and nothing else is",
      "corrections are usage × price, and posted",
    ]);
  });

  test("can be done by anyone with the pages alone, trusting nothing of the hub", async () => {
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const verifier = openVerifier({ sha256 });
    for (let next: string | null = ""; next !== null;) {
      const page = await get(
        `/v1/ledger/transfers?limit=7${next && `&cursor=${next}`}`,
        keys.auditor,
      );
      const { items, next: after } = moneyRoutes.listTransfers.reply.parse(await page.json());
      verifier.take(items.map(asWritten));
      next = after;
    }
    const found = verifier.found();
    const listed = await (await get("/v1/ledger/accounts?limit=1000", keys.auditor)).json();
    const stored = moneyRoutes.listAccounts.reply.parse(listed).items;
    expect(found.problems).toEqual([]);
    expect(found.head.hash).toBe((await audit()).head);
    expect(
      differences(stored.map((one) => ({ ...one, path: asId(one.path) })) as never, found.accounts),
    ).toEqual([]);

    const charges = await (await get("/v1/ledger/charges?limit=2", keys.auditor)).json();
    const { items, next } = moneyRoutes.listCharges.reply.parse(charges);
    expect(next).not.toBeNull();
    for (const { charge, share, programme, voucherRate, ...evidence } of items) {
      const { chargedAt: _, ...made } = charge;
      const deciTflops = evidence.peak as never;
      const terms = { ...evidence, peak: deciTflops, share: { ...share, programme, voucherRate } };
      expect(verifyCharge(made, terms)).toEqual([]);
    }
  });

  test("says what is wrong when something is", async () => {
    await db.sql`update accounts set credits = credits + 1 where path = 'prepaid/acme'`;
    const report = await audit();
    await db.sql`update accounts set credits = credits - 1 where path = 'prepaid/acme'`;
    expect(report.holds).toBe(false);
    const broken = report.checks.filter(({ problems }) => problems.length > 0);
    expect(broken.map(({ name }) => name)).toEqual([
      "balances are what the journal gives",
      "each book sums to zero",
    ]);
  });
});

test.each(["accounts", "transfers", "charges"])(
  "a cursor of the list of %s that it did not hand out is harmless",
  async (list) => {
    const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const page = (cursor: string) => get(`/v1/ledger/${list}?cursor=${cursor}`, keys.auditor);
    for (const cursor of ["x", made("a\u0000b"), made([1]), made(null)]) {
      expect(await codeOf(await page(cursor))).toBe("422 invalid-request");
    }
    expect([200, 422]).toContain((await page(made("9".repeat(30)))).status);
  },
);
