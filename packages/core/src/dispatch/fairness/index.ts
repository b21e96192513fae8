export { checkFairness } from "./check-fairness.ts";
export { decayed } from "./decay.ts";
export type { CardsAsked, Use } from "./books.ts";
export { openFairness, type Fairness } from "./fairness.ts";
export type { Line } from "./line.ts";
export type { FairnessReason } from "./refusal.ts";
export type { Totals } from "./resources.ts";
export { fairnessSentences } from "./sentences.ts";
