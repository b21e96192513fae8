import { flatPrice } from "@wadi/core/capacity";
import { accounts, balanceOf } from "@wadi/core/ledger";
import { plainAgreement } from "@wadi/core/rating";
import {
  asId,
  bytes,
  durationOf,
  formatYuan,
  parseYuan,
  rate,
  yuan,
  type HoldId,
  type JobId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import type { Problem } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import type { Hub } from "../context.ts";
import { findAccounts, placeHolds } from "../ledger/index.ts";
import { chargeRuns, recordReadings, type RunReading } from "../metering/index.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { putApproved } from "../testing/approved-prices.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { billMonth } from "./bill-month.ts";
import { billMonths, unpricedIn } from "./bill-months.ts";
import { billsOf } from "./bill-store.ts";
import { approveAgreement, putAgreement } from "./put-agreement.ts";

const db = await testDb();
let now = Temporal.Instant.from("2026-07-02T00:00:00Z");
const hub = await testHub(db, {}, { now: () => now });
const start = Temporal.Instant.from("2026-06-10T00:00:00Z");
const at = (hours: number) => start.add({ seconds: Math.round(hours * 3600) });
let world: World;
const item = { id: "hour", measure: "card-seconds", per: "card-hour", price: "6" };
beforeAll(async () => {
  world = await makeWorld(hub);
  await putApproved(world, "/v1/price-lists/cards", theList([item]));
});

const theList = (items: object[], differs: object = {}) => ({
  version: 1,
  ...{ id: "cards", name: { en: "Cards", zh: "卡" }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [{ items, ...differs }],
});

const month = Temporal.PlainYearMonth.from("2026-06");
const signer = { key: uuidv7(), role: "operator" } as unknown as AuditEntry["by"]["signer"];
const by = { signer, requestId: "a request" };
let tenant: TenantId;
beforeEach(async () => {
  tenant = asId(`t-${uuidv7().slice(-12)}`);
  await world.post(`PUT /v1/tenants/${tenant}`, { name: tenant });
  await world.post(`/v1/tenants/${tenant}/top-ups`, { amount: "1000" });
});

const aReading = (run: RunId, number: number, from: number, to: number): RunReading => ({
  ...{ run, number, from: at(from), to: at(to), cards: 10, final: true },
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(1),
  receivedAt: now,
});

/** A run of one hour on ten cards, charged 60.00 by what held for it; a part by voucher. */
async function aChargedRun(voucher = "0", hour = 0) {
  const hold = asId<HoldId>(uuidv7());
  const [job, run] = [asId<JobId>(hold), asId<RunId>(uuidv7())];
  const used = voucher !== "0";
  const share = {
    ...{ cash: yuan(500), voucher: parseYuan(voucher)! },
    programme: used ? asId<never>("ai") : null,
    voucherRate: used ? rate(300_000) : null,
  };
  const fund = asId<never>("city");
  const reserved = used ? { fund, programme: asId<never>("ai"), amount: share.voucher } : null;
  const held = { id: hold, tenant, job, cash: share.cash, voucher: reserved, at: start };
  await db.transaction(async (sql) => {
    expect(await placeHolds(sql, [held])).toEqual([{ kind: "held" }]);
    await recordReadings(sql, [aReading(run, 1, hour, hour + 1)]);
    const ended = {
      ...{ run, job, hold, tenant, provider: asId<never>("lowland"), share, emulated: true },
      ...{ pool: asId<never>("c1-a"), model: asId<never>("a100-80g"), prices: flatPrice(yuan(6)) },
      ...{ feeRate: rate(20_000), charged: true, endedAt: at(hour + 1), then: "release" as const },
    };
    await chargeRuns(sql, [ended], at(hour + 2));
  });
  return run;
}

const agree = (agreement: object) =>
  putApproved(world, `/v1/tenants/${tenant}/agreement`, {
    ...{ list: "cards", from: "2026-06-01" },
    ...agreement,
  });
const bill = () => world.post(`/v1/tenants/${tenant}/bills`, { month: "2026-06" });
/** What is refused, by its code, its detail and its fields. */
async function refused(method: string, path: string, body?: unknown, key = hub.operator) {
  const reply = await hub.ask(method, path, { key, ...(body !== undefined && { body }) });
  const { code, detail, errors } = (await reply.json()) as Problem;
  return { code, detail, fields: errors?.map(({ pointer }) => pointer) };
}
const billRefused = () => refused("POST", `/v1/tenants/${tenant}/bills`, { month: "2026-06" });
async function standing(): Promise<Record<string, string>> {
  const of = { tenant, programme: asId<never>("ai"), fund: asId<never>("city") };
  const paths = [accounts.prepaid(tenant), accounts.receivable(tenant), accounts.redeemed(of)];
  const found = await findAccounts(
    db.sql,
    paths.map(({ path }) => path),
  );
  return Object.fromEntries(found.map((one) => [one.kind, formatYuan(balanceOf(one))]));
}
const audited = async () => {
  const { checks } = await world.post("/v1/ledger/audit", undefined);
  return (checks as { problems: string[] }[]).flatMap(({ problems }) => problems);
};

test("a month by agreement gives back what runs were charged more, once", async () => {
  await aChargedRun();
  await agree({ discounts: [{ off: "0.1" }] });
  const first = await bill();
  expect(first).toMatchObject({ number: 1, total: "54.00", charged: "60.00", cash: "-6.00" });
  expect(await bill()).toEqual(first);
  expect(await standing()).toMatchObject({ prepaid: "946.00" });
  expect(await audited()).toEqual([]);
});

test("a commitment that is not met is billed, and owed where nothing is paid in", async () => {
  await aChargedRun();
  await agree({ commitment: { amount: "2000" } });
  expect(await bill()).toMatchObject({ total: "2000.00", cash: "1940.00" });
  expect(await standing()).toMatchObject({ prepaid: "940.00", receivable: "-1940.00" });
  expect(await audited()).toEqual([]);
});

test("readings that come late make a further bill of the difference; the first stays", async () => {
  const run = await aChargedRun();
  await agree({ discounts: [{ off: "0.5" }] });
  const first = await bill();
  await db.transaction((sql) => recordReadings(sql, [aReading(run, 2, 1, 2)]));
  const second = await bill();
  expect(second).toMatchObject({ number: 2, total: "60.00", charged: "120.00", cash: "-60.00" });
  expect(await standing()).toMatchObject({ prepaid: "940.00" });
  const reply = await hub.ask("GET", `/v1/tenants/${tenant}/bills?month=2026-06`, {
    key: hub.operator,
  });
  expect(await reply.json()).toEqual({ items: [first, second] });
  expect(await audited()).toEqual([]);
});

test("a voucher pays its rate of the bill: the rest goes back to its fund", async () => {
  await world.post("/v1/programmes/ai/grants", { amount: "20", tenant });
  await aChargedRun("18");
  expect(await standing()).toMatchObject({ redeemed: "18.00", prepaid: "958.00" });
  await agree({ discounts: [{ off: "0.5" }] });
  expect(await bill()).toMatchObject({ total: "30.00", cash: "-21.00", voucherBack: "9.00" });
  expect(await standing()).toMatchObject({ redeemed: "9.00", prepaid: "979.00" });
  for (const whose of [`tenants/${tenant}`, "providers/lowland", "funds/city"]) {
    const reply = await hub.ask("GET", `/v1/${whose}/statement`, { key: hub.operator });
    expect(reply.status).toBe(200); // opening, lines and closing add up, or there is none
  }
  expect(await audited()).toEqual([]);
});

test("a month that is not over is not billed, nor is one that nothing was agreed for", async () => {
  const ask = async (which: string) =>
    (await refused("POST", `/v1/tenants/${tenant}/bills`, { month: which })).code;
  expect(await ask("2026-06")).toBe("not-found");
  await agree({});
  expect(await ask("2026-05")).toBe("not-found");
  expect(await ask("2026-07")).toBe("wrong-state");
});

describe("an agreement", () => {
  test("bills no day before its first, nor from its end on", async () => {
    await aChargedRun(); // on the 10th
    await aChargedRun("0", 240); // on the 20th
    await agree({ from: "2026-06-11", until: "2026-06-20", discounts: [{ off: "0.5" }] });
    const before = await bill();
    expect(before).toMatchObject({ total: "0.00", charged: "0.00", cash: "0.00" });
    expect(before["parts"]).toMatchObject([{ from: "2026-06-11", until: "2026-06-20" }]);
    expect(await standing()).toMatchObject({ prepaid: "880.00" });
  });

  test("is decided by the day of use, and monthly amounts count by the days", async () => {
    await aChargedRun();
    await aChargedRun("0", 240);
    await agree({ discounts: [{ off: "0.1" }] });
    await agree({ from: "2026-06-16", discounts: [{ off: "0.5" }], minimum: "100" });
    const made = await bill();
    expect(made).toMatchObject({ total: "104.00", charged: "120.00", cash: "-16.00" });
    expect(made["parts"]).toMatchObject([
      { from: "2026-06-01", until: "2026-06-16", total: "54.00", agreementRevision: 1 },
      { from: "2026-06-16", until: "2026-07-01", total: "50.00", agreementRevision: 2 },
    ]);
    expect(await audited()).toEqual([]);
  });

  test("holds from the day it is put where it says no other", async () => {
    const made = await agree({ from: null });
    expect(made["agreement"]).toMatchObject({ from: "2026-07-02", until: null });
  });

  test("is refused for days of a month that was billed", async () => {
    await agree({});
    await bill();
    const path = `/v1/tenants/${tenant}/agreement`;
    const late = { list: "cards", from: "2026-06-30" };
    const told = await refused("PUT", path, late);
    expect(told).toMatchObject({ code: "invalid-request", fields: ["/from"] });
    expect(told.detail).toContain("start it on 2026-07-01 or later");
  });

  test("that was put before its month was billed cannot be approved after it", async () => {
    await agree({});
    const path = `/v1/tenants/${tenant}/agreement`;
    await world.post(`PUT ${path}`, { list: "cards", from: "2026-06-15" });
    await bill();
    const approve = `${path}/revisions/2/approval`;
    const told = await refused("POST", approve, undefined, world.keys.operator);
    expect(told).toMatchObject({ code: "invalid-request", fields: ["/from"] });
  });
});

test("whatever is put later, a billed month is rated the same, byte for byte", async () => {
  const run = await aChargedRun();
  await agree({ discounts: [{ off: "0.1" }] });
  const first = JSON.stringify(await bill());

  const dearer = theList([{ ...item, price: "9" }]);
  await putApproved(world, "/v1/price-lists/cards", dearer);
  onTestFinished(async () => {
    await putApproved(world, "/v1/price-lists/cards", theList([item]));
  });
  await agree({ from: "2026-07-01", discounts: [{ off: "0.9" }] });
  now = now.add({ hours: 24 * 3 });
  expect(JSON.stringify(await bill())).toBe(first);

  await db.transaction((sql) => recordReadings(sql, [aReading(run, 2, 1, 2)]));
  const second = await bill();
  expect(second).toMatchObject({ number: 2, total: "108.00", charged: "120.00", cash: "-12.00" });
  expect(second["parts"]).toMatchObject([{ agreementRevision: 1 }]);
  const bills = await hub.ask("GET", `/v1/tenants/${tenant}/bills?month=2026-06`, {
    key: hub.operator,
  });
  expect(await bills.json()).toEqual({ items: [JSON.parse(first), second] });
  const [counter] = await db.sql<{ happened: string; amount: bigint }>`
    select to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD') as happened, amount
    from transfers where fact = ${`adjust-tenant-down/${tenant}/2026-06/2`}`;
  expect(counter).toEqual({ happened: "2026-07-05", amount: 6_000_000n }); // open, and not in June
  expect(await audited()).toEqual([]);
});

test.each([
  ["once", 1],
  ["each time that it is rated", 9],
])("readings that come while a month is rated, %s, are in its bill", async (_, times) => {
  const run = await aChargedRun();
  await agree({ discounts: [{ off: "0.5" }] });
  let number = 1;
  const busy: Hub = {
    ...hub.hub,
    db: {
      ...db,
      transaction: async (work, options) => {
        const done = await db.transaction(work, options);
        if (options?.readOnly && number <= times) {
          number += 1;
          const late = aReading(run, number, number - 1, number);
          await db.transaction((sql) => recordReadings(sql, [late]));
        }
        return done;
      },
    },
  };
  const made = await billMonth(busy, { tenant, month, by });
  const hours = number; // the last of them came before the books were held, or there were no more
  expect(made).toMatchObject({ number: 1, charged: yuan(60 * hours), total: yuan(30 * hours) });
  expect(await billMonth(hub.hub, { tenant, month, by })).toEqual(made);
  expect(await audited()).toEqual([]);
});

test("several who bill one month at once make one bill", async () => {
  await aChargedRun();
  await agree({ discounts: [{ off: "0.1" }] });
  const bills = await Promise.all([bill(), bill(), bill(), bill()]);
  for (const one of bills) expect(one).toEqual(bills[0]);
  expect(await standing()).toMatchObject({ prepaid: "946.00" });
});

test("Lago #4642: a month billed anew after each late reading drifts by nothing", async () => {
  const run = await aChargedRun();
  await agree({ discounts: [{ off: "0.333333" }] });
  for (let number = 2; number < 9; number++) {
    await bill();
    const reading = aReading(run, number, number - 1, number - 1 + 1 / 7);
    await db.transaction((sql) => recordReadings(sql, [reading]));
  }
  const last = await bill();
  expect(last).toMatchObject({ number: 8 });
  const { total: billed, charged, cash } = last as Record<string, string>;
  const of = (text: string | undefined) => parseYuan(text!)!;
  expect(of(billed) - of(charged)).toBe(of(cash));
  const { prepaid } = await standing();
  expect(of(prepaid)).toBe(yuan(1000) - of(billed)); // as if it had been billed once
  expect(await audited()).toEqual([]);
});

describe("what has no price", () => {
  const use = async () => {
    const [from, to] = [at(0).toString(), at(1).toString()];
    const reading = { number: "1", from, to, quantity: "3600" };
    const meter = { source: "disk", tenant, resource: `vol-${tenant}`, measure: "storage" };
    const series = [{ ...meter, basis: "used", readings: [reading] }];
    now = at(2); // not late
    await world.post("/v1/meter-readings", { series }, world.keys.provider);
    now = Temporal.Instant.from("2026-07-02T00:00:00Z");
  };

  test("is told by name, and the month is not billed before it has one or is free", async () => {
    await aChargedRun();
    await use();
    await agree({});
    const { code, detail } = await billRefused();
    expect(code).toBe("unpriced");
    expect(detail).toContain(`${tenant}: cards, revision `);
    expect(detail).toMatch(
      /storage \(used\), 3600 MiB·second from 2026-06-10T00:00:00Z to .*01:00/,
    );
    expect(detail).toContain("with its measure in free");
    const preview = `/v1/tenants/${tenant}/price-preview`;
    const asked = { month: "2026-06", offers: [{ list: "cards" }] };
    expect((await world.post(preview, asked))["offers"]).toMatchObject([
      { unpriced: [{ measure: "storage", basis: "used", quantity: "3600", why: "no-item" }] },
    ]);
    expect(await standing()).toMatchObject({ prepaid: "940.00" });

    await putApproved(world, "/v1/price-lists/cards", theList([item], { free: ["storage"] }));
    expect(await bill()).toMatchObject({ total: "60.00", unpriced: [] });
    await putApproved(world, "/v1/price-lists/cards", theList([item]));
  });

  test("and came after the bill is told in the next, which bills the rest", async () => {
    await aChargedRun();
    await agree({});
    await bill();
    await use();
    expect(await bill()).toMatchObject({
      ...{ number: 2, total: "60.00" },
      unpriced: [{ measure: "storage", quantity: "3600" }],
    });
  });

  test("keeps its tenant's month from being billed, not those of others", async () => {
    await aChargedRun();
    await use();
    await agree({});
    const unpriced = tenant;
    tenant = asId(`t-${uuidv7().slice(-12)}`);
    await world.post(`PUT /v1/tenants/${tenant}`, { name: tenant });
    await agree({ minimum: "0" });
    const told = await unpricedIn(db.sql, { month });
    expect(told.map((one) => one.tenant)).toContain(unpriced);
    for (const _again of [1, 2]) {
      await expect(billMonths(hub.hub, { month, by })).rejects.toMatchObject({ code: "unpriced" });
      expect(await billsOf(db.sql, { tenant, month })).toHaveLength(1);
      expect(await billsOf(db.sql, { tenant: unpriced, month })).toEqual([]);
    }
  });
});

describe("months that packages are carried from", () => {
  const pack = {
    ...{ id: "ten", name: { en: "Ten", zh: "十" }, price: "50", quantity: "10" },
    ...{ items: ["hour"], carryMonths: null },
  };
  const packages = [{ package: "ten", from: "2026-05", to: "2026-05" }];
  beforeEach(async () => {
    await putApproved(world, "/v1/price-lists/cards", theList([item], { packages: [pack] }));
    await aChargedRun();
    await agree({ from: "2026-05-01", packages });
    return () => putApproved(world, "/v1/price-lists/cards", theList([item]));
  });

  test("are billed first; a list that sells them no more changes nothing of them", async () => {
    expect(await billRefused()).toMatchObject({ code: "wrong-state" });
    await world.post(`/v1/tenants/${tenant}/bills`, { month: "2026-05" });
    expect(await bill()).toMatchObject({ total: "0.00", charged: "60.00" });
    await putApproved(world, "/v1/price-lists/cards", theList([item]));
    expect(await bill()).toMatchObject({ number: 1, total: "0.00" });
  });

  test("are billed with it when all are", async () => {
    await billMonths(hub.hub, { month, by }).catch(() => undefined); // others have no price
    const may = await billsOf(db.sql, { tenant, month: month.subtract({ months: 1 }) });
    expect(may).toMatchObject([{ number: 1, total: yuan(50) }]);
    expect(await billsOf(db.sql, { tenant, month })).toMatchObject([{ total: 0n }]);
  });
});

test("a package that the list does not sell keeps the month from being billed", async () => {
  const pack = {
    ...{ id: "ten", name: { en: "Ten", zh: "十" }, price: "50", quantity: "10" },
    ...{ items: ["hour"] },
  };
  await putApproved(world, "/v1/price-lists/cards", theList([item], { packages: [pack] }));
  await agree({ packages: [{ package: "ten", from: "2026-06" }] });
  await putApproved(world, "/v1/price-lists/cards", theList([item]));
  const told = await billRefused();
  expect(told.code).toBe("unpriced");
  expect(told.detail).toContain("sells no package ten, which the agreement buys");
});

test("broken off before its end, an approval left nothing; then it is given once", async () => {
  const { revision } = await world.post(`PUT /v1/tenants/${tenant}/agreement`, {
    ...{ list: "cards", from: "2026-06-01" },
  });
  const broken: Hub = {
    ...hub.hub,
    db: {
      ...db,
      transaction: (work) =>
        db.transaction(async (sql) => {
          await work(sql);
          throw new Error("broken off");
        }),
    },
  };
  const asked = { tenant, revision: Number(revision), by };
  await expect(approveAgreement(broken, asked)).rejects.toThrow("broken off");
  await expect(
    putAgreement(broken, { ...asked, agreement: plainAgreement(asId("cards")) }),
  ).rejects.toThrow("broken off");
  expect(await billRefused()).toMatchObject({ code: "not-found" });
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => approveAgreement(hub.hub, asked)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await bill()).toMatchObject({ number: 1 });
});
