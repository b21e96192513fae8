import type { Weekday } from "../capacity/index.ts";
import type { Basis, Measure } from "../metering/index.ts";
import type { Id, MicroYuan } from "../units/index.ts";
import type { Grain, PriceUnit } from "./price-unit.ts";

export type PriceListId = Id<"price-list">;
export type PriceItemId = Id<"price-item">;
export type PackageId = Id<"package">;

/** In English and Chinese. */
export interface Name {
  readonly en: string;
  readonly zh: string;
}

/** Where the prices were seen, and how far to trust that. */
export interface PriceSource {
  readonly text: string;
  readonly url: string | null;
  readonly grade: PriceGrade;
}

/**
 * `official`: on the seller's or the government's own pages; `press`: reported; `weak`: gathered
 * from summaries; `own`: the operator's own.
 */
export const priceGrades = ["official", "press", "weak", "own"] as const;
export type PriceGrade = (typeof priceGrades)[number];

/** Who loses the fraction of a whole bill, and how large it is. */
export interface BillRounding {
  readonly to: "micro-yuan" | "fen";
  readonly direction: "down" | "up";
}

/** A price list as it is written; `priceList` checks it and lays it out. */
export interface PriceListDraft {
  readonly id: PriceListId;
  readonly name: Name;
  /** Of its days, hours and billing months. */
  readonly timeZone: string;
  readonly source: PriceSource;
  readonly rounding: BillRounding;
  readonly versions: readonly ListVersionDraft[];
}

/** Prices from the start of one local day up to the start of another; null is without end. */
export interface ListVersionDraft {
  readonly from: Temporal.PlainDate | null;
  readonly to: Temporal.PlainDate | null;
  /** The first item that fits a use prices it. */
  readonly items: readonly PriceItem[];
  /** Measures whose use costs nothing where no item fits it. What is in neither has no price. */
  readonly free: readonly Measure[];
  readonly packages: readonly Package[];
}

/** What one kind of use costs. */
export interface PriceItem {
  readonly id: PriceItemId;
  readonly measure: Measure;
  readonly basis: Basis;
  /** Each attribute must be one of these values; what is not named may be anything. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Local hours in which it holds; empty: always. */
  readonly times: readonly ItemTimes[];
  readonly per: PriceUnit;
  readonly grain: Grain | null;
  readonly pricing: Pricing;
}

export interface ItemTimes {
  readonly days: readonly Weekday[];
  /** From `fromHour` (0-23) up to but not at `toHour` (1-24). */
  readonly fromHour: number;
  readonly toHour: number;
}

/**
 * `graduated`: each step's price is for what lies in that step; `volume`: the step that the month's
 * whole quantity reaches prices all of it.
 */
export type Pricing =
  | { readonly kind: "flat"; readonly price: MicroYuan }
  | { readonly kind: "graduated" | "volume"; readonly steps: readonly PriceStep[] };

export interface PriceStep {
  /** In price units times a million, this included; null: all that is above. */
  readonly upTo: bigint | null;
  readonly price: MicroYuan;
}

/** A quantity paid ahead, used before anything is priced. */
export interface Package {
  readonly id: PackageId;
  readonly name: Name;
  readonly price: MicroYuan;
  /** In units of the items times a million. */
  readonly quantity: bigint;
  /** What it can be used for; all priced per the same unit. */
  readonly items: readonly PriceItemId[];
  /** For so many months after the one it is bought for; 0: only in that; null: for ever. */
  readonly carryMonths: number | null;
}

/** Checked and in order of time. */
export interface PriceList extends Omit<PriceListDraft, "versions"> {
  readonly versions: readonly ListVersion[];
}

export interface ListVersion extends ListVersionDraft {
  /** Names it on bills: its first day, or "start". */
  readonly label: string;
  /** Nanoseconds since the epoch; null is without end. */
  readonly start: bigint | null;
  readonly end: bigint | null;
  /** Of each item: in which of the 168 hours of the week it holds; null: in all. */
  readonly hours: readonly (ReadonlySet<number> | null)[];
}
