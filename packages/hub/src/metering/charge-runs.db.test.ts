import { flatPrice } from "@wadi/core/capacity";
import { accounts, balanceOf, type AccountPath, type Transfer } from "@wadi/core/ledger";
import {
  asId,
  bytes,
  durationOf,
  microYuan,
  noMoney,
  parseYuan,
  rate,
  yuan,
  type HoldId,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import { sharesFor, type Share } from "@wadi/core/vouchers";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import {
  auditJournal,
  breachesIn,
  findAccounts,
  placeHolds,
  postTransfers,
} from "../ledger/index.ts";
import {
  auditCharges,
  chargeRuns,
  recordReadings,
  type EndedRun,
  type RunReading,
} from "./index.ts";
import { correctionsOf } from "./later-store.ts";

const db = await testDb();
const start = Temporal.Instant.from("2026-03-02T00:00:00Z");
const at = (hours: number) => start.add({ seconds: Math.round(hours * 3600) });
const money = (text: string): MicroYuan => parseYuan(text)!;
const prices = flatPrice(yuan(6));

let tenant: TenantId;
let provider: ProviderId;
let programme: ProgrammeId;
const fund = asId<never>("city");
beforeEach(() => {
  const name = uuidv7().slice(-12);
  tenant = asId(`t-${name}`);
  provider = asId(`p-${name}`);
  programme = asId(`v-${name}`);
});

const byHand = (kind: Transfer["kind"], way: Pick<Transfer, "from" | "to">, amount: MicroYuan) =>
  ({
    ...{ kind, ...way, amount, hold: null, job: null, run: null, note: "", happenedAt: start },
    fact: `${kind}/${uuidv7()}`,
  }) satisfies Transfer;

/** Gives the tenant cash, and a voucher of 30 % when there is an amount for one. */
async function give(cash: string, voucher = "0") {
  const of = { tenant, programme, fund };
  await db.transaction(async (sql) => {
    const topUp = { from: accounts.bank(), to: accounts.prepaid(tenant) };
    const groups = [[byHand("top-up", topUp, money(cash))]];
    if (voucher !== "0") {
      const into = { from: accounts.appropriation(fund), to: accounts.available(fund) };
      const granted = { from: accounts.available(fund), to: accounts.issued(of) };
      groups.push(
        [byHand("appropriate", into, money(voucher))],
        [byHand("grant", granted, money(voucher))],
      );
      await sql`insert into funds values (${fund}, 'City', ${start}) on conflict do nothing`;
      await sql`insert into programmes values (${programme}, ${fund}, 1)`;
      await sql`
        insert into programme_versions
          values (${programme}, 1, 'AI', 300000, 1000000000, ${at(1000)}, ${start})`;
      await sql`insert into voucher_holders values (${tenant}, ${programme})`;
    }
    await postTransfers(sql, groups, start);
  });
}

/** A job with its share held, and a run of it that has ended after some hours on 8 cards. */
async function aRun(differs: { most?: string; voucher?: string; hours?: number } = {}) {
  const { most = "100", voucher = "0", hours = 1 } = differs;
  const offer = voucher === "0" ? null : { rate: rate(300_000), available: money(voucher) };
  const parts = sharesFor(money(most), offer);
  const used = parts.voucher > 0n;
  const share: Share = {
    ...parts,
    programme: used ? programme : null,
    voucherRate: used ? rate(300_000) : null,
  };
  const hold = asId<HoldId>(uuidv7());
  const job = asId<EndedRun["job"]>(hold);
  const run = asId<EndedRun["run"]>(uuidv7());
  const reserved = used ? { fund, programme, amount: parts.voucher } : null;
  const held = { id: hold, tenant, job, cash: parts.cash, voucher: reserved, at: start };
  expect(await db.transaction((sql) => placeHolds(sql, [held]))).toEqual([{ kind: "held" }]);
  await read(run, hours);
  const ended: EndedRun = {
    ...{ run, job, hold, tenant, provider, prices, share },
    pool: asId("ascend-a"),
    model: asId("a100-80g"),
    emulated: true,
    feeRate: rate(20_000),
    charged: true,
    endedAt: at(hours),
    then: "release",
  };
  return ended;
}

const aHold = (cash: string) => {
  const id = asId<HoldId>(uuidv7());
  const job = asId<EndedRun["job"]>(id);
  return { id, tenant, job, cash: money(cash), voucher: null, at: start };
};

const read = (run: EndedRun["run"], hours: number) =>
  db.transaction((sql) =>
    recordReadings(sql, [
      {
        ...{ run, number: 1, from: start, to: at(hours), cards: 8, final: true },
        cpuTime: durationOf(1000),
        peakMemoryBytes: bytes(1),
        receivedAt: at(hours),
      },
    ]),
  );

const charge = (...ended: EndedRun[]) => db.transaction((sql) => chargeRuns(sql, ended, at(200)));

async function balances() {
  const of = { tenant, programme, fund };
  const all: Record<string, AccountPath> = {
    prepaid: accounts.prepaid(tenant).path,
    held: accounts.held(tenant).path,
    payable: accounts.payable(provider).path,
    issued: accounts.issued(of).path,
    reserved: accounts.reserved(of).path,
    redeemed: accounts.redeemed(of).path,
  };
  const found = new Map((await findAccounts(db.sql, Object.values(all))).map((a) => [a.path, a]));
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, path]) => {
      const account = found.get(path);
      return account && balanceOf(account) !== 0n ? [[name, balanceOf(account)]] : [];
    }),
  );
}

