import type { FundId, MicroYuan, Rate } from "../../units/index.ts";
import type { Period } from "./period.ts";
import type { Words } from "./words.ts";

/** Levels of government, lowest first. */
export const levels = {
  district: { en: "district or county", zh: "区县" },
  city: { en: "city", zh: "市" },
  province: { en: "province", zh: "省" },
  state: { en: "state", zh: "国家" },
} as const satisfies Record<string, Words>;
export type Level = keyof typeof levels;
export const levelNames = Object.keys(levels) as Level[];

/** R24: a fund that bears a share of what is granted. */
export interface Payer {
  readonly code: string;
  readonly text: Words;
  readonly level: Level;
  readonly fund: FundId;
  /**
   * Its share of each part it bears, against the shares of the others that bear it; the last one
   * takes what rounding down to the fen leaves.
   */
  readonly share: Rate;
  /** What it has; null: no bound of its own beside the programme's budget. */
  readonly budget: { readonly amount: MicroYuan; readonly period: Period } | null;
}
