import { asId, type RunId } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";

import { testDb } from "../../testing/index.ts";
import { rulesOf } from "../claims-world.testing.ts";
import { signalsOf } from "./signals-of.ts";

/*
 * How runs are metered and charged is tried with metering; here are some that were, as rows. All of
 * them ran for two days of March on two cards.
 */

const db = await testDb();
const days = (first: number, last: number) =>
  [first, last].map((day) =>
    Temporal.Instant.from(`2026-03-${String(day).padStart(2, "0")}T00:00:00Z`),
  );
const oneId = uuidv7();
beforeAll(async () => {
  const { sql } = db;
  await sql`insert into documents values (${Buffer.alloc(1)}, '{}')`;
  await sql`insert into charge_prices values (${oneId}, '{}')`;
  for (const [centre, provider] of Object.entries(providers)) {
    await sql`insert into centres values (${centre}, ${provider}, '{}', ${days(1, 1)[0]!})`;
  }
  for (const [centre, slot, serial] of cards) {
    await sql`
      insert into card_serials (centre, slot, host, serial, from_at)
      values (${centre}, ${slot}, 'h', ${serial}, ${days(1, 1)[0]!})`;
  }
});

const providers = { east: "lowland", west: "upland" } as const;
const cards = [
  ["east", 0, "SN-1"],
  ["east", 1, "SN-2"],
  ["west", 0, "SN-2"],
] as const;

interface Paid {
  readonly tenant: string;
  readonly programme: string | null;
  readonly centre: keyof typeof providers;
  readonly slots: string;
  readonly busyMs: number | null;
  readonly from: number;
}

async function aPaidRun(paid: Partial<Paid>): Promise<RunId> {
  const { tenant = "t0", programme = null, centre = "east", slots = "{0,1}" } = paid;
  const { busyMs = null } = paid;
  const [from, to] = days(paid.from ?? 2, (paid.from ?? 2) + 2) as [
    Temporal.Instant,
    Temporal.Instant,
  ];
  const [run, none] = [asId<RunId>(uuidv7()), Buffer.alloc(1)];
  const voucher = programme === null ? 0 : 1;
  const { sql } = db;
  await sql`
    insert into jobs (id, submission, tenant, name, spec, shape, priority, rerunnable, state,
      submitted_at, share_cash, share_voucher)
    values (${run}, ${run}, ${tenant}, 'x', ${none}, ${run}, 1, false, 'succeeded', ${from}, 0, 0)`;
  await sql`
    insert into runs (id, job, generation, centre, pool, provider, model, emulated, replicas,
      cards_per_replica, cpu_per_replica, memory_per_replica, host_ids, host_replicas, limit_ms,
      rerunnable, prices, decision, fee_rate, state, leased_at, slots)
    values (${run}, ${run}, 1, ${centre}, 'p', ${providers[centre]}, 'm', false, 1, 2, 1, 1, '{}',
      '{}', 1, false, ${none}, ${none}, 0, 'succeeded', ${from}, ${slots}::text::int[])`;
  await sql`
    insert into readings values (${run}, 1, ${from}, ${to}, 2, 1, 1, true, ${to}, ${busyMs})`;
  await sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, programme, card_seconds,
      held_ms, cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    values (${run}, ${run}, ${run}, ${tenant}, ${providers[centre]}, 'p', 'm', false, ${to}, ${to},
      ${oneId}, 0, true, 0, 0, ${programme}, ${2 * 2 * 86_400}, 1, 1, 1, 1, ${voucher}, 1, 0)`;
  return run;
}

const programmeOf = () => `p-${uuidv7().slice(-12)}`;
const rules = (programme: string, differs: object = {}) => rulesOf(programme, differs);
const codesOf = async (programme: string, differs: object = {}) =>
  (await signalsOf(db.sql, rules(programme, differs))).map(({ code }) => code);

test("paid hours in which cards hardly worked are told by applicant and month", async () => {
  const programme = programmeOf();
  await aPaidRun({ programme, tenant: "t1", busyMs: 3_456_000, from: 10 });
  expect(await codesOf(programme)).toEqual(["idle-paid-hours"]);
  const [found] = await signalsOf(db.sql, rules(programme));
  expect(found).toMatchObject({
    subjects: ["applicant/t1"],
    sentence: { en: "96 card-hours were paid for in 2026-03, and 1.00 % of them were busy" },
  });
  await aPaidRun({ programme, tenant: "t1", busyMs: 345_600_000, from: 14 });
  expect(await codesOf(programme)).toEqual([]);
});

test("runs that the programme did not pay, or not known to be idle, are none", async () => {
  const programme = programmeOf();
  await aPaidRun({ programme, busyMs: null, from: 18 });
  await aPaidRun({ programme: programmeOf(), busyMs: 0, from: 18 });
  await aPaidRun({ programme: null, busyMs: 0, from: 18 });
  expect(await codesOf(programme)).not.toContain("idle-paid-hours");
});

test("the programme's own threshold goes before the usual one", async () => {
  const programme = programmeOf();
  await aPaidRun({ programme, busyMs: 34_560_000, from: 22 }); // 10 %
  expect(await codesOf(programme)).toEqual([]);
  const { control } = rules(programme);
  const signals = [{ signal: "idle-paid-hours" as const, threshold: 200_000n }];
  const found = await signalsOf(db.sql, { ...rules(programme), control: { ...control, signals } });
  expect(found.map(({ code }) => code)).toEqual(["idle-paid-hours"]);
});

test("a card that somebody else, elsewhere, was paid for at the same time is told", async () => {
  const programme = programmeOf();
  const own = await aPaidRun({ programme, tenant: "t2", from: 26 });
  expect(await codesOf(programme)).toEqual([]);
  const other = await aPaidRun({ tenant: "t3", centre: "west", slots: "{0}", from: 27 });
  const [found] = await signalsOf(db.sql, rules(programme));
  expect(found).toMatchObject({
    code: "serial-number-twice",
    subjects: [`run/${own}`, `run/${other}`].toSorted(),
    evidence: [
      { what: "held card SN-2 at centre east of lowland" },
      { what: "held card SN-2 at centre west of upland" },
    ],
  });
  expect(JSON.stringify(found)).not.toContain("t3");
  expect(await codesOf(programmeOf())).toEqual([]);
});
