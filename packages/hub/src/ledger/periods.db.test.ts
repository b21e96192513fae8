import { accounts } from "@wadi/core/ledger";
import { asId, microYuan, yuan, type HoldId, type TenantId } from "@wadi/core/units";
import { problem, proofRoutes } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";

import { connectDb, type Db } from "../db/index.ts";
import { createTestDatabase, testDb } from "../testing/index.ts";
import { testApp, testClock } from "../testing/test-app.ts";
import { auditJournal, placeHolds, postTransfers, serveLedger } from "./index.ts";
import { findAccounts, readHead } from "./store.ts";

const db = await testDb();
const clock = testClock(Temporal.Instant.from("2026-12-05T02:00:00Z"));
const { ask, operator, keyOf } = await testApp(db, {
  clock,
  serveMore: (app) => serveLedger(app, app.hub),
});
const second = await keyOf("operator");
await keyOf("member"); // opens the tenant "acme"
const acme: TenantId = asId("acme");
const inMonth = Temporal.Instant.from("2026-11-30T15:59:59Z"); // in Shanghai its last second

const put = (path: string, body: unknown, key = operator) => ask("PUT", path, { key, body });
const post = (path: string, body: unknown, { key = operator, once = uuidv7() } = {}) =>
  ask("POST", path, { key, body, headers: { "idempotency-key": once } });
const codeOf = async (reply: Response) =>
  `${reply.status} ${problem.parse(await reply.json()).code}`;
const bodyOf = async (reply: Response) => {
  expect(reply.status).toBeLessThan(300);
  return (await reply.json()) as Record<string, unknown>;
};
const topUp = async (amount: string) =>
  (await bodyOf(await post("/v1/tenants/acme/top-ups", { amount })))["id"] as string;
const balance = async (path: string, on: Db = db) => {
  const [account] = await findAccounts(on.sql, [asId(path)]);
  return account ? account.credits - account.debits : 0n;
};
const audit = (on: Db = db) => on.transaction(auditJournal, { isolation: "repeatable read" });
const problems = async (on: Db = db) => (await audit(on)).checks.flatMap((check) => check.problems);
const past = (fact: string, happenedAt = inMonth) => ({
  ...{ kind: "top-up" as const, from: accounts.bank(), to: accounts.prepaid(acme) },
  ...{ amount: yuan(1), hold: null, job: null, run: null, note: "", fact, happenedAt },
});

beforeAll(async () => {
  await bodyOf(await put("/v1/ledger/periods/2026-11", {}));
});

test("a month is closed once, in order, when it is over, with the journal's head", async () => {
  const again = await bodyOf(await put("/v1/ledger/periods/2026-11", {}));
  expect(again).toMatchObject({ month: "2026-11", until: "2026-11-30T16:00:00Z", seq: "0" });
  expect(await codeOf(await put("/v1/ledger/periods/2026-10", {}))).toBe("409 wrong-state");
  expect(await codeOf(await put("/v1/ledger/periods/2026-12", {}))).toBe("409 wrong-state");
  expect(await codeOf(await put("/v1/ledger/periods/2026-13", {}))).toBe("422 invalid-request");
  const zone = { timeZone: "Asia/Peking" };
  expect(await codeOf(await put("/v1/ledger/periods/2027-01", zone))).toBe("422 invalid-request");
  const { items } = proofRoutes.listPeriods.reply.parse(
    await (await ask("GET", "/v1/ledger/periods", { key: operator })).json(),
  );
  expect(items.map(({ month }) => month)).toEqual(["2026-11"]);
});

test("in a closed month nobody posts; what runs cause goes to the open one", async () => {
  const post_ = (...transfers: Parameters<typeof postTransfers>[1][number]) =>
    db.transaction((sql) => postTransfers(sql, [transfers], clock.now()));
  const [late, first] = [past(`late/${uuidv7()}`), past(`first/${uuidv7()}`)];
  expect((await post_(late)).outcomes).toMatchObject([
    { kind: "refused", reason: { code: "period-closed" } },
  ]);
  const until = Temporal.Instant.from("2026-11-30T16:00:00Z");
  expect((await post_({ ...first, happenedAt: until })).outcomes[0]!.kind).toBe("posted");

  await topUp("5");
  const hold = {
    ...{ id: asId<HoldId>(uuidv7()), tenant: acme, job: asId<never>(uuidv7()) },
    ...{ cash: microYuan(3n), voucher: null, at: inMonth },
  };
  expect(await db.transaction((sql) => placeHolds(sql, [hold]))).toEqual([{ kind: "held" }]);
  expect(await db.transaction((sql) => placeHolds(sql, [hold]))).toEqual([{ kind: "held" }]);
  const { found } = await audit();
  expect(found.problems).toEqual([]);
});

