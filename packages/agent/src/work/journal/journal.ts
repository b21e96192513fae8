import type { JournalId } from "@wadi/protocol";
import type { Disk } from "./disk.ts";

/**
 * What belongs together: all of it is durable, or none. Entries go to the hub in this order; the
 * rest is what the agent keeps for itself, so that after a crash it knows what it has said.
 */
export interface Change {
  /** Each a JSON object without its number. */
  readonly entries: readonly string[];
  /** JSON by key, no space in the key; null drops the key. */
  readonly keep: readonly (readonly [key: string, value: string | null])[];
  readonly weight: Weight;
}

/**
 * What is left out first when room runs short: `log`, then `plain`. `essential` is never left out:
 * it waits until there is room for it.
 */
export type Weight = "log" | "plain" | "essential";

export type Committed =
  /** `mark` is for `isAcked`, as long as the journal is open. */
  { readonly kind: "durable"; readonly mark: bigint } | { readonly kind: "no-room" };

export interface Batch {
  /** As they travel, one after another in number. */
  readonly entries: readonly string[];
  /** Whether more are waiting behind them. */
  readonly more: boolean;
}

export interface JournalOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Above four fifths of it only the essential is taken; above half of it, no logs. */
  readonly bytesMax: number;
  readonly segmentBytes: number;
  readonly reserveBytes: number;
  readonly newId: () => JournalId;
  /** Resolves before another try at writing what the disk would not take. */
  readonly pause: () => Promise<void>;
  /** Told when writing fails, and with null when there is room again. */
  readonly onTrouble: (trouble: Error | null) => void;
}

/**
 * What the agent must not forget, on disk: entries for the hub, numbered without a gap and kept
 * until the hub has them, and values of the agent's own. Commits that come together share one
 * write and one sync.
 */
export interface Journal {
  readonly id: JournalId;
  /** What was wrong with the files when it was opened; a new journal was begun then. */
  readonly damage: string | null;
  /** What is kept, as of the last durable commit. */
  readonly kept: ReadonlyMap<string, string>;
  /** The number of the last durable entry. */
  readonly last: bigint;
  /** The number of the last entry that the hub has. */
  readonly acked: bigint;
  /** Resolves when the change is durable, or was left out for want of room. */
  commit(change: Change): Promise<Committed>;
  /** Whether a change of that weight would be taken now. */
  takes(weight: Weight): boolean;
  /** Durable entries that are not acknowledged, oldest first; at least one where there is one. */
  batch(most: { entries: number; bytes: number }): Promise<Batch>;
  /** The hub has all up to here: they are dropped. */
  ack(through: bigint): Promise<void>;
  /** Whether the hub has all entries of a change, and of those before it. */
  isAcked(mark: bigint): boolean;
  /** The mark of a change that was committed last. */
  readonly mark: bigint;
  /** Begins anew under another id: what is not acknowledged is numbered from 1. */
  reset(): Promise<void>;
  /** Looks whether a disk that was full has room again. To be called now and then. */
  tend(): Promise<void>;
  /** Ends when what was committed before is durable, or the disk will not take it. */
  close(): Promise<void>;
}
