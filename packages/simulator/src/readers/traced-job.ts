import type { Priority } from "@wadi/core/job";

/** A job as a trace has it, in our own terms: what all readers and the generator make. */
export interface TracedJob {
  /** Unique in its workload. */
  readonly id: string;
  readonly tenant: string;
  readonly submittedMs: number;
  readonly replicas: number;
  /** Of each replica. */
  readonly cards: number;
  /** Of that one card, in thousandths; 1000: whole cards. */
  readonly share: number;
  /** At least one. */
  readonly models: readonly { readonly model: string; readonly speed: number }[];
  /** On a card of speed 1; longer than nothing. */
  readonly runMs: number;
  /** What its owner thought it would take there; null: as it did. */
  readonly estimateMs: number | null;
  /** After which it was to be stopped there; null: nobody says. */
  readonly limitMs: number | null;
  /** Thousandths of a core for each card; null: one core. */
  readonly cpuPerCard: number | null;
  /** MiB for each card; null: 1 GiB. */
  readonly memoryPerCard: number | null;
  readonly priority: Priority;
  readonly preemptible: boolean;
  readonly checkpoints: boolean;
  readonly deadlineMs: number | null;
  readonly domesticOnly: boolean;
  readonly data: readonly TracedData[];
}

export interface TracedData {
  readonly name: string;
  /** Where it lies, one at least. */
  readonly places: readonly string[];
  readonly bytes: bigint;
}

/** A job of the source that can be no job here. */
export interface Impossible {
  readonly id: string;
  readonly why: string;
}

/** What a reader makes of a file. */
export interface Trace {
  readonly jobs: readonly TracedJob[];
  readonly impossible: readonly Impossible[];
}

/** What is true of a job where its trace does not say. */
export const plainJob = {
  replicas: 1,
  share: 1000,
  estimateMs: null,
  limitMs: null,
  cpuPerCard: null,
  memoryPerCard: null,
  priority: "normal",
  preemptible: false,
  checkpoints: false,
  deadlineMs: null,
  domesticOnly: false,
  data: [],
} as const satisfies Partial<TracedJob>;

/**
 * A number of cards as like replicas of at most `most` cards: as few as divide it evenly, so that
 * 12 are twice 6, and 13 are 13 single ones.
 */
export function gangOf(cards: number, most: number): { replicas: number; cards: number } {
  let replicas = Math.ceil(cards / most);
  while (cards % replicas !== 0) replicas += 1;
  return { replicas, cards: cards / replicas };
}

/** A name of the trace as one of ours: lower-case letters, digits and inner hyphens. */
export function slugOf(text: string, otherwise: string): string {
  const letters = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, "");
  return letters === "" ? otherwise : letters;
}