const problems = () =>
  db.transaction(
    async (sql) => {
      const { checks, found } = await auditJournal(sql);
      const all = [...checks, ...(await auditCharges(sql, found.movedBy))];
      return [...all.flatMap((check) => check.problems), ...(await breachesIn(sql))];
    },
    { isolation: "repeatable read", readOnly: true },
  );

describe("a run that ended", () => {
  test("is charged: cash, voucher, the fee; the rest is freed on both sides", async () => {
    await give("200", "50");
    const [charged] = await charge(await aRun({ voucher: "50" }));
    expect(charged).toMatchObject({
      short: false,
      share: { cash: 0n, voucher: 0n },
      charge: {
        price: money("48"),
        charge: money("48"),
        voucher: money("14.40"),
        cash: money("33.60"),
        platformFee: money("0.96"),
        toProvider: money("47.04"),
        overHold: 0n,
        chargedAt: at(200),
        usage: { cardSeconds: 8n * 3600n, held: 3_600_000 },
      },
    });
    expect(await balances()).toEqual({
      prepaid: money("166.40"),
      payable: money("47.04"),
      issued: money("35.60"),
      redeemed: money("14.40"),
    });
    expect(await problems()).toEqual([]);
  });

  test("is charged once, however often that is asked, alone or with others", async () => {
    await give("500");
    const [one, other] = [await aRun({ most: "200" }), await aRun({ most: "200" })];
    const first = await charge(one);
    await Promise.all([charge(one), charge(other, one), charge(one, other), charge(other)]);
    const again = await charge(one, other);
    expect(again[0]!.charge).toEqual(first[0]!.charge);
    expect(await balances()).toEqual({ prepaid: money("404"), payable: money("94.08") });
    expect(await problems()).toEqual([]);
  });

  test("OpenMeter #4412: a run cancelled twice, paid by a voucher, is settled once", async () => {
    await give("200", "50");
    const ended = await aRun({ voucher: "50", hours: 0.5 });
    const twice = await Promise.all([charge(ended), charge(ended), charge(ended, ended)]);
    const first = twice[0][0]!.charge;
    for (const { charge: same } of twice.flat()) expect(same).toEqual(first);
    expect(await balances()).toEqual({
      prepaid: money("183.20"),
      payable: money("23.52"),
      issued: money("42.80"),
      redeemed: money("7.20"),
    });
    expect(await problems()).toEqual([]);
  });

  test("LiteLLM #34732: however many are sent at once, a budget is never overrun", async () => {
    await give("100");
    const holds = Array.from({ length: 40 }, () => aHold("30"));
    const held = await Promise.all(
      holds.map((hold) => db.transaction((sql) => placeHolds(sql, [hold]))),
    );
    expect(held.flat().filter(({ kind }) => kind === "held")).toHaveLength(3);
    expect(await balances()).toEqual({ prepaid: money("10"), held: money("90") });
  });

  test("a failed job still holding: a run that is not charged frees all held for it", async () => {
    await give("200", "50");
    const ended = { ...(await aRun({ voucher: "50" })), charged: false };
    const [charged] = await charge(ended);
    expect(charged!.charge).toMatchObject({
      price: money("48"),
      charge: 0n,
      cash: 0n,
      overHold: 0n,
    });
    expect(await balances()).toEqual({ prepaid: money("200"), issued: money("50") });
    expect(await problems()).toEqual([]);
  });

  test("without a reading costs nothing", async () => {
    await give("100");
    const ended = await aRun();
    const [charged] = await charge({ ...ended, run: asId(uuidv7()) });
    expect(charged!.charge).toMatchObject({ price: 0n, charge: 0n, usage: { cardSeconds: 0n } });
    expect(await balances()).toEqual({ prepaid: money("100") });
  });

  test("above what was held is charged the hold and no more", async () => {
    await give("100");
    const [charged] = await charge(await aRun({ most: "20" }));
    expect(charged!.charge).toMatchObject({ charge: money("20"), overHold: money("28") });
    expect(await balances()).toMatchObject({ prepaid: money("80") });
  });

  test("of any price and length does not overflow", async () => {
    await give("100");
    const ended = await aRun({ most: "20" });
    const [charged] = await charge({ ...ended, prices: flatPrice(yuan(10n ** 17n)) });
    expect(charged!.charge).toMatchObject({ price: yuan(8n * 10n ** 17n), charge: money("20") });
    expect(await problems()).toEqual([]);
  });
});

