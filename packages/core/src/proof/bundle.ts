import type { PriceScheduleDraft } from "../capacity/index.ts";
import type { TransferId } from "../ledger/index.ts";
import type { Charge } from "../metering/index.ts";
import type {
  CardSeconds,
  CentreId,
  Duration,
  HoldId,
  JobId,
  MicroYuan,
  ProgrammeId,
  ProviderId,
  Rate,
  RunId,
  TenantId,
} from "../units/index.ts";
import type { LedgerAnchor } from "./anchor.ts";
import type { BundleClaim, BundleRules } from "./bundle-claims.ts";
import type {
  BundleAgreement,
  BundleMeterBatch,
  BundleMonth,
  BundlePriceList,
} from "./bundle-months.ts";
import type { BundleReading } from "./bundle-reading.ts";
import type { MerklePath } from "./merkle.ts";

/** A charge with all that it was made from. */
export interface BundleCharge {
  readonly run: RunId;
  readonly job: JobId;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly charge: Charge & { readonly chargedAt: Temporal.Instant };
  /** In 0.1 TFLOPS. */
  readonly peak: bigint | null;
  readonly prices: PriceScheduleDraft;
  readonly readings: readonly BundleReading[];
  readonly feeRate: Rate;
  readonly charged: boolean;
  readonly share: { readonly cash: MicroYuan; readonly voucher: MicroYuan };
  readonly programme: ProgrammeId | null;
  readonly voucherRate: Rate | null;
  readonly cardShare: number;
}

/** What of a charge a correction changes. */
export interface CorrectedParts {
  readonly cardSeconds: CardSeconds;
  readonly held: Duration;
  readonly price: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
  readonly platformFee: MicroYuan;
}

/** A charge made anew by readings that came after it. */
export interface BundleCorrection {
  /** 1 for the first of its run. */
  readonly correction: number;
  readonly at: Temporal.Instant;
  readonly before: CorrectedParts;
  readonly after: CorrectedParts;
  /** With all readings that count by then. */
  readonly evidence: Omit<BundleCharge, "charge">;
}

/** A line of the journal, the hash before it, and its way to the anchor that covers it. */
export interface BundleTransfer extends MerklePath {
  readonly seq: bigint;
  readonly id: TransferId;
  readonly kind: string;
  readonly book: string;
  readonly from: string;
  readonly to: string;
  readonly amount: MicroYuan;
  readonly hold: HoldId | null;
  readonly fact: string;
  readonly note: string;
  readonly job: JobId | null;
  readonly run: RunId | null;
  readonly happenedAt: Temporal.Instant;
  readonly knownAt: Temporal.Instant;
  readonly hash: string;
  readonly previous: string;
  readonly anchor: number;
}

/** Readings that came together, signed by their centre's agent. */
export interface BundleBatch {
  readonly centre: CentreId;
  readonly size: number;
  readonly root: string;
  readonly signingKey: string;
  readonly signature: string;
}

/** What a tenant paid in [from, until), with all that proves it. */
export interface Bundle {
  readonly tenant: TenantId;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** The tenant's own that were ever used, by path, and what stood on them before and after. */
  readonly accounts: readonly {
    readonly path: string;
    readonly opening: MicroYuan;
    readonly closing: MicroYuan;
  }[];
  /** The bill: one line for each charge, in the same order. */
  readonly lines: readonly BillLine[];
  /** Of the lines, and of what corrections and bills of months changed. */
  readonly totals: Pick<BillLine, "charge" | "voucher" | "cash">;
  /** By run. */
  readonly charges: readonly BundleCharge[];
  /** By run and number. */
  readonly corrections: readonly BundleCorrection[];
  /** By month and number: those that were made in the time. */
  readonly months: readonly BundleMonth[];
  /** By id and revision, and by revision: those that the months were rated by. */
  readonly priceLists: readonly BundlePriceList[];
  readonly agreements: readonly BundleAgreement[];
  readonly batches: readonly BundleBatch[];
  readonly meterBatches: readonly BundleMeterBatch[];
  readonly programmes: readonly {
    readonly programme: ProgrammeId;
    readonly version: number;
    readonly rate: Rate;
  }[];
  /** By programme and version: those that the claims were decided or redeemed by. */
  readonly rules: readonly BundleRules[];
  /** All that were ever granted to the tenant by the end of the time, by id. */
  readonly claims: readonly BundleClaim[];
  /**
   * Of before the time: what came onto the tenant's vouchers or left them, and all that moved under
   * the claims. In the journal's order; they are in no balance of the bundle.
   */
  readonly earlier: readonly BundleTransfer[];
  /** Of the tenant's accounts and charges, in the journal's order. */
  readonly transfers: readonly BundleTransfer[];
  readonly anchors: readonly (LedgerAnchor & { readonly isPublished: boolean })[];
}

export interface BillLine {
  readonly run: RunId;
  readonly at: Temporal.Instant;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
}

const voucherKinds = ["issued", "reserved", "redeemed", "expired", "clawback"];

/** The kinds of accounts that are a tenant's own, of money and of vouchers. */
export const ownKinds = ["prepaid", "held", "receivable", "deposit-held", ...voucherKinds];

/** Whether an account is the tenant's own. */
export function isOwn(path: string, tenant: TenantId): boolean {
  const [kind, owner] = path.split("/");
  return owner === tenant && ownKinds.includes(kind!);
}

/** Which of the tenant's vouchers an account is a part of; undefined: of none. */
export function voucherOf(path: string, tenant: TenantId): string | undefined {
  const [kind, owner, programme] = path.split("/");
  return owner === tenant && voucherKinds.includes(kind!) ? programme : undefined;
}
