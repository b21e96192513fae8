import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, microYuan, parseYuan, yuan, type HoldId, type TenantId } from "@wadi/core/units";
import * as fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, test } from "vitest";

import { connectDb, identifier, type Db, type Sql } from "../db/index.ts";
import { createTestDatabase, testDb } from "../testing/index.ts";

import { auditJournal, breachesIn, placeHolds, postTransfers, releaseHolds } from "./index.ts";
import { seqBefore } from "./line-store.ts";
import { findAccounts, readHead } from "./store.ts";

const db = await testDb();
const start = Temporal.Instant.from("2026-03-01T00:00:00Z");
let acme: TenantId;
beforeEach(() => {
  acme = asId(`acme-${uuidv7().slice(-12)}`);
});

const topUp = (amount: bigint, fact = `top-up/${uuidv7()}`): Transfer => ({
  kind: "top-up",
  from: accounts.bank(),
  to: accounts.prepaid(acme),
  amount: microYuan(amount),
  hold: null,
  fact,
  note: "",
  job: null,
  run: null,
  happenedAt: start,
});

const aHold = (cash: bigint, id = asId<HoldId>(uuidv7())) => ({
  id,
  tenant: acme,
  job: asId<never>(id),
  cash: microYuan(cash),
  voucher: null,
  at: start,
});

const post = (...groups: Transfer[][]) =>
  db.transaction((sql) => postTransfers(sql, groups, start)).then(({ outcomes }) => outcomes);
const hold = (...holds: ReturnType<typeof aHold>[]) =>
  db.transaction((sql) => placeHolds(sql, holds));
const balance = async (path: string, on: Db = db) => {
  const [account] = await findAccounts(on.sql, [asId(path)]);
  return account ? account.credits - account.debits : 0n;
};
/** A statement that only a test would write. */
const run = (on: Db, text: string) => on.sql(Object.assign([text], { raw: [text] }));
const audit = (on: Db = db) =>
  on.transaction(auditJournal, { isolation: "repeatable read", readOnly: true });
const problemsIn = async (on: Db = db) =>
  (await audit(on)).checks.flatMap(({ problems }) => problems);

describe("posting", () => {
  test("changes both accounts, the journal and its head", async () => {
    const before = await readHead(db.sql);
    const [outcome] = await post([topUp(500n)]);
    const after = await readHead(db.sql);
    expect(outcome).toMatchObject({ kind: "posted", lines: [{ seq: before.seq + 1n }] });
    expect(after.seq).toBe(before.seq + 1n);
    expect(after.hash).not.toBe(before.hash);
    expect(await balance(`prepaid/${acme}`)).toBe(500n);
    expect(await problemsIn()).toEqual([]);
  });

  test("the same fact again changes nothing, in another call or in the same", async () => {
    const one = topUp(500n);
    const [first] = await post([one]);
    const [second] = await post([one]);
    const [third, fourth] = await post(
      [topUp(1n, "twice/in/one/call")],
      [topUp(1n, "twice/in/one/call")],
    );
    expect(second).toEqual({ ...first, kind: "repeated" });
    expect([third!.kind, fourth!.kind]).toEqual(["posted", "repeated"]);
    expect(await balance(`prepaid/${acme}`)).toBe(501n);
  });

  test("24 h idempotency expiry double-charges: a fact is known after years as well", async () => {
    const one = topUp(500n);
    await post([one]);
    const late = start.add({ hours: 24 * 3650 });
    const { outcomes } = await db.transaction((sql) =>
      postTransfers(sql, [[{ ...one, happenedAt: late }]], late),
    );
    expect(outcomes[0]!.kind).toBe("repeated");
    expect(await balance(`prepaid/${acme}`)).toBe(500n);
  });

  test("the same fact with another content is refused, whatever differs", async () => {
    const one = topUp(500n);
    await post([one]);
    const others: Transfer[] = [
      { ...one, amount: microYuan(501n) },
      { ...one, to: accounts.prepaid(asId("someone-else")) },
      { ...one, note: "by another name" },
      { ...one, job: asId(uuidv7()) },
    ];
    const outcomes = await post(...others.map((other) => [other]));
    expect(outcomes).toEqual(others.map(() => ({ kind: "key-reused", fact: one.fact })));
    expect(await balance(`prepaid/${acme}`)).toBe(500n);
  });

  test("a group of which a part was posted before is refused whole", async () => {
    const one = topUp(500n);
    await post([one]);
    const [outcome] = await post([one, topUp(1n)]);
    expect(outcome!.kind).toBe("key-reused");
    expect(await balance(`prepaid/${acme}`)).toBe(500n);
  });

  test("what the hub knew never goes back in time, though its clock does", async () => {
    const [late] = await db
      .transaction((sql) => postTransfers(sql, [[topUp(1n)]], start.add({ hours: 1 })))
      .then(({ outcomes }) => outcomes);
    const [early] = await post([topUp(1n)]);
    expect(late).toMatchObject({ lines: [{ knownAt: start.add({ hours: 1 }) }] });
    expect(early).toMatchObject({ lines: [{ knownAt: start.add({ hours: 1 }) }] });
  });

  test("times finer than a microsecond are cut, and the chain holds", async () => {
    const fine = Temporal.Instant.from("2026-03-01T05:00:00.123456789Z");
    await db.transaction((sql) => postTransfers(sql, [[{ ...topUp(1n), happenedAt: fine }]], fine));
    expect(await problemsIn()).toEqual([]);
  });
});