describe("a reading that comes when its run was charged", () => {
  const later = (run: EndedRun["run"], differs: Partial<RunReading> = {}) =>
    db.transaction((sql) =>
      recordReadings(sql, [
        {
          ...{ run, number: 2, from: at(1), to: at(1.5), cards: 8, final: true },
          cpuTime: durationOf(0),
          peakMemoryBytes: bytes(0),
          receivedAt: at(300),
          ...differs,
        },
      ]),
    );
  const corrections = async (run: EndedRun["run"]) =>
    (await correctionsOf(db.sql, [run])).get(run)?.map((one) => one.charge.cash) ?? [];

  test("corrects the charge by a counter-entry, and the charge stays as it was", async () => {
    await give("100");
    const ended = await aRun({ most: "90" });
    const [before] = await charge(ended);
    expect(await later(ended.run)).toEqual([]);
    expect(await corrections(ended.run)).toEqual([money("72")]);
    expect(await balances()).toEqual({ prepaid: money("28"), payable: money("70.56") });
    expect((await charge(ended))[0]!.charge).toEqual(before!.charge);
    expect(await problems()).toEqual([]);
  });

  test("24 h idempotency expiry: the same one sent weeks later moves nothing", async () => {
    await give("100");
    const ended = await aRun({ most: "90" });
    await charge(ended);
    await later(ended.run);
    const after = await balances();
    for (const hours of [325, 33 * 24 + 1, 365 * 24]) {
      expect(await later(ended.run, { receivedAt: at(hours) })).toEqual([]);
    }
    expect(await balances()).toEqual(after);
    expect(await corrections(ended.run)).toHaveLength(1);
  });

  test("takes no more than was held for the job", async () => {
    await give("100");
    const ended = await aRun({ most: "50" });
    await charge(ended);
    await later(ended.run);
    expect(await balances()).toEqual({ prepaid: money("50"), payable: money("49") });
  });

  test("and says less gives cash and voucher back, each to whom it came from", async () => {
    await give("200", "50");
    const ended = await aRun({ voucher: "50" });
    await charge(ended);
    const shorter = { number: 1, revision: 1, from: start, to: at(0.5) };
    expect(await later(ended.run, shorter)).toEqual([]);
    expect(await balances()).toEqual({
      prepaid: money("183.20"),
      payable: money("23.52"),
      issued: money("35.60"),
      redeemed: money("7.20"),
    });
    expect(await problems()).toEqual([]);
  });

  test("is owed by a tenant that has nothing left; a paid-out provider is left alone", async () => {
    await give("60");
    const ended = await aRun({ most: "60" });
    await charge(ended);
    const move = (kind: Transfer["kind"], way: Pick<Transfer, "from" | "to">, amount: string) =>
      db.transaction((sql) => postTransfers(sql, [[byHand(kind, way, money(amount))]], at(210)));
    await move("withdraw", { from: accounts.prepaid(tenant), to: accounts.bank() }, "12");
    await later(ended.run);
    const [owed] = await findAccounts(db.sql, [accounts.receivable(tenant).path]);
    expect(balanceOf(owed!)).toBe(money("-12"));
    await move("payout", { from: accounts.payable(provider), to: accounts.bank() }, "58.80");
    await later(ended.run, { number: 2, revision: 1, from: at(1), to: at(1) });
    expect(await balances()).toEqual({ prepaid: money("12") });
    expect(await problems()).toEqual([]);
  });

  test("is audited: what was changed of it is found", async () => {
    await give("100");
    const ended = await aRun({ most: "90" });
    await charge(ended);
    await later(ended.run);
    await db.sql`alter table charge_corrections disable trigger user`;
    const where = { run: ended.run };
    await db.sql`update charge_corrections set cash = cash + 1 where run = ${where.run}`;
    expect((await problems()).join()).toMatch(/cash 72\.000001, recomputed it is 72\.00/);
    await db.sql`update charge_corrections set cash = cash - 1 where run = ${where.run}`;
    await db.sql`alter table later_readings disable trigger user`;
    await db.sql`update later_readings set to_at = from_at where run = ${where.run}`;
    expect((await problems()).join()).toMatch(/clear-up.*is 0\.00, but 24\.00 was posted/);
    const end = at(1.5);
    await db.sql`update later_readings set to_at = ${end} where run = ${where.run}`;
    expect(await problems()).toEqual([]);
  });

  test("is put aside when it ended more than 35 days ago", async () => {
    await give("100");
    const ended = await aRun({ most: "90" });
    await charge(ended);
    const odd = await later(ended.run, { receivedAt: at(1.5 + 35 * 24 + 0.01) });
    expect(odd.map(({ why }) => why)).toEqual(["too-late"]);
    expect(await balances()).toEqual({ prepaid: money("52"), payable: money("47.04") });
  });
});