test("a mistake is undone by a counter-entry that a second person approves", async () => {
  const wrong = await topUp("1000");
  const before = await balance("prepaid/acme");
  const body = { transfer: wrong, reason: "a nought too many" };
  const { id } = await bodyOf(await post("/v1/ledger/corrections", body));
  expect(await codeOf(await post("/v1/ledger/corrections", body))).toBe("409 already-exists");
  expect(await balance("prepaid/acme")).toBe(before);

  const decision = `/v1/ledger/corrections/${String(id)}/decision`;
  const approve = { decision: "approve" };
  expect(await codeOf(await put(decision, approve))).toBe("409 needs-another-person");
  const done = await bodyOf(await put(decision, approve, second));
  expect(done).toMatchObject({ state: "posted", reason: "a nought too many" });
  expect(await balance("prepaid/acme")).toBe(before - yuan(1000));
  expect(await bodyOf(await put(decision, approve, second))).toEqual(done);
  expect(await codeOf(await put(decision, { decision: "decline" }, second))).toBe(
    "409 wrong-state",
  );

  const { items } = await bodyOf(await ask("GET", "/v1/ledger/transfers", { key: operator }));
  const line = (items as Record<string, unknown>[]).find((one) => one["id"] === done["posted"]);
  expect(line).toMatchObject({
    kind: "withdraw",
    note: `corrects ${wrong}: a nought too many`,
    happenedAt: clock.now().toString({ smallestUnit: "millisecond" }).replace(".000Z", "Z"),
  });
  expect(await problems()).toEqual([]);
});

test("asked for again under the same key, it is the same correction", async () => {
  const body = { transfer: await topUp("3"), reason: "typed twice" };
  const askFor = () => post("/v1/ledger/corrections", body, { once: "slip-12" });
  const first = await bodyOf(await askFor());
  expect(await bodyOf(await askFor())).toMatchObject({ id: first["id"], state: "asked" });
  expect(await codeOf(await post("/v1/ledger/corrections", body))).toBe("409 already-exists");
});

test("a correction that was declined may be asked for again", async () => {
  const transfer = await topUp("7");
  const askFor = () => post("/v1/ledger/corrections", { transfer, reason: "wrong tenant" });
  const { id } = await bodyOf(await askFor());
  const decline = { decision: "decline" };
  const path = `/v1/ledger/corrections/${String(id)}/decision`;
  expect(await bodyOf(await put(path, decline, second))).toMatchObject({ state: "declined" });
  await bodyOf(await askFor());
  const nothing = { transfer: uuidv7(), reason: "none" };
  expect(await codeOf(await post("/v1/ledger/corrections", nothing))).toBe("404 not-found");
  const { items } = await bodyOf(await ask("GET", "/v1/ledger/corrections", { key: operator }));
  const states = (items as Record<string, unknown>[])
    .filter((one) => one["transfer"] === transfer)
    .map((one) => one["state"]);
  expect(states).toEqual(["declined", "asked"]);
});

test("the audit finds what was put into a closed month behind the hub's back", async () => {
  const { url, drop } = await createTestDatabase();
  const forged = connectDb(url);
  try {
    await forged.transaction((sql) => postTransfers(sql, [[past("before")]], clock.now()));
    const { seq } = await readHead(forged.sql);
    await forged.sql`
      insert into closed_periods (month, until, seq, hash, closed_at, closed_by)
      select '2026-11', ${Temporal.Instant.from("2026-11-30T16:00:00Z")}, seq, hash, now(), 'k'
      from journal_head`;
    expect(await problems(forged)).toEqual([]);
    await forged.transaction((sql) => postTransfers(sql, [[past("behind")]], clock.now()));
    expect(await problems(forged)).toEqual([
      `transfer ${seq + 1n}: happened in 2026-11, which was closed by then`,
    ]);
  } finally {
    await forged.close();
    await drop();
  }
});
