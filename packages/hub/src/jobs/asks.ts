import type { Booking, Language, Scarcity } from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";
import type { explanation, quote } from "@wadi/protocol";
import type { z } from "zod";

export type Explanation = z.output<typeof explanation>;
export type QuoteView = z.output<typeof quote>;

/** What only this hub's memory knows, of rounds and their certificate. */
export interface Known {
  /** Starts promised to others: what is quoted does not delay them. */
  readonly promised: readonly Booking[];
  readonly scarcity: Scarcity | null;
}

/** Of a job that waits: why, and what would help. */
export interface WaitAsked extends Known {
  readonly job: JobId;
  readonly language: Language;
}

/** Of a job that somebody may submit. */
export interface QuoteAsked extends Known {
  readonly spec: JobSpec;
  readonly tenant: TenantId | null;
  readonly language: Language;
  /** When it would start behind all that waits, where that is known. */
  readonly behind: { readonly p50Ms: number; readonly p90Ms: number } | undefined;
}

/** Answers that look at the whole region. Large ones are worked out where nobody waits for them. */
export interface Asks {
  explainWait(asked: WaitAsked): Promise<Explanation>;
  quote(asked: QuoteAsked): Promise<QuoteView>;
}
