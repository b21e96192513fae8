import { formatYuan } from "../../units/index.ts";
import type { Cost } from "../cost.ts";
import type { Policy } from "../policy.ts";
import type { Language, Reason } from "../reason.ts";
import type { Shape, Snapshot } from "../snapshot.ts";
import { changeSentences, startSentences } from "./sentences.ts";

/** A change that was tried and does help. */
export interface Help {
  /** One; two only where no single one helps. */
  readonly changes: readonly HelpChange[];
  readonly starts: HelpStart;
  /** In total where it would run then; null where it has no place yet. */
  readonly cost: Cost | null;
  /** The job as it would be. */
  readonly shape: Shape;
  /** What would be another in the region; null where the job alone changes. */
  readonly region: { readonly policy: Policy; readonly tenants: Snapshot["tenants"] } | null;
}

export interface HelpChange {
  readonly code: HelpCode;
  readonly facts: Reason["facts"];
  /** Who can do it. */
  readonly by: "tenant" | "operator";
}

export type HelpCode = keyof typeof changeSentences;

/** `possible`: some pool can run it, though nobody can say when. */
export type HelpStart =
  | { readonly kind: "now" }
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "possible" };

const conceded: readonly HelpCode[] = [
  // Nothing is given up.
  "wait",
  "shorter-limit",
  "limit-to-end-in-time",
  "less-cpu",
  "less-memory",
  "whole-card",
  // It runs elsewhere than it was meant to.
  "also-in-place",
  "any-place",
  "also-at-centre",
  "any-centre",
  "denied-centre",
  "no-denied-centre",
  "also-foreign",
  "other-model",
  "data-in",
  // Time or money.
  "later-deadline",
  "higher-budget",
  "dearer-waiting",
  // It runs longer.
  "fewer-replicas",
  "fewer-cards",
  // At the cost of others.
  "higher-class",
  "own-quota",
  "larger-quota",
  "more-starts",
];

/**
 * How much a change gives up, smallest first: what costs the tenant nothing, then another place or
 * card, then time or money, then the way the job is split, last what is taken from others.
 */
export const sizeOf = (code: HelpCode): number => conceded.indexOf(code);

/** The help as one sentence, its cost with it. */
export function helpSentence({ changes, starts, cost }: Help, language: Language = "en"): string {
  const atMs = starts.kind === "at" ? starts.atMs : 0;
  const at = Temporal.Instant.fromEpochMilliseconds(Math.ceil(atMs)).toString();
  const start = filled(startSentences[starts.kind][language], { at });
  const clauses = changes.map(({ code, facts }) => filled(changeSentences[code][language], facts));
  const total = cost && formatYuan(cost.total);
  if (language === "zh") {
    return `若${clauses.join("，并且")}，${start}${total ? `，总成本 ${total} 元` : ""}。`;
  }
  return `${start}${total ? `, for ${total} yuan in total,` : ""} if ${clauses.join(" and ")}.`;
}

/** A fact that is missing shows as its name, so that none is hidden. */
const filled = (text: string, facts: Reason["facts"]) =>
  text.replaceAll(/\{(\w+)\}/g, (name, key: string) => String(facts[key] ?? name));
