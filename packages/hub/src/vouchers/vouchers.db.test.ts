import { asId, noMoney, yuan, type HoldId, type TenantId } from "@wadi/core/units";
import { moneyRoutes, problem } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";

import { breachesIn, placeHolds, releaseHolds } from "../ledger/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { expireVouchers, serveVouchers, vouchersOf } from "./index.ts";

const db = await testDb();
const { ask, operator, keyOf, hub, clock } = await testApp(db, {
  serveMore: (app) => serveVouchers(app, app.hub),
});
const officer = await keyOf("programme-officer"); // of the fund "city"
await keyOf("member"); // opens the tenant "acme"

interface Send {
  readonly body: unknown;
  readonly key?: string;
  readonly once?: string;
}
const send = (method: string, path: string, { body, key = officer, once = uuidv7() }: Send) =>
  ask(method, path, { key, body, headers: { "idempotency-key": once } });
const codeOf = async (response: Response) =>
  `${response.status} ${problem.parse(await response.json()).code}`;
const bodyOf = async (response: Response) => {
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as Record<string, never>;
};

const spec = (differs: object = {}) => ({
  fund: "city",
  name: "AI for all",
  rate: "0.3",
  capPerTenant: "1000.00",
  expiresAt: clock.now().add({ hours: 240 }).toString(),
  ...differs,
});
const openTenant = async () => {
  const tenant = asId<TenantId>(`t-${uuidv7().slice(-12)}`);
  await ask("PUT", `/v1/tenants/${tenant}`, { key: operator, body: { name: "Of a test" } });
  return tenant;
};
const openProgramme = async (differs: object = {}) => {
  const id = `p-${uuidv7().slice(-12)}`;
  await bodyOf(await send("PUT", `/v1/programmes/${id}`, { body: spec(differs) }));
  return id;
};
const grant = (id: string, tenant: string, amount: string, once = uuidv7()) =>
  send("POST", `/v1/programmes/${id}/grants`, { body: { tenant, amount }, once });
const usable = (tenant: TenantId) =>
  vouchersOf(db.sql, [tenant], clock.now()).then((all) => all.get(tenant));

beforeAll(async () => {
  await bodyOf(await send("PUT", "/v1/funds/city", { key: operator, body: { name: "City" } }));
  await bodyOf(
    await send("PUT", "/v1/funds/village", { key: operator, body: { name: "Village" } }),
  );
  const body = { amount: "1000000", note: "budget of the year" };
  await bodyOf(await send("POST", "/v1/funds/city/appropriations", { key: operator, body }));
});

describe("a fund", () => {
  test("is given money once for one key, and another amount under it is refused", async () => {
    const path = "/v1/funds/village/appropriations";
    const once = uuidv7();
    const body = { amount: "5.00", note: "a gift" };
    const first = await bodyOf(await send("POST", path, { key: operator, body, once }));
    const again = await bodyOf(await send("POST", path, { key: operator, body, once }));
    expect(again).toEqual(first);
    expect(first).toMatchObject({ kind: "appropriate", book: "fund/village", note: "a gift" });
    const other = { amount: "6.00", note: "a gift" };
    const refused = await send("POST", path, { key: operator, body: other, once });
    expect(await codeOf(refused)).toBe("409 key-reused");
  });

  test("is given whole fen, and no more than can be counted", async () => {
    const path = "/v1/funds/village/appropriations";
    for (const amount of ["0.001", "5000000000000"]) {
      const refused = await send("POST", path, { key: operator, body: { amount } });
      expect(await codeOf(refused)).toBe("422 invalid-request");
    }
    const nowhere = "/v1/funds/nowhere/appropriations";
    expect(
      await codeOf(await send("POST", nowhere, { key: operator, body: { amount: "1" } })),
    ).toBe("404 not-found");
  });
});

describe("a programme", () => {
  test("keeps its versions; the same again makes none", async () => {
    const id = await openProgramme();
    const path = `/v1/programmes/${id}`;
    const same = await bodyOf(await send("PUT", path, { body: spec() }));
    const changed = await bodyOf(await send("PUT", path, { body: spec({ rate: "0.5" }) }));
    expect([same["version"], changed["version"]]).toEqual([1, 2]);
    const rows = await db.sql<{ rate: bigint }>`
      select rate from programme_versions where programme = ${id} order by version`;
    expect(rows.map(({ rate }) => rate)).toEqual([300_000n, 500_000n]);
  });

  test("belongs to its officer's fund, and stays with it", async () => {
    const id = await openProgramme();
    const path = `/v1/programmes/${id}`;
    const foreign = await send("PUT", path, { body: spec({ fund: "village" }) });
    expect(await codeOf(foreign)).toBe("422 invalid-request");
    const moved = await send("PUT", path, { key: operator, body: spec({ fund: "village" }) });
    expect(await codeOf(moved)).toBe("409 already-exists");

    const village = await keyOf("programme-officer", { scope: { fund: "village" } });
    const theirs = await ask("POST", `${path}/grants`, {
      key: village,
      body: { tenant: "acme", amount: "1" },
      headers: { "idempotency-key": uuidv7() },
    });
    expect(await codeOf(theirs)).toBe("404 not-found");
  });

  test("is listed with what became of its money", async () => {
    const id = await openProgramme();
    const tenant = await openTenant();
    await bodyOf(await grant(id, tenant, "100"));
    const listed = await bodyOf(await ask("GET", "/v1/programmes?limit=1000", { key: officer }));
    const { items } = moneyRoutes.listProgrammes.reply.parse(listed);
    expect(items.find((one) => one.id === id)).toMatchObject({
      version: 1,
      granted: yuan(100),
      reserved: noMoney,
      redeemed: noMoney,
      expired: noMoney,
    });
  });
});