describe("holds", () => {
  test("many clients and money for one: exactly one succeeds", async () => {
    await post([topUp(100n)]);
    const outcomes = await Promise.all(Array.from({ length: 24 }, () => hold(aHold(100n))));
    const kinds = outcomes.flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "held")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "refused")).toHaveLength(23);
    expect(await balance(`held/${acme}`)).toBe(100n);
    expect(await balance(`prepaid/${acme}`)).toBe(0n);
  });

  test("budget overrun by concurrency: batches at once never hold more than there is", async () => {
    await post([topUp(1000n)]);
    const batches = Array.from({ length: 12 }, () => Array.from({ length: 10 }, () => aHold(17n)));
    const outcomes = (await Promise.all(batches.map((batch) => hold(...batch)))).flat();
    expect(outcomes.filter(({ kind }) => kind === "held")).toHaveLength(58); // 58 × 17 = 986
    expect(await balance(`prepaid/${acme}`)).toBe(14n);
  });

  test("each is judged after the ones before it, and says what is missing", async () => {
    await post([topUp(10_000_000n)]);
    const outcomes = await hold(aHold(6_000_000n), aHold(5_000_000n), aHold(4_000_000n), aHold(0n));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["held", "refused", "held", "held"]);
    expect(outcomes[1]).toEqual({
      kind: "refused",
      code: "exceeds-balance",
      facts: {
        account: `prepaid/${acme}`,
        needed: "5.00",
        available: "4.00",
        cash: "5.00",
        voucher: "0.00",
      },
      detail: "It can cost up to 5.00 yuan in cash; 4.00 are free. Top up 1.00 or set maxCost.",
    });
  });

  test("are released in parts, each fact once", async () => {
    await post([topUp(100n)]);
    const placed = aHold(100n);
    await hold(placed);
    const release = (fact: string, cash: bigint) => ({
      hold: placed.id,
      fact,
      tenant: acme,
      job: placed.job,
      cash: microYuan(cash),
      voucher: microYuan(0n),
      programme: null,
      at: start,
    });
    const some = [release(`release/a/${acme}`, 30n), release(`release/b/${acme}`, 20n)];
    for (let i = 0; i < 3; i += 1) await db.transaction((sql) => releaseHolds(sql, some));
    expect(await balance(`held/${acme}`)).toBe(50n);
    const tooMuch = [release(`release/c/${acme}`, 51n)];
    await expect(db.transaction((sql) => releaseHolds(sql, tooMuch))).rejects.toThrow(
      /has 50 micro-yuan/,
    );
    expect(await db.transaction(breachesIn, { isolation: "repeatable read" })).toEqual([]);
  });
});

