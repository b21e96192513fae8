import type { PriceScheduleDraft } from "@wadi/core/capacity";
import type { Charge } from "@wadi/core/metering";
import {
  bytes,
  cardSeconds,
  deciTflops,
  durationOf,
  microYuan,
  minus,
  noMoney,
  plus,
  rate,
  workOf,
  type CardModelId,
  type DeciTflops,
  type HoldId,
  type JobId,
  type PoolId,
  type ProgrammeId,
  type ProviderId,
  type Rate,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import type { Share } from "@wadi/core/vouchers";

import { fragment, type Fragment, type Sql } from "../db/index.ts";
import { readPrices, type StoredPrices } from "./prices.ts";

/** A charge, all that it was made from but its readings, and whose it is. */
export interface StoredCharge {
  readonly run: RunId;
  readonly job: JobId;
  readonly hold: HoldId;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly pool: PoolId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly endedAt: Temporal.Instant;
  readonly chargedAt: Temporal.Instant;
  /** Names the price schedule that held for the run. */
  readonly prices: string;
  readonly feeRate: Rate;
  readonly charged: boolean;
  /** What was set aside for the job before. */
  readonly share: Share;
  readonly peak: DeciTflops | null;
  /** Of each card, in thousandths. */
  readonly cardShare: number;
  readonly charge: Charge;
}

/** Stores each schedule once. In one order, so that two hubs cannot wait for each other. */
export async function savePrices(sql: Sql, prices: readonly StoredPrices[]): Promise<void> {
  const fresh = new Map(prices.map(({ id, text }) => [id, text]));
  const ids = [...fresh.keys()].sort();
  await sql`
    insert into charge_prices (id, schedule)
    select * from unnest(${ids}::uuid[], ${ids.map((id) => fresh.get(id)!)}::json[])
    on conflict (id) do nothing`;
}

export async function insertCharges(sql: Sql, charges: readonly StoredCharge[]): Promise<void> {
  const column = <V>(pick: (one: StoredCharge) => V): V[] => charges.map(pick);
  await sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, programme, voucher_rate,
      peak, card_share, card_seconds, held_ms, cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    select * from unnest(
      ${column(({ run }) => run)}::uuid[],
      ${column(({ job }) => job)}::uuid[],
      ${column(({ hold }) => hold)}::uuid[],
      ${column(({ tenant }) => tenant)}::text[],
      ${column(({ provider }) => provider)}::text[],
      ${column(({ pool }) => pool)}::text[],
      ${column(({ model }) => model)}::text[],
      ${column(({ emulated }) => emulated)}::boolean[],
      ${column(({ endedAt }) => endedAt)}::timestamptz[],
      ${column(({ chargedAt }) => chargedAt)}::timestamptz[],
      ${column(({ prices }) => prices)}::uuid[],
      ${column(({ feeRate }) => feeRate)}::bigint[],
      ${column(({ charged }) => charged)}::boolean[],
      ${column(({ share }) => share.cash)}::bigint[],
      ${column(({ share }) => share.voucher)}::bigint[],
      ${column(({ share }) => share.programme)}::text[],
      ${column(({ share }) => share.voucherRate)}::bigint[],
      ${column(({ peak }) => peak)}::bigint[],
      ${column(({ cardShare }) => cardShare)}::int[],
      ${column(({ charge }) => charge.usage.cardSeconds)}::bigint[],
      ${column(({ charge }) => charge.usage.held)}::bigint[],
      ${column(({ charge }) => charge.usage.cpuTime)}::bigint[],
      ${column(({ charge }) => charge.usage.peakMemoryBytes)}::bigint[],
      ${column(({ charge }) => charge.price)}::numeric[],
      ${column(({ charge }) => charge.voucher)}::bigint[],
      ${column(({ charge }) => charge.cash)}::bigint[],
      ${column(({ charge }) => charge.platformFee)}::bigint[])`;
}

/** Those of the runs that were charged, whatever the amount. */
export async function chargedAmong(sql: Sql, runs: readonly RunId[]): Promise<Set<RunId>> {
  const rows = await sql<{ run: RunId }>`select run from charges where run = any(${runs}::uuid[])`;
  return new Set(rows.map(({ run }) => run));
}

export async function findCharges(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, StoredCharge>> {
  const rows = await sql<ChargeRow>`select * from charges where run = any(${runs}::uuid[])`;
  return new Map(rows.map((row) => [row.run, toCharge(row)]));
}

/** All charges by run, after one. */
export async function listCharges(
  sql: Sql,
  { after, limit }: { after: RunId; limit: number },
): Promise<StoredCharge[]> {
  const rows = await sql<ChargeRow>`
    select * from charges where run > ${after}::uuid order by run limit ${limit}`;
  return rows.map(toCharge);
}

/** Whose charges, and known from when up to but not at when. */
export interface ChargesOf {
  readonly of: { readonly tenant: TenantId } | { readonly provider: ProviderId } | ProgrammesOf;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly limit: number;
}
interface ProgrammesOf {
  readonly programmes: readonly ProgrammeId[];
}

/** In the order the hub knew of them, then by run. */
export async function chargesBetween(
  sql: Sql,
  { of, from, until, limit }: ChargesOf,
): Promise<StoredCharge[]> {
  const rows = await sql<ChargeRow>`
    select * from charges where ${whose(of)} and charged_at >= ${from} and charged_at < ${until}
    order by charged_at, run limit ${limit}`;
  return rows.map(toCharge);
}

/** A tenant's runs that ended in a time or after it, and began before its end. */
export async function chargesWithin(
  sql: Sql,
  of: { tenant: TenantId; from: Temporal.Instant; until: Temporal.Instant },
): Promise<StoredCharge[]> {
  const rows = await sql<ChargeRow>`
    select * from charges
    where tenant = ${of.tenant} and charged_at >= ${of.from} and ended_at >= ${of.from}
      and exists (select from readings where readings.run = charges.run
        and from_at < ${of.until})
    order by charged_at, run`;
  return rows.map(toCharge);
}

function whose(of: ChargesOf["of"]): Fragment {
  if ("tenant" in of) return fragment`tenant = ${of.tenant}`;
  if ("provider" in of) return fragment`provider = ${of.provider}`;
  return fragment`programme = any(${of.programmes}::text[]) and voucher > 0`;
}

export async function pricesOf(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, PriceScheduleDraft>> {
  const rows = await sql<{ id: string; schedule: unknown }>`
    select id, schedule from charge_prices where id = any(${[...new Set(ids)]}::uuid[])`;
  return new Map(rows.map(({ id, schedule }) => [id, readPrices(schedule)]));
}

interface ChargeRow {
  readonly run: RunId;
  readonly job: JobId;
  readonly hold: HoldId;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly pool: PoolId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly ended_at: Temporal.Instant;
  readonly charged_at: Temporal.Instant;
  readonly prices: string;
  readonly fee_rate: bigint;
  readonly charged: boolean;
  readonly share_cash: bigint;
  readonly share_voucher: bigint;
  readonly programme: ProgrammeId | null;
  readonly voucher_rate: bigint | null;
  readonly peak: bigint | null;
  readonly card_share: number;
  readonly card_seconds: bigint;
  readonly held_ms: bigint;
  readonly cpu_ms: bigint;
  readonly peak_memory_bytes: bigint;
  readonly price: string;
  readonly voucher: bigint;
  readonly cash: bigint;
  readonly fee: bigint;
}

const toCharge = (row: ChargeRow): StoredCharge => ({
  run: row.run,
  job: row.job,
  hold: row.hold,
  tenant: row.tenant,
  provider: row.provider,
  pool: row.pool,
  model: row.model,
  emulated: row.emulated,
  endedAt: row.ended_at,
  chargedAt: row.charged_at,
  prices: row.prices,
  feeRate: rate(row.fee_rate),
  charged: row.charged,
  share: {
    cash: microYuan(row.share_cash),
    voucher: microYuan(row.share_voucher),
    programme: row.programme,
    voucherRate: row.voucher_rate === null ? null : rate(row.voucher_rate),
  },
  peak: row.peak === null ? null : deciTflops(row.peak),
  cardShare: row.card_share,
  charge: chargeIn(row),
});

/** What the parts give is not stored beside them. */
function chargeIn(row: ChargeRow): Charge {
  const [price, voucher, cash, platformFee] = [
    microYuan(BigInt(row.price)),
    microYuan(row.voucher),
    microYuan(row.cash),
    microYuan(row.fee),
  ];
  const charge = plus(voucher, cash);
  const held = cardSeconds(row.card_seconds);
  return {
    usage: {
      cardSeconds: held,
      work: row.peak === null ? null : workOf(held, deciTflops(row.peak)),
      held: durationOf(Number(row.held_ms)),
      cpuTime: durationOf(Number(row.cpu_ms)),
      peakMemoryBytes: bytes(row.peak_memory_bytes),
    },
    price,
    overHold: row.charged ? minus(price, charge) : noMoney,
    charge,
    voucher,
    cash,
    platformFee,
    toProvider: minus(charge, platformFee),
  };
}
