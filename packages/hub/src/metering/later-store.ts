import type { Charge } from "@wadi/core/metering";
import {
  bytes,
  durationOf,
  microYuan,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import type { RunReading } from "./reading-store.ts";

/** A reading that corrects one before, or came when its run was charged. */
export interface LaterReading extends RunReading {
  readonly revision: number;
  /** From which correction of the charge on it counts; 0: the charge itself counts it. */
  readonly correction: number;
}

export async function insertLaterReadings(
  sql: Sql,
  readings: readonly LaterReading[],
): Promise<void> {
  if (readings.length === 0) return;
  await sql`
    insert into later_readings (run, number, revision, from_at, to_at, cards, cpu_ms,
      peak_memory_bytes, busy_ms, final, received_at, correction)
    select * from unnest(
      ${readings.map(({ run }) => run)}::uuid[],
      ${readings.map(({ number }) => number)}::bigint[],
      ${readings.map(({ revision }) => revision)}::int[],
      ${readings.map(({ from }) => from)}::timestamptz[],
      ${readings.map(({ to }) => to)}::timestamptz[],
      ${readings.map(({ cards }) => cards)}::bigint[],
      ${readings.map(({ cpuTime }) => cpuTime)}::bigint[],
      ${readings.map(({ peakMemoryBytes }) => peakMemoryBytes)}::bigint[],
      ${readings.map(({ busyTime = null }) => busyTime)}::bigint[],
      ${readings.map(({ final }) => final)}::boolean[],
      ${readings.map(({ receivedAt }) => receivedAt)}::timestamptz[],
      ${readings.map(({ correction }) => correction)}::int[])
    on conflict (run, number, revision) do nothing`;
}

/** By run; runs without any are left out. */
export async function laterReadingsOf(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, LaterReading[]>> {
  if (runs.length === 0) return new Map();
  const rows = await sql<LaterRow>`
    select * from later_readings where run = any(${runs}::uuid[]) order by run, number, revision`;
  return Map.groupBy(rows.map(toReading), ({ run }) => run);
}

/** A charge as it stands after a correction. */
export interface StoredCorrection {
  readonly run: RunId;
  /** 1 for the first of its run. */
  readonly correction: number;
  readonly correctedAt: Temporal.Instant;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly charge: Pick<Charge, "price" | "voucher" | "cash" | "platformFee"> & {
    readonly usage: Pick<Charge["usage"], "cardSeconds" | "held">;
  };
}

export async function insertCorrections(
  sql: Sql,
  corrections: readonly StoredCorrection[],
): Promise<void> {
  const column = <V>(pick: (one: StoredCorrection) => V): V[] => corrections.map(pick);
  await sql`
    insert into charge_corrections (run, correction, corrected_at, tenant, provider, card_seconds,
      held_ms, price, voucher, cash, fee)
    select * from unnest(
      ${column(({ run }) => run)}::uuid[],
      ${column(({ correction }) => correction)}::int[],
      ${column(({ correctedAt }) => correctedAt)}::timestamptz[],
      ${column(({ tenant }) => tenant)}::text[],
      ${column(({ provider }) => provider)}::text[],
      ${column(({ charge }) => charge.usage.cardSeconds)}::bigint[],
      ${column(({ charge }) => charge.usage.held)}::bigint[],
      ${column(({ charge }) => charge.price)}::numeric[],
      ${column(({ charge }) => charge.voucher)}::bigint[],
      ${column(({ charge }) => charge.cash)}::bigint[],
      ${column(({ charge }) => charge.platformFee)}::bigint[])`;
}

/** By run, first to last; runs without any are left out. */
export async function correctionsOf(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, StoredCorrection[]>> {
  const rows = await sql<CorrectionRow>`
    select * from charge_corrections where run = any(${runs}::uuid[]) order by run, correction`;
  return Map.groupBy(rows.map(toCorrection), ({ run }) => run);
}

/** Runs whose charges were corrected, by id, after one. */
export async function correctedRuns(
  sql: Sql,
  { after, limit }: { after: RunId; limit: number },
): Promise<RunId[]> {
  const rows = await sql<{ run: RunId }>`
    select run from charge_corrections where correction = 1 and run > ${after}::uuid
    order by run limit ${limit}`;
  return rows.map(({ run }) => run);
}

/** Of all runs, known from when up to but not at when; by time and run. */
export async function correctionsBetween(
  sql: Sql,
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<StoredCorrection[]> {
  const rows = await sql<CorrectionRow>`
    select * from charge_corrections where corrected_at >= ${from} and corrected_at < ${until}
    order by corrected_at, run, correction`;
  return rows.map(toCorrection);
}

interface LaterRow {
  readonly run: RunId;
  readonly number: bigint;
  readonly revision: number;
  readonly from_at: Temporal.Instant;
  readonly to_at: Temporal.Instant;
  readonly cards: bigint;
  readonly cpu_ms: bigint;
  readonly peak_memory_bytes: bigint;
  readonly busy_ms: bigint | null;
  readonly final: boolean;
  readonly received_at: Temporal.Instant;
  readonly correction: number;
}

const toReading = (row: LaterRow): LaterReading => ({
  run: row.run,
  number: Number(row.number),
  revision: row.revision,
  from: row.from_at,
  to: row.to_at,
  cards: Number(row.cards),
  cpuTime: durationOf(Number(row.cpu_ms)),
  peakMemoryBytes: bytes(row.peak_memory_bytes),
  ...(row.busy_ms !== null && { busyTime: durationOf(Number(row.busy_ms)) }),
  final: row.final,
  receivedAt: row.received_at,
  correction: row.correction,
});

interface CorrectionRow {
  readonly run: RunId;
  readonly correction: number;
  readonly corrected_at: Temporal.Instant;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly card_seconds: bigint;
  readonly held_ms: bigint;
  readonly price: string;
  readonly voucher: bigint;
  readonly cash: bigint;
  readonly fee: bigint;
}

const toCorrection = (row: CorrectionRow): StoredCorrection => ({
  run: row.run,
  correction: row.correction,
  correctedAt: row.corrected_at,
  tenant: row.tenant,
  provider: row.provider,
  charge: {
    usage: { cardSeconds: row.card_seconds as never, held: durationOf(Number(row.held_ms)) },
    price: microYuan(BigInt(row.price)),
    voucher: microYuan(row.voucher),
    cash: microYuan(row.cash),
    platformFee: microYuan(row.fee),
  },
});
