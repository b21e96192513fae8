import {
  cardSeconds,
  microYuan,
  minus,
  plus,
  workUnits,
  type CardSeconds,
  type JobId,
  type MicroYuan,
  type PoolId,
  type ProgrammeId,
  type RunId,
  type TenantId,
  type WorkUnits,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { chargesBetween, type StoredCharge } from "../metering/index.ts";
import type { Asking } from "./asking.ts";
import { dailyCharges, type ChargesOf, type DailyCharges } from "./daily-store.ts";
import { linesMax, type Period } from "./period.ts";

/** A charge as a line of a statement, or all alike of a day together. */
export interface ChargeLine {
  readonly at: Temporal.Instant;
  readonly knownAt: Temporal.Instant;
  /** Of a single charge; null where they are several. */
  readonly job: JobId | null;
  readonly jobName: string | null;
  readonly run: RunId | null;
  readonly runs: bigint;
  readonly tenant: TenantId;
  readonly programme: ProgrammeId | null;
  readonly pool: PoolId;
  readonly emulated: boolean;
  readonly charged: boolean;
  readonly cardSeconds: CardSeconds;
  readonly work: WorkUnits | null;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
  readonly platformFee: MicroYuan;
  readonly toProvider: MicroYuan;
}

/** One more than a statement takes at most, where there are as many. */
export async function chargeLines(
  sql: Sql,
  of: ChargesOf,
  { period, asking }: { period: Period; asking: Asking },
): Promise<ChargeLine[]> {
  const { detail, timeZone, jobNames } = asking;
  const limit = linesMax + 1;
  if (detail === "days") {
    return (await dailyCharges(sql, { of, period, timeZone, limit })).map(lineOfDay);
  }
  const { from, until } = period;
  const charges = await chargesBetween(sql, { of, from, until, limit });
  const names = await jobNames(sql, [...new Set(charges.map(({ job }) => job))]);
  return charges.map((one) => lineOfRun(one, names));
}

function lineOfRun(
  { charge, share, endedAt, chargedAt, ...of }: StoredCharge,
  names: ReadonlyMap<JobId, string>,
): ChargeLine {
  const { tenant, pool, emulated, charged, job, run } = of;
  return {
    ...{ tenant, pool, emulated, charged, job, run, runs: 1n },
    ...{ at: endedAt, knownAt: chargedAt, programme: share.programme },
    jobName: names.get(job) ?? null,
    cardSeconds: charge.usage.cardSeconds,
    work: charge.usage.work,
    charge: charge.charge,
    voucher: charge.voucher,
    cash: charge.cash,
    platformFee: charge.platformFee,
    toProvider: charge.toProvider,
  };
}

function lineOfDay(day: DailyCharges): ChargeLine {
  const { knownAt, work } = day;
  const [voucher, cash, platformFee] = [day.voucher, day.cash, day.fee].map((amount) =>
    microYuan(BigInt(amount)),
  ) as [MicroYuan, MicroYuan, MicroYuan];
  const charge = plus(voucher, cash);
  return {
    ...{ ...day, at: knownAt, job: null, jobName: null, run: null },
    cardSeconds: cardSeconds(BigInt(day.cardSeconds)),
    work: work === null ? null : workUnits(BigInt(work)),
    ...{ charge, voucher, cash, platformFee, toProvider: minus(charge, platformFee) },
  };
}
