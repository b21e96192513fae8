import type { FairnessPolicy, TenantNow } from "@wadi/core/dispatch";
import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Db, Sql } from "../db/index.ts";
import { tenantQuotas } from "../tenants/index.ts";
import { addUpUsage, lockUsageUntil, readStarts, readUsed, saveUsageUntil } from "./usage-store.ts";

/** Of so many half-lives ago a thirty-second counts: what is older is left out. */
const halfLives = 5;
/** Past use changes slowly. */
const freshMs = 10_000;

/** An hour is added up when it is over for so long: what commits late is in it then. */
const settledAfter = { minutes: 10 };

/** Adds charges up by hour, so that past use is read from few rows. Safe to run twice. */
export const usageSweep = ({ db, clock }: Pick<Hub, "db" | "clock">): Promise<void> =>
  db.transaction(async (sql) => {
    const from = await lockUsageUntil(sql);
    const until = clock.now().subtract(settledAfter);
    await addUpUsage(sql, { from, until });
    await saveUsageUntil(sql, until);
  });

interface Past {
  readonly atMs: number;
  readonly halfLifeMs: number;
  readonly cardSeconds: ReadonlyMap<TenantId, number>;
}
const kept = new WeakMap<Db, Past>();

/** All that fairness looks at in tenants, besides the runs they have now. */
export async function readTenantsNow(
  { db }: { readonly db: Db },
  sql: Sql,
  { fairness, nowMs }: { fairness: FairnessPolicy; nowMs: number },
): Promise<Map<TenantId, TenantNow>> {
  const [quotas, past, starts] = await Promise.all([
    tenantQuotas(sql),
    readPast(db, sql, { fairness, nowMs }),
    readStartsLately(sql, { fairness, nowMs }),
  ]);
  const all = new Set([...quotas.keys(), ...past.keys(), ...starts.keys()]);
  return new Map(
    [...all].map((tenant) => [
      tenant,
      {
        cardQuota: quotas.get(tenant)?.cards ?? null,
        pastCardSeconds: past.get(tenant) ?? 0,
        startedLately: starts.get(tenant) ?? 0,
      },
    ]),
  );
}

async function readPast(
  db: Db,
  sql: Sql,
  { fairness, nowMs }: { fairness: FairnessPolicy; nowMs: number },
): Promise<ReadonlyMap<TenantId, number>> {
  if (fairness.pastWeight === 0) return new Map();
  const { halfLife: halfLifeMs } = fairness;
  const known = kept.get(db);
  const isFresh = known?.halfLifeMs === halfLifeMs && Math.abs(nowMs - known.atMs) < freshMs;
  if (known && isFresh) return known.cardSeconds;
  const sinceMs = Math.max(0, Math.floor(nowMs - halfLives * halfLifeMs));
  const sums = new Map<TenantId, number>();
  for (const one of await readUsed(sql, Temporal.Instant.fromEpochMilliseconds(sinceMs))) {
    const left = one.cardSeconds * 0.5 ** (Math.max(0, nowMs - one.atMs) / halfLifeMs);
    sums.set(one.tenant, (sums.get(one.tenant) ?? 0) + left);
  }
  const cardSeconds = new Map([...sums].map(([tenant, sum]) => [tenant, Math.round(sum)]));
  kept.set(db, { atMs: nowMs, halfLifeMs, cardSeconds });
  return cardSeconds;
}

/** Only where some organisation bounds them: counting an hour of starts is not for nothing. */
async function readStartsLately(
  sql: Sql,
  { fairness, nowMs }: { fairness: FairnessPolicy; nowMs: number },
): Promise<ReadonlyMap<TenantId, number>> {
  const isBounded = fairness.organisations.some(({ startsPerHour }) => startsPerHour !== null);
  if (!isBounded) return new Map();
  return readStarts(sql, Temporal.Instant.fromEpochMilliseconds(nowMs - 3_600_000));
}
