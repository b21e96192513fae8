import type { CardModel, Link, PriceSchedule } from "../capacity/index.ts";
import type { Constraints, CardWish, Priority } from "../job/index.ts";
import type {
  Bytes,
  CardModelId,
  CentreId,
  Duration,
  HostId,
  JobId,
  Mebibytes,
  MicroYuan,
  MilliCores,
  PlaceId,
  PoolId,
  TenantId,
} from "../units/index.ts";
import type { Policy } from "./policy.ts";
import type { Reason } from "./reason.ts";

/**
 * All that a round looks at, at one moment. Lists may stand in any order. Times are milliseconds
 * since 1970: a round compares millions of them.
 */
export interface Snapshot {
  readonly nowMs: number;
  readonly pools: readonly PoolNow[];
  readonly links: readonly Link[];
  readonly policy: Policy;
  readonly tenants: ReadonlyMap<TenantId, TenantNow>;
  /** Of arrays with a bound on how many may hold cards at once: how many do now. */
  readonly arrays: ReadonlyMap<JobId, ArrayNow>;
  /** All that holds cards: what is free in a pool is its hosts less these. */
  readonly runs: readonly RunNow[];
  /** The queue by shape. It may be cut short; what is left out waits for a later round. */
  readonly queue: readonly ShapeQueue[];
  /** Run times of finished runs, by `Shape.family`. */
  readonly learnt: ReadonlyMap<string, readonly LearntRunTime[]>;
  /** From the last certificate; null before the first. */
  readonly scarcity: Scarcity | null;
  /** Runs that rounds have stopped for others within the last hour. */
  readonly preemptedLately: number;
}

/** One pool. */
export interface PoolNow {
  readonly id: PoolId;
  readonly centre: CentreId;
  readonly place: PlaceId;
  readonly model: CardModel;
  readonly emulated: boolean;
  readonly prices: PriceSchedule;
  /** The least of a card that is handed out, in thousandths; 1000: whole cards only. */
  readonly minimumSlice: number;
  /** What one card draws; null where the operator does not say. */
  readonly wattsPerCard: number | null;
  /** Set where power is paid beside the card-hour. */
  readonly powerPricePerKwh: MicroYuan | null;
  /** Of CO2; null where nobody says. */
  readonly carbonGramsPerKwh: number | null;
  /** How often its owner takes a card back, in a thousand hours; 0 where it never does. */
  readonly reclaimsPer1000Hours: number;
  /** Why the centre takes no run now; null when it does. */
  readonly closed: Reason | null;
  /** When none of it may run; what would reach into such a time is not started. */
  readonly maintenance: readonly Span[];
  /** How many more leases its centre takes for now; null: no bound. Pools of a centre share it. */
  readonly leasesMax: number | null;
  readonly hosts: readonly HostNow[];
}

/** From `fromMs` up to but not at `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface HostNow {
  readonly id: HostId;
  readonly cards: number;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
  /** What it shares with its neighbours, by name; null where nobody says. Narrowest first. */
  readonly domain: string | null;
  readonly rack: string | null;
  readonly block: string | null;
}

/** What one replica takes of its host. */
export interface Need {
  /** Whole cards; 1 where `share` is below 1000. */
  readonly cards: number;
  /** Of that one card, in thousandths; 1000: the whole of each card. */
  readonly share: number;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
}

/** Which host runs how many replicas. */
export interface HostShare {
  readonly host: HostId;
  readonly replicas: number;
  /** Of a part of a card: which card of the host, from 0; one share for each replica then. */
  readonly card?: number;
}

/** A run that holds cards: leased, starting or running. A job has one at most. */
export interface RunNow {
  readonly job: JobId;
  readonly tenant: TenantId;
  readonly shape: Shape;
  readonly pool: PoolId;
  readonly need: Need;
  readonly hosts: readonly HostShare[];
  /** When it was leased. */
  readonly sinceMs: number;
  /** By what its shape is expected to take on these cards; in the past when it takes longer. */
  readonly expectedEndMs: number;
  /** Its limit: it is stopped then. */
  readonly latestEndMs: number;
  /** Null: never, or it does not. */
  readonly checkpointedMs: number | null;
  /** It is being stopped already: its cards will be free soon. */
  readonly stopping: boolean;
}

export interface TenantNow {
  /** Its own bound on cards at once, whatever its organisation has; null: no bound. */
  readonly cardQuota: number | null;
  /** Card-seconds used before now, decayed with the policy's half-life. */
  readonly pastCardSeconds: number;
  /** Jobs of it that started within the last hour. */
  readonly startedLately: number;
}

export interface ArrayNow {
  readonly running: number;
  readonly parallel: number;
}

/** How long runs of one family took on one card model. */
export interface LearntRunTime {
  readonly model: CardModelId;
  readonly runs: number;
  readonly median: Duration;
  readonly p90: Duration;
}

/**
 * All that dispatch looks at in a job. Jobs of one shape differ only in who asks and since when,
 * so what is worked out for one holds for all. `shapeOf` makes it; `key` is equal only for equal
 * shapes.
 */
export interface Shape {
  readonly key: string;
  /** Equal for shapes whose runs take as long: those that ask for the same work. */
  readonly family: string;
  readonly priority: Priority;
  readonly replicas: number;
  readonly cards: CardWish;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
  readonly maxRunTime: Duration;
  readonly deadlineMs: number | null;
  /** What may still be spent on it; null: no bound. */
  readonly budget: MicroYuan | null;
  readonly waitingCostPerHour: MicroYuan | null;
  readonly constraints: Constraints;
  /** Pools that refused a run of it for good. */
  readonly ruledOut: readonly PoolId[];
  /** Data to bring, each from whichever of its places is cheapest. */
  readonly data: readonly DataAt[];
  readonly checkpoints: boolean;
  readonly preemptible: boolean;
}

/** Data that lies in each of these places. */
export interface DataAt {
  readonly places: readonly PlaceId[];
  readonly bytes: Bytes;
  /** It is what a run of the job kept, not an input. */
  readonly checkpoint?: true;
}

/** Jobs of one shape, oldest first. */
export interface ShapeQueue {
  readonly shape: Shape;
  readonly jobs: readonly QueuedJob[];
}

export interface QueuedJob {
  readonly id: JobId;
  readonly tenant: TenantId;
  readonly submittedMs: number;
  /** The array it is one of, where that has a bound. */
  readonly array: JobId | null;
}

/**
 * What one more card-hour would be worth, beyond its price, because others want it too: the dual
 * prices of the last certificate.
 */
export interface Scarcity {
  readonly atMs: number;
  /**
   * Of each pool: micro-yuan per card-hour in each hour from `fromMs` on; nothing after the last.
   */
  readonly fromMs: number;
  readonly perCardHour: ReadonlyMap<PoolId, readonly number[]>;
}