test("a reading that was corrected before its run ended is charged as corrected", async () => {
  await give("100");
  const ended = await aRun({ most: "90" });
  const corrected = {
    ...{ run: ended.run, number: 1, revision: 1, from: start, to: at(0.25), cards: 8, final: true },
    cpuTime: durationOf(0),
    peakMemoryBytes: bytes(0),
    receivedAt: at(2),
  };
  expect(await db.transaction((sql) => recordReadings(sql, [corrected]))).toEqual([]);
  const [charged] = await charge(ended);
  expect(charged!.charge.cash).toBe(money("12"));
  expect(await problems()).toEqual([]);
});

describe("a job that runs again", () => {
  test("has its share made whole, cash and voucher", async () => {
    await give("200", "50");
    const ended = { ...(await aRun({ voucher: "50" })), then: "keep" as const };
    const [charged] = await charge(ended);
    expect(charged).toMatchObject({ share: ended.share, short: false });
    expect(await balances()).toMatchObject({
      held: ended.share.cash,
      reserved: ended.share.voucher,
      redeemed: money("14.40"),
    });
    expect(await problems()).toEqual([]);
  });

  test("gets cash where its voucher is used up or over", async () => {
    await give("200", "20");
    const first = { ...(await aRun({ most: "60", voucher: "20" })), then: "keep" as const };
    expect(first.share.voucher).toBe(money("18"));
    const [charged] = await charge(first);
    expect(charged).toMatchObject({
      short: false,
      share: { cash: money("56.41"), voucher: money("3.60"), programme },
    });
    expect(await balances()).toMatchObject({ held: money("56.41"), reserved: money("3.60") });

    const second = { ...first, run: asId<EndedRun["run"]>(uuidv7()), share: charged!.share };
    await read(second.run, 1);
    const [last] = await charge({ ...second, then: "release" });
    expect(last!.charge).toMatchObject({ charge: money("48"), voucher: money("3.60") });
    expect(await problems()).toEqual([]);
  });

  test("is short, and nothing stays held for it, where the tenant has no more", async () => {
    await give("100");
    const ended = { ...(await aRun({ most: "100" })), then: "keep" as const };
    const [charged] = await charge(ended);
    expect(charged).toMatchObject({ short: true, share: { cash: 0n, voucher: 0n } });
    expect(await balances()).toEqual({ prepaid: money("52"), payable: money("47.04") });
    expect(await problems()).toEqual([]);
  });

  test("is charged nothing for the centre's loss and keeps its share", async () => {
    await give("100");
    const ended = { ...(await aRun()), then: "keep" as const, charged: false };
    const [charged] = await charge(ended);
    expect(charged).toMatchObject({ short: false, share: ended.share });
    expect(await balances()).toEqual({ held: money("100") });
  });
});