test("a command sent 1 to 10 times, in any order, leaves the same balances", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          amount: fc.integer({ min: 1, max: 99 }),
          times: fc.integer({ min: 1, max: 10 }),
        }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      fc.infiniteStream(fc.nat()),
      async (commands, chance) => {
        acme = asId(`t-${uuidv7().slice(-12)}`);
        const posted = commands.map(({ amount, times }) => ({ one: topUp(BigInt(amount)), times }));
        const sent = posted
          .flatMap(({ one, times }) => Array.from({ length: times }, () => one))
          .map((one) => ({ one, place: chance.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place);
        const half = Math.ceil(sent.length / 2);
        await Promise.all([
          post(...sent.slice(0, half).map(({ one }) => [one])),
          post(...sent.slice(half).map(({ one }) => [one])),
        ]);
        const sum = commands.reduce((all, { amount }) => all + BigInt(amount), 0n);
        expect(await balance(`prepaid/${acme}`)).toBe(sum);
      },
    ),
    { numRuns: 25 },
  );
});

describe("a transaction that breaks off", () => {
  const tables = ["transfers", "accounts", "holds", "journal_head"];
  const snapshot = async () => {
    const rows = await Promise.all(
      tables.map((table) => db.sql`select * from ${identifier(table)}`),
    );
    return JSON.stringify(rows, (_, value: unknown) =>
      typeof value === "bigint" ? `${value}` : value,
    );
  };

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("before its statement %d leaves nothing", async (last) => {
    await post([topUp(100n)]);
    const before = await snapshot();
    const broken = db.transaction(async (sql) => {
      let count = 0;
      const failing = ((...given: Parameters<Sql>) => {
        count += 1;
        if (count >= last) return Promise.reject(new Error("the power went"));
        return sql(...given);
      }) as Sql;
      await postTransfers(failing, [[topUp(5n)]], start);
      const { id, tenant, job, cash, voucher, at } = aHold(7n);
      await placeHolds(failing, [{ id, tenant, job, cash, voucher, at }]);
      throw new Error("the power went");
    });
    await expect(broken).rejects.toThrow("the power went");
    expect(await snapshot()).toBe(before);
  });
});

test("Medici, floats and cached balances: 0.1 and 0.2 make 0.3; totals are made anew", async () => {
  const { url, drop } = await createTestDatabase();
  const fresh = connectDb(url);
  try {
    const [one, two] = [parseYuan("0.1")!, parseYuan("0.2")!];
    await fresh.transaction((sql) => postTransfers(sql, [[topUp(one)], [topUp(two)]], start));
    expect(await balance(`prepaid/${acme}`, fresh)).toBe(parseYuan("0.3"));
    const before = await findAccounts(fresh.sql, [asId("bank"), asId(`prepaid/${acme}`)]);
    const { found } = await audit(fresh);
    for (const { path, debits, credits } of before) {
      expect(found.accounts.get(path)).toMatchObject({ debits, credits });
    }
  } finally {
    await fresh.close();
    await drop();
  }
});

test("any instant finds the last line that the hub knew before it", async () => {
  const { url, drop } = await createTestDatabase();
  const fresh = connectDb(url);
  try {
    const steps = [0, 0, 1, 1, 1, 5, 5, 20, 21, 21];
    for (const seconds of steps) {
      const now = start.add({ seconds });
      await fresh.transaction((sql) => postTransfers(sql, [[topUp(1n)], [topUp(1n)]], now));
    }
    const known = steps.flatMap((seconds) => [seconds, seconds]);
    for (const seconds of [-1, 0, 0.5, 1, 2, 5, 20, 20.5, 21, 22]) {
      const at = start.add({ milliseconds: seconds * 1000 });
      const expected = known.filter((one) => one < seconds).length;
      expect(await seqBefore(fresh.sql, at)).toBe(BigInt(expected));
    }
  } finally {
    await fresh.close();
    await drop();
  }
});

