import type { MicroYuan, PoolId } from "../../units/index.ts";
import type { Scarcity } from "../snapshot.ts";

export interface Certificate {
  /** No schedule of the problem's jobs in its free cards costs less; `leftOut` are not counted. */
  readonly lower: MicroYuan;
  /** Groups with jobs that can run nowhere: too wide, or too late, for every pool. */
  readonly leftOut: readonly string[];
  /**
   * What they would cost if jobs could be split: no bound of this kind is higher, so what `lower`
   * falls short of it by is all that more rounds could still gain. Null where it was not found.
   */
  readonly relaxed: MicroYuan | null;
  /** What one more card-hour is worth beyond its price; above 0 only where cards are short. */
  readonly scarcity: Scarcity;
  /** How often all options were looked at. */
  readonly rounds: number;
  /** By pool, in each hour of the problem: cards that the split jobs hold, on average. */
  readonly usedCards: ReadonlyMap<PoolId, readonly number[]>;
  /** How the split jobs ran: what the next certificate begins with. */
  readonly ways: readonly { readonly group: string; readonly ways: readonly UsedWay[] }[];
  readonly pace: { readonly step: number; readonly weight: number };
}

export interface UsedWay {
  readonly pool: PoolId;
  readonly cards: number;
  readonly startMs: number;
  /** Of the group's jobs. */
  readonly share: number;
}