test("runs of one submission share its hold and are charged apart", async () => {
  await give("400");
  const hold = asId<HoldId>(uuidv7());
  const job = asId<EndedRun["job"]>(hold);
  await db.transaction((sql) =>
    placeHolds(sql, [{ id: hold, tenant, job, cash: money("300"), voucher: null, at: start }]),
  );
  const template = await aRun({ most: "1" });
  const share = { cash: money("100"), voucher: noMoney, programme: null, voucherRate: null };
  const runs = await Promise.all(
    [1, 2, 3].map(async (hours) => {
      const run = asId<EndedRun["run"]>(uuidv7());
      await read(run, hours);
      return { ...template, run, hold, share };
    }),
  );
  const charged = await charge(...runs);
  expect(charged.map((one) => one.charge.charge)).toEqual([money("48"), money("96"), money("100")]);
  expect(await balances()).toEqual({
    prepaid: money("155"),
    held: money("1"),
    payable: microYuan((money("244") * 98n) / 100n),
  });
  expect(await problems()).toEqual([]);
});

describe("the audit of charges", () => {
  const forge = async (...statements: string[]) => {
    await db.sql`alter table charges disable trigger user`;
    await db.sql`alter table readings disable trigger user`;
    for (const text of statements) await db.sql(Object.assign([text], { raw: [text] }));
  };

  test.each<[string, (run: string) => string, (run: string) => string, RegExp]>([
    [
      "a charge was raised",
      (run) => `update charges set cash = cash + 1, price = price + 1 where run = '${run}'`,
      (run) => `update charges set cash = cash - 1, price = price - 1 where run = '${run}'`,
      /price is 48000001, recomputed it is 48000000[\s\S]*cash is 48\.000001, but 48\.00/,
    ],
    [
      "a reading was made longer",
      (run) => `update readings set to_at = to_at + interval '1 hour' where run = '${run}'`,
      (run) => `update readings set to_at = to_at - interval '1 hour' where run = '${run}'`,
      /usage.cardSeconds is 28800, recomputed it is 57600/,
    ],
    [
      "a fee rate was changed",
      (run) => `update charges set fee_rate = 10000 where run = '${run}'`,
      (run) => `update charges set fee_rate = 20000 where run = '${run}'`,
      /platformFee is 960000, recomputed it is 480000/,
    ],
    [
      "a price was changed",
      () => `update charge_prices set schedule = replace(schedule::text, '6.00', '7.00')::json`,
      () => `update charge_prices set schedule = replace(schedule::text, '7.00', '6.00')::json`,
      /price is 48000000, recomputed it is 56000000/,
    ],
    [
      "prices cannot be read any more",
      () => `update charge_prices set schedule = to_json(schedule::text)`,
      () => `update charge_prices set schedule = (schedule #>> '{}')::json`,
      /prices.periods is empty/,
    ],
    [
      "a charge went to another provider",
      (run) => `update charges set provider = 'p-' || provider where run = '${run}'`,
      (run) => `update charges set provider = substr(provider, 3) where run = '${run}'`,
      /cash went from held\/.* to payable\//,
    ],
    [
      "a charge is missing",
      (run) => `update charges set run = gen_random_uuid() where run = '${run}'`,
      () => "select 1",
      /run .*: cash is 48\.00, but 0\.00 was posted/,
    ],
  ])("finds that %s", async (_, statement, undo, sentence) => {
    await give("100");
    const ended = await aRun();
    await charge(ended);
    await forge(statement(ended.run));
    const found = (await problems()).join("\n");
    await forge(undo(ended.run));
    expect(found).toMatch(sentence);
  });
});
