import type { Meter, MeterReading } from "../metering/index.ts";
import type {
  Agreement,
  Days,
  PriceListDraft,
  PriceListId,
  RatedLine,
  Unpriced,
} from "../rating/index.ts";
import type { CardModelId, MicroYuan, PoolId, ProviderId, Rate, RunId } from "../units/index.ts";
import type { BundleReading, SignedPlace } from "./bundle-reading.ts";
import type { MeterSigner } from "./sign-meter-readings.ts";

/** A price list as it was put that time. */
export interface BundlePriceList {
  readonly revision: number;
  readonly list: PriceListDraft;
}

/** What was agreed with the tenant, as it was put that time. */
export interface BundleAgreement {
  readonly revision: number;
  readonly agreement: Agreement;
}

/** By what some days of a month were rated. */
export interface BundlePact extends Days {
  readonly list: PriceListId;
  readonly listRevision: number;
  readonly agreementRevision: number;
}

/** A month as it was billed by what was agreed, with the usage that it was rated from. */
export interface BundleMonth {
  readonly month: Temporal.PlainYearMonth;
  /** 1 for the month's first bill. */
  readonly number: number;
  readonly billedAt: Temporal.Instant;
  readonly parts: readonly (BundlePact & {
    readonly total: MicroYuan;
    readonly lines: readonly BundleRatedLine[];
  })[];
  /** Came late and has no price. */
  readonly unpriced: readonly Unpriced[];
  readonly total: MicroYuan;
  /** By runs, before any adjustment. */
  readonly charged: MicroYuan;
  /** All adjustments of the month so far: of cash, and what vouchers gave back, by run. */
  readonly cash: MicroYuan;
  readonly backs: readonly BundleBack[];
  /** The same of the month's bill before this one; null: there is none. */
  readonly before: { readonly cash: MicroYuan; readonly backs: readonly BundleBack[] } | null;
  /** Earlier months whose packages may go on into this one, in their order. */
  readonly earlier: readonly {
    readonly month: Temporal.PlainYearMonth;
    readonly parts: readonly BundlePact[];
  }[];
  /** Usage as it was known when the month was billed; by run, and by the meter's id. */
  readonly runs: readonly BundleMonthRun[];
  readonly meters: readonly BundleMeter[];
}

/** A line without what of the usage is in it, which whoever rates it anew finds. */
export interface BundleRatedLine extends Omit<RatedLine, "sources" | "item" | "package"> {
  readonly item: string | null;
  readonly package: string | null;
}

export interface BundleBack {
  readonly run: RunId;
  readonly amount: MicroYuan;
}

/** A run with its charge as it stood, corrections in it. */
export interface BundleMonthRun {
  readonly run: RunId;
  readonly provider: ProviderId;
  readonly pool: PoolId;
  readonly model: CardModelId;
  readonly cardShare: number;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly voucherRate: Rate | null;
  readonly readings: readonly BundleReading[];
}

/** A meter of the tenant's, and the readings that count. */
export interface BundleMeter extends Omit<Meter, "tenant"> {
  readonly id: number;
  /** Whose credential sent them. */
  readonly signer: string;
  readonly readings: readonly BundleMeterReading[];
}

/** `signed` null: its source signs nothing. */
export interface BundleMeterReading extends MeterReading {
  readonly signed: SignedPlace | null;
}

/** Readings of meters that came together, signed by their source. */
export interface BundleMeterBatch extends MeterSigner {
  readonly size: number;
  readonly root: string;
  readonly signingKey: string;
  readonly signature: string;
}
