import type { CardModelId, DeciTflops } from "../units/index.ts";

/** A kind of card, as its maker offers it. Nameplate figures only, never measured ones. */
export interface CardModel {
  readonly id: CardModelId;
  readonly vendor: string;
  readonly name: string;
  readonly origin: Origin;
  readonly stack: Stack;
  /** Dense FP16 matrix speed with FP32 sums where the maker tells them apart; no sparsity. */
  readonly peak: Figure<DeciTflops>;
  /** Makers write GB; the memory is made, and taken here, in GiB. */
  readonly memoryGiB: Figure<number>;
  readonly note: string | null;
}

/** `unknown` is not domestic: a job that demands a domestic card does not get one of these. */
export const origins = ["domestic", "foreign", "unknown"] as const;
export type Origin = (typeof origins)[number];

/** The software that programs the card, by the name its maker uses. */
export const stacks = [
  "cuda",
  "cann",
  "neuware",
  "dtk",
  "xpu",
  "musa",
  "maca",
  "corex",
  "topsrider",
  "supa",
  "rocm",
  "none",
] as const;
export type Stack = (typeof stacks)[number];

/** A figure with its source, or the reason why there is none. It is never an estimate. */
export type Figure<V> =
  | { readonly kind: "known"; readonly value: V; readonly source: Source }
  | { readonly kind: "unknown"; readonly reason: string };

export interface Source {
  /** `vendor-sheet`: the maker published it itself; `press`: anyone else did. */
  readonly grade: "vendor-sheet" | "press";
  readonly title: string;
  readonly publisher: string;
  readonly year: number | null;
  readonly url: string | null;
  /** Where the figure was read, when it was not in the source itself. */
  readonly via: string | null;
}

export const grades = ["vendor-sheet", "press", "unknown"] as const;
export type Grade = (typeof grades)[number];

export const gradeOf = (figure: Figure<unknown>): Grade =>
  figure.kind === "known" ? figure.source.grade : "unknown";

export const known = <V>(value: V, source: Source): Figure<V> => ({
  kind: "known",
  value,
  source,
});

export const unknown = (reason: string): Figure<never> => ({ kind: "unknown", reason });
