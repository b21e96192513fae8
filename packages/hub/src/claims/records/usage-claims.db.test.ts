import { asId, formatYuan } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";

import { breachesIn } from "../../ledger/index.ts";
import { applicant, operator, worldForFile } from "../claims-world.testing.ts";
import { putRecord } from "./put-record.ts";
import { sweepAtOnce } from "../redeem/redeem-at-once.ts";
import { claimForUsage } from "./usage-claims.ts";

/* R31: nobody applies, the platform claims for what it metered, once for each period over. */

const of = worldForFile();
beforeAll(async () => {
  await of.db.sql`insert into providers (id, name, created_at) values ('north', 'North', now())`;
  await of.db.sql`insert into centres (id, provider, spec, changed_at)
    values ('north-1', 'north', '{}', now())`;
  await of.db.sql`insert into pools (id, centre) values ('north-1-cards', 'north-1')`;
  await of.db.sql`insert into charge_prices (id, schedule) values (${prices}, '{}')`;
});

const prices = "00000000-0000-4000-8000-000000000001";
const wuhu = {
  requirements: [
    {
      code: "own-use",
      of: "line",
      text: { en: "own use", zh: "自用" },
      need: { fact: "line.ownUse", is: false },
    },
    {
      code: "not-on-the-platform",
      of: "line",
      text: { en: "metered here", zh: "平台计量" },
      need: { fact: "line.meteredOn", is: "the-platform" },
    },
  ],
  spend: { claimBase: "metered", redeemBase: "metered" },
  parts: [{ code: "use", text: { en: "use", zh: "使用" }, rates: [{ rate: "25 %" }] }],
  combine: [],
  caps: [],
  exclusions: [],
  priority: {},
  redemption: {},
  lifecycle: { mode: "no-application" },
};

