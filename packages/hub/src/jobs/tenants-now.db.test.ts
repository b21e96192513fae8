import { defaultPolicy } from "@wadi/core/dispatch";
import { asId, durationOf, type TenantId } from "@wadi/core/units";
import { expect, test } from "vitest";

import type { Db } from "../db/index.ts";
import { testDb } from "../testing/index.ts";
import { readTenantsNow, usageSweep } from "./tenants-now.ts";
import { readUsed } from "./usage-store.ts";

const now = Temporal.Instant.from("2026-06-01T12:34:56Z");
const acme = asId<TenantId>("acme");
const halfLife = durationOf(2 * 3_600_000);
const fairness = { ...defaultPolicy.fairness, halfLife };

/** Charges of acme so many hours ago, of so many card-seconds. */
async function charge(db: Db, hoursAgo: number, cardSeconds: number): Promise<void> {
  const at = now.subtract({ minutes: Math.round(hoursAgo * 60) });
  await db.sql`
    insert into charge_prices (id, schedule)
    values ('00000000-0000-0000-0000-000000000000', '{}') on conflict do nothing`;
  await db.sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, card_seconds, held_ms,
      cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'acme', 'p', 'pool', 'm',
      false, ${at}, ${at}, '00000000-0000-0000-0000-000000000000', 0, true, 0, 0, ${cardSeconds},
      0, 0, 0, 0, 0, 0, 0)`;
}

const pastOf = async (db: Db) => {
  const tenants = await readTenantsNow({ db }, db.sql, { fairness, nowMs: now.epochMilliseconds });
  return tenants.get(acme)?.pastCardSeconds;
};
const sumOf = async (db: Db) => {
  const used = await readUsed(db.sql, now.subtract({ hours: 24 }));
  return used.reduce((sum, { cardSeconds }) => sum + cardSeconds, 0);
};

test("what was used a half-life ago counts half, and what is long ago nothing", async () => {
  const db = await testDb();
  await charge(db, 2, 1000);
  expect(await pastOf(db)).toBe(500);
  const later = await testDb();
  await charge(later, 11, 1_000_000); // more than five half-lives
  expect(await pastOf(later)).toBeUndefined();
});

test("adding up by hour loses nothing and counts nothing twice, however often", async () => {
  const db = await testDb();
  for (const hoursAgo of [0, 0.1, 0.9, 1.5, 1.6, 3, 7]) await charge(db, hoursAgo, 100);
  expect(await sumOf(db)).toBe(700);
  const clock = { now: () => now };
  await usageSweep({ db, clock });
  await usageSweep({ db, clock });
  expect(await sumOf(db)).toBe(700);
  await charge(db, 0, 100);
  await usageSweep({ db, clock: { now: () => now.add({ hours: 3 }) } });
  expect(await sumOf(db)).toBe(800);
  const [row] = await db.sql<{ hours: number }>`select count(*)::int as hours from tenant_usage`;
  expect(row!.hours).toBe(5);
});