describe("the database itself", () => {
  test.each(["update transfers set amount = 1", "delete from transfers", "truncate transfers"])(
    "refuses to %s",
    async (statement) => {
      await post([topUp(1n)]);
      await expect(run(db, statement)).rejects.toThrow(/append-only|only ever added/);
    },
  );
});

describe("the audit", () => {
  const planted: [string, string, RegExp][] = [
    [
      "an amount was changed",
      "update transfers set amount = amount + 1 where seq = 2",
      /transfer 2: does not have the hash/,
    ],
    [
      "a time was changed",
      "update transfers set happened_at = now() where seq = 3",
      /transfer 3: does not have the hash/,
    ],
    [
      "a note was added",
      "update transfers set note = 'for a friend' where seq = 1",
      /transfer 1: does not have the hash/,
    ],
    ["a line was dropped", "delete from transfers where seq = 2", /transfer 3: follows 1/],
    [
      "the last line was dropped",
      "delete from transfers where seq = 4",
      /the last transfer is 3 .* the head says 4/,
    ],
    [
      "two lines changed places",
      "update transfers set seq = -seq where seq in (2, 3); " +
        "update transfers set seq = 5 + seq where seq < 0",
      /transfer 2: does not have the hash/,
    ],
    [
      "a kind nobody knows",
      "update transfers set kind = 99 where seq = 2",
      /transfer 2: kind-99 is no kind/,
    ],
    [
      "a balance was changed",
      "update accounts set credits = credits + 1 where path = 'prepaid/acme'",
      /prepaid\/acme says 0.0001 debits and/,
    ],
    [
      "an account was renamed",
      "update accounts set path = 'prepaid/zeta' where path = 'prepaid/acme'",
      /prepaid\/zeta/,
    ],
    [
      "a hold was changed",
      "update holds set remaining = remaining - 1",
      /hold .* says 0.000059 left/,
    ],
    ["a hold was removed", "delete from holds", /something left, but is not stored/],
    [
      "the head was moved",
      "update journal_head set hash = sha256('x')",
      /the head says 4 with hash/,
    ],
  ];

  test.each(planted)("finds that %s", async (_, statement, sentence) => {
    const { url, drop } = await createTestDatabase();
    const forged = connectDb(url);
    try {
      acme = asId("acme");
      await forged.transaction((sql) => postTransfers(sql, [[topUp(200n)], [topUp(300n)]], start));
      await forged.transaction((sql) => placeHolds(sql, [aHold(40n)]));
      await forged.transaction((sql) => placeHolds(sql, [aHold(60n)]));
      expect(await problemsIn(forged)).toEqual([]);

      await forged.sql`alter table transfers disable trigger user`;
      for (const part of statement.split("; ")) {
        await run(forged, part);
      }
      expect((await problemsIn(forged)).join("\n")).toMatch(sentence);
    } finally {
      await forged.close();
      await drop();
    }
  });

  test("reads a journal longer than a page, and an unharmed one has no problems", async () => {
    const many = Array.from({ length: 2100 }, () => [topUp(3n)]);
    await post(...many);
    const { checks, head } = await audit();
    expect(head.seq).toBeGreaterThan(2100n);
    expect(checks[0]).toEqual({
      name: "the journal is whole and unaltered",
      checked: head.seq,
      problems: [],
    });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

test("a transfer takes at most 350 bytes, its indexes included", async () => {
  const { url, drop } = await createTestDatabase();
  const fresh = connectDb(url);
  try {
    await fresh.transaction((sql) => postTransfers(sql, [[topUp(yuan(1000n))]], start));
    for (let i = 0; i < 10; i += 1) {
      const holds = Array.from({ length: 1000 }, () => aHold(1n));
      await fresh.transaction((sql) => placeHolds(sql, holds));
    }
    const [size] = await fresh.sql<{ bytes: bigint }>`
      select pg_total_relation_size('transfers') / count(*) as bytes from transfers`;
    expect(size!.bytes).toBeLessThanOrEqual(350n);
  } finally {
    await fresh.close();
    await drop();
  }
});