describe("a grant", () => {
  test("is given up to the cap of all grants together", async () => {
    const id = await openProgramme();
    const tenant = await openTenant();
    await bodyOf(await grant(id, tenant, "600"));
    expect(await codeOf(await grant(id, tenant, "400.01"))).toBe("422 exceeds-cap");
    await bodyOf(await grant(id, tenant, "400"));
    expect(await usable(tenant)).toMatchObject({ programme: id, available: yuan(1000) });
  });

  test("asked for many times at once is given once below the cap", async () => {
    const id = await openProgramme();
    const tenant = await openTenant();
    const answers = await Promise.all(Array.from({ length: 12 }, () => grant(id, tenant, "600")));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await usable(tenant)).toMatchObject({ available: yuan(600) });
  });

  test("repeated under its key is the same one, though the programme is over by then", async () => {
    const id = await openProgramme({ expiresAt: clock.now().add({ hours: 1 }).toString() });
    const tenant = await openTenant();
    const once = uuidv7();
    const first = await bodyOf(await grant(id, tenant, "1000", once));
    expect(await bodyOf(await grant(id, tenant, "1000", once))).toEqual(first);
    clock.turn({ hours: 2 });
    expect(await bodyOf(await grant(id, tenant, "1000", once))).toEqual(first);
    expect(await codeOf(await grant(id, tenant, "999", once))).toBe("409 key-reused");
    expect(await codeOf(await grant(id, tenant, "1"))).toBe("422 programme-expired");
  });

  test("is refused where the fund, the tenant or the programme does not suffice", async () => {
    const id = await openProgramme({ capPerTenant: "2000000" });
    const tenant = await openTenant();
    expect(await codeOf(await grant(id, tenant, "1500000"))).toBe("409 insufficient-funds");
    expect(await codeOf(await grant(id, "nobody", "1"))).toBe("422 invalid-request");
    expect(await codeOf(await grant("nothing", tenant, "1"))).toBe("404 not-found");
    expect(await codeOf(await grant(id, tenant, "0.001"))).toBe("422 invalid-request");
  });
});

describe("what is not used in time", () => {
  const setUp = async () => {
    await expireVouchers(hub); // of the tests before
    const id = await openProgramme({ expiresAt: clock.now().add({ hours: 1 }).toString() });
    const tenant = await openTenant();
    await bodyOf(await grant(id, tenant, "100"));
    return { id, tenant };
  };

  test("expires, once, however often and by however many hubs it is swept", async () => {
    const { tenant } = await setUp();
    const before = await expireVouchers(hub);
    expect(before).toBe(noMoney);
    clock.turn({ hours: 1 });
    expect(await usable(tenant)).toBeUndefined();
    const swept = await Promise.all([1, 2, 3, 4].map(() => expireVouchers(hub)));
    expect(swept.filter((amount) => amount > 0n)).toEqual([yuan(100)]);
    expect(await expireVouchers(hub)).toBe(noMoney);
  });

  test("but was reserved is honoured; released later, it expires then", async () => {
    const { id, tenant } = await setUp();
    const hold = asId<HoldId>(uuidv7());
    const job = asId<never>(hold);
    const voucher = { fund: asId<never>("city"), programme: asId<never>(id), amount: yuan(30) };
    await db.transaction((sql) =>
      placeHolds(sql, [{ id: hold, tenant, job, cash: noMoney, voucher, at: clock.now() }]),
    );
    clock.turn({ hours: 1 });
    expect(await expireVouchers(hub)).toBe(yuan(70));
    const release = {
      ...{ hold, job, tenant, cash: noMoney, voucher: yuan(30), programme: asId<never>(id) },
      fact: `release/${job}`,
      at: clock.now(),
    };
    await db.transaction((sql) => releaseHolds(sql, [release]));
    expect(await expireVouchers(hub)).toBe(yuan(30));
    expect(await expireVouchers(hub)).toBe(noMoney);
  });

  test("of several vouchers, the one that expires first is the one to use", async () => {
    const tenant = await openTenant();
    const later = await openProgramme({ expiresAt: clock.now().add({ hours: 9 }).toString() });
    const sooner = await openProgramme({ expiresAt: clock.now().add({ hours: 5 }).toString() });
    await bodyOf(await grant(later, tenant, "10"));
    await bodyOf(await grant(sooner, tenant, "10"));
    expect(await usable(tenant)).toMatchObject({ programme: sooner, available: yuan(10) });
    clock.turn({ hours: 5 });
    expect(await usable(tenant)).toMatchObject({ programme: later });
  });
});

test("after all of this the laws of the books hold", async () => {
  expect(await db.transaction(breachesIn, { isolation: "repeatable read" })).toEqual([]);
});