/** A run of a tenant that ended then, at an hour's price of 100 yuan. */
async function charge(tenant: string, { at, cash }: { at: string; cash: bigint }) {
  const [run, job, hold] = [uuidv7(), uuidv7(), uuidv7()];
  const then = Temporal.Instant.from(at);
  await of.db.sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, card_seconds, held_ms,
      cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    values (${run}, ${job}, ${hold}, ${tenant}, 'north', 'north-1-cards', 'ascend-910b', false,
      ${then}, ${then}, ${prices}, 0, true, ${cash}, 0, 3600, 3600000, 0, 0, ${cash}, 0, ${cash},
      0)`;
  return run;
}

const turnTo = (instant: string) =>
  of.world.clock.turn(Temporal.Instant.from(instant).since(of.world.clock.now()));

const claimsOf = (programme: string) =>
  of.db.sql<{ tenant: string; contract: string; state: string; granted: bigint; missing: unknown }>`
    select tenant, contract, state, granted, decision->'missing' as missing from claims
    where programme = ${programme} order by contract, tenant`;

describe("a programme that nobody applies to", () => {
  test("refuses who applies, and says who claims", async () => {
    const programme = await of.world.open(wuhu);
    await expect(of.world.apply(programme)).rejects.toMatchObject({
      code: "not-allowed",
      message: expect.stringContaining("nobody applies") as string,
    });
  });

  test("gives for a month of metered use, once, and pays at once", async () => {
    await putRecord(of.world.hub, {
      ...{ kind: "centre", subject: "north-1", ownTenants: [], by: operator },
      facts: { "line.meteredOn": "the-platform" },
    });
    const provider = { kind: "provider" as const, subject: "north", facts: {}, by: operator };
    await putRecord(of.world.hub, { ...provider, ownTenants: [asId("t9")] });
    turnTo("2026-04-02T00:00:00Z");
    const programme = await of.world.open(wuhu);
    await charge("t5", { at: "2026-03-31T15:59:59Z", cash: 999_000_000n }); // March in Shanghai
    await charge("t5", { at: "2026-03-31T16:00:00Z", cash: 100_000_000n });
    await charge("t5", { at: "2026-04-30T15:59:59Z", cash: 300_000_000n });
    await charge("t5", { at: "2026-04-30T16:00:00Z", cash: 50_000_000n });
    await charge("t9", { at: "2026-04-10T00:00:00Z", cash: 70_000_000n }); // its own centre
    await claimForUsage(of.world.hub);
    expect(await claimsOf(programme)).toEqual([]); // April is not over

    turnTo("2026-04-30T16:59:59Z"); // over for nearly an hour: a charge of April may yet be written
    await claimForUsage(of.world.hub);
    expect(await claimsOf(programme)).toEqual([]);
    turnTo("2026-05-03T00:00:00Z");
    await Promise.all([claimForUsage(of.world.hub), claimForUsage(of.world.hub)]);
    await claimForUsage(of.world.hub);
    await sweepAtOnce(of.world.hub);
    const claims = await claimsOf(programme);
    expect(
      claims.map(({ tenant, contract, state, granted }) => [
        tenant,
        contract,
        state,
        formatYuan(granted as never),
      ]),
    ).toEqual([
      ["t5", "USAGE/2026-04/T5/NORTH", "settled", "100.00"],
      ["t9", "USAGE/2026-04/T9/NORTH", "refused", "0.00"],
    ]);
    const paid = await of.db.sql<{ amount: bigint }>`
      select amount from transfers
      join claims on fact = 'claim/' || claims.id || '/at-once/city/pay-back'
      where programme = ${programme}`;
    expect(paid.map(({ amount }) => amount)).toEqual([100_000_000n]);
    expect(await breachesIn(of.db.sql)).toEqual([]);
  });

  test("counts a later correction in the month in which it came to be known", async () => {
    turnTo("2026-05-03T00:00:00Z");
    const programme = await of.world.open(wuhu);
    const run = await charge("t2", { at: "2026-05-10T00:00:00Z", cash: 400_000_000n });
    await of.db.sql`
      insert into charge_corrections (run, correction, corrected_at, tenant, provider,
        card_seconds, held_ms, price, voucher, cash, fee)
      values (${run}, 1, '2026-06-05T00:00:00Z', 't2', 'north', 1800, 1800000, 200000000, 0,
        200000000, 0)`;
    await charge("t2", { at: "2026-06-10T00:00:00Z", cash: 240_000_000n });
    turnTo("2026-07-01T00:00:00Z");
    await claimForUsage(of.world.hub);
    const claims = (await claimsOf(programme)).filter(({ tenant }) => tenant === "t2");
    expect(claims.map(({ contract, granted }) => [contract, granted])).toEqual([
      ["USAGE/2026-05/T2/NORTH", 100_000_000n],
      ["USAGE/2026-06/T2/NORTH", 10_000_000n],
    ]);
  });

  test("draws card-hours in kind for a month of use, once, to the whole hour", async () => {
    turnTo("2026-08-01T00:00:00Z");
    const inKind = { unit: "card-hours", share: "50 %", most: 2 };
    const parts = [{ code: "hours", text: { en: "hours", zh: "卡时" }, inKind }];
    const programme = await of.world.open({ ...wuhu, requirements: [], parts, budget: null });
    for (const day of ["03", "04", "05"]) {
      await charge("t6", { at: `2026-08-${day}T00:00:00Z`, cash: 100_000_000n });
    }
    await charge("t7", { at: "2026-08-06T00:00:00Z", cash: 100_000_000n });
    turnTo("2026-09-02T00:00:00Z");
    await Promise.all([claimForUsage(of.world.hub), claimForUsage(of.world.hub)]);
    await sweepAtOnce(of.world.hub);
    const claims = (await claimsOf(programme)).map(({ tenant, state }) => `${tenant} ${state}`);
    expect(claims).toEqual(["t6 settled", "t7 refused"]); // half of one hour is no whole one
    const moves = await of.db.sql<{ kind: string; quantity: bigint }>`
      select kind, quantity from in_kind_moves join claims on claims.id = in_kind_moves.claim
      where programme = ${programme} order by kind`;
    expect(moves.map(({ kind, quantity }) => `${kind} ${quantity}`)).toEqual(["draw 1", "grant 1"]);
  });
});

describe("a programme that nobody applies to, and takes claims on some days only", () => {
  const wide = { ...wuhu, requirements: [], budget: null };
  const on = (cadence: object) => ({ ...wide, lifecycle: { mode: "no-application", cadence } });
  const appliedOn = async (programme: string) => {
    const claims = await of.db.sql<{ contract: string; applied: string; state: string }>`
      select contract, applied_on::text as applied, state from claims
      where programme = ${programme} and tenant = 't8' order by contract`;
    return claims.map(({ contract, applied, state }) => `${contract} ${applied} ${state}`);
  };

  test("is claimed for in these days, and what they missed in the next", async () => {
    turnTo("2026-10-01T00:00:00Z");
    const programme = await of.world.open(on({ kind: "each", period: "month", days: 3 }));
    for (const month of ["10", "11"]) {
      await charge("t8", { at: `2026-${month}-10T00:00:00Z`, cash: 100_000_000n });
    }
    turnTo("2026-11-03T15:59:59Z"); // the last second of the third day in Shanghai
    await claimForUsage(of.world.hub);
    await sweepAtOnce(of.world.hub);
    const october = "USAGE/2026-10/T8/NORTH 2026-11-03 settled";
    expect(await appliedOn(programme)).toEqual([october]);

    turnTo("2026-12-03T16:00:00Z"); // a second too late
    await claimForUsage(of.world.hub);
    expect(await appliedOn(programme)).toEqual([october]);
    turnTo("2026-12-31T16:00:00Z");
    await Promise.all([claimForUsage(of.world.hub), claimForUsage(of.world.hub)]);
    await claimForUsage(of.world.hub);
    await sweepAtOnce(of.world.hub);
    const november = "USAGE/2026-11/T8/NORTH 2027-01-01 settled";
    expect(await appliedOn(programme)).toEqual([october, november]);
    expect(await breachesIn(of.db.sql)).toEqual([]);
  });

  test("is claimed for and refused where no window comes any more; the log says so", async () => {
    const windows = [{ from: "2027-01-01", until: "2027-02-03" }];
    const programme = await of.world.open(on({ kind: "windows", windows }));
    for (const day of ["2027-01-10", "2027-02-10"]) {
      await charge("t8", { at: `${day}T00:00:00Z`, cash: 100_000_000n });
    }
    turnTo("2027-02-03T00:00:00Z");
    await claimForUsage(of.world.hub);
    await sweepAtOnce(of.world.hub);
    turnTo("2027-03-02T00:00:00Z");
    const told: string[] = [];
    const warn = (facts: { programme?: string; period?: string }, what: string) => {
      if (facts.programme === programme) told.push(`${facts.period}: ${what}`);
    };
    const log = { warn } as unknown as typeof of.world.hub.log;
    for (let time = 0; time < 2; time += 1) await claimForUsage({ ...of.world.hub, log });
    expect(await appliedOn(programme)).toEqual([
      "USAGE/2027-01/T8/NORTH 2027-02-03 settled",
      "USAGE/2027-02/T8/NORTH 2027-03-02 refused",
    ]);
    expect(told).toEqual(["2027-02: no window comes any more: use is claimed for and refused"]);
    const [late] = await of.db.sql<{ code: string }>`
      select decision->'refused'->0->>'code' as code from claims
      where programme = ${programme} and state = 'refused'`;
    expect(late!.code).toBe("outside-window");
  });
});

describe("facts on record", () => {
  test("are kept by version, and the same again is none", async () => {
    const t3 = { kind: "tenant" as const, subject: "t3", ownTenants: [], by: operator };
    const first = await putRecord(of.world.hub, {
      ...t3,
      facts: { "applicant.sizeClass": "small" },
    });
    const again = await putRecord(of.world.hub, {
      ...t3,
      facts: { "applicant.sizeClass": "small" },
    });
    const next = await putRecord(of.world.hub, {
      ...t3,
      facts: { "applicant.sizeClass": "large" },
    });
    expect([first.version, again.version, next.version]).toEqual([1, 1, 2]);
  });

  test.each([
    ["tenant", "t3", { "line.class": "compute" }, [], "/facts/line.class is no fact of a tenant"],
    ["tenant", "nobody", {}, [], "there is no tenant nobody"],
    ["centre", "north-1", {}, ["t1"], "/ownTenants is for providers"],
    ["provider", "north", {}, ["t1", "who"], '/ownTenants/1 "who" is no tenant'],
  ] as const)("of a %s %s with %j and %j: %s", async (kind, subject, facts, own, message) => {
    const ownTenants = own.map((one) => asId<never>(one));
    const put = async () =>
      putRecord(of.world.hub, { kind, subject, facts, ownTenants, by: applicant("t3") });
    await expect(put()).rejects.toThrow(message);
  });
});
