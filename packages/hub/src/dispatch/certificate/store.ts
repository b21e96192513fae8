import type { Scarcity } from "@wadi/core/dispatch";
import { microYuan, type MicroYuan, type PoolId } from "@wadi/core/units";

import { json, type Sql } from "../../db/index.ts";
import type { Certified } from "./certify-plan.ts";

/** The last certificate, as all hubs see it; undefined before the first. */
export async function readCertificate(sql: Sql): Promise<Certified | undefined> {
  const [row] = await sql<CertificateRow>`
    select certified_at as "at", cost, bound, jobs, scarcity, rounds, took_ms as "tookMs"
    from certificates`;
  if (!row) return undefined;
  const { at, scarcity, cost, bound, ...rest } = row;
  return {
    ...rest,
    atMs: at.epochMilliseconds,
    cost: microYuan(cost),
    bound: microYuan(bound),
    scarcity: scarcity && {
      ...{ atMs: scarcity.atMs, fromMs: scarcity.fromMs },
      perCardHour: new Map(Object.entries(scarcity.perCardHour) as [PoolId, number[]][]),
    },
  };
}

interface CertificateRow extends Omit<Certified, "atMs" | "cost" | "bound" | "scarcity"> {
  readonly at: Temporal.Instant;
  readonly cost: MicroYuan;
  readonly bound: MicroYuan;
  readonly scarcity: StoredScarcity | null;
}

interface StoredScarcity extends Omit<Scarcity, "perCardHour"> {
  readonly perCardHour: Readonly<Record<string, readonly number[]>>;
}

/** In place of the one before. */
export async function saveCertificate(sql: Sql, one: Certified): Promise<void> {
  const at = Temporal.Instant.fromEpochMilliseconds(one.atMs);
  await sql`
    insert into certificates (certified_at, cost, bound, jobs, scarcity, rounds, took_ms)
    values (${at}, ${one.cost}, ${one.bound}, ${one.jobs}, ${stored(one.scarcity)},
      ${one.rounds}, ${one.tookMs})
    on conflict (only_row) do update set certified_at = excluded.certified_at,
      cost = excluded.cost, bound = excluded.bound, jobs = excluded.jobs,
      scarcity = excluded.scarcity, rounds = excluded.rounds, took_ms = excluded.took_ms`;
}

function stored(scarcity: Scarcity | null) {
  if (!scarcity) return null;
  const { perCardHour, ...times } = scarcity;
  return json({ ...times, perCardHour: Object.fromEntries(perCardHour) } satisfies StoredScarcity);
}
