import type { CardModel, Link, PriceSchedule } from "../capacity/index.ts";
import type { Constraints, CardWish, Priority } from "../job/index.ts";
import type {
  Bytes,
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
import type { Reason } from "./reason.ts";

/** All that a round looks at, at one moment. Lists may stand in any order. */
export interface Snapshot {
  readonly now: Temporal.Instant;
  readonly pools: readonly PoolNow[];
  readonly links: readonly Link[];
  readonly policy: Policy;
  readonly tenants: ReadonlyMap<TenantId, TenantNow>;
  /** Of arrays with a bound on how many may hold cards at once: how many do now. */
  readonly arrays: ReadonlyMap<JobId, ArrayNow>;
  /** The queue by shape. It may be cut short; what is left out waits for a later round. */
  readonly queue: readonly ShapeQueue[];
}

/** One pool and what is free in it. */
export interface PoolNow {
  readonly id: PoolId;
  readonly centre: CentreId;
  readonly place: PlaceId;
  readonly model: CardModel;
  readonly emulated: boolean;
  readonly prices: PriceSchedule;
  /** What one card draws; null where the operator does not say. */
  readonly wattsPerCard: number | null;
  /** Set where power is paid beside the card-hour. */
  readonly powerPricePerKwh: MicroYuan | null;
  /** How often its owner takes a card back, in a thousand hours; 0 where it never does. */
  readonly reclaimsPer1000Hours: number;
  /** Why the centre takes no run now; null when it does. */
  readonly closed: Reason | null;
  readonly hosts: readonly HostNow[];
}

export interface HostNow {
  readonly id: HostId;
  readonly cards: number;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
  readonly freeCards: number;
  readonly freeCpu: MilliCores;
  readonly freeMemory: Mebibytes;
}

export interface Policy {
  /** What an hour of waiting is worth where the tenant does not say. */
  readonly waitingCostPerHour: Readonly<Record<Priority, MicroYuan>>;
}

export interface TenantNow {
  readonly cardsInUse: number;
  /** Null: no bound. */
  readonly cardQuota: number | null;
}

export interface ArrayNow {
  readonly running: number;
  readonly parallel: number;
}

/**
 * All that dispatch looks at in a job. Jobs of one shape differ only in who asks and since when,
 * so what is worked out for one holds for all. `shapeOf` makes it; `key` is equal only for equal
 * shapes.
 */
export interface Shape {
  readonly key: string;
  readonly priority: Priority;
  readonly replicas: number;
  readonly cards: CardWish;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
  readonly maxRunTime: Duration;
  readonly deadline: Temporal.Instant | null;
  /** What may still be spent on it; null: no bound. */
  readonly budget: MicroYuan | null;
  readonly waitingCostPerHour: MicroYuan | null;
  readonly constraints: Constraints;
  /** Data to bring, summed by place. */
  readonly data: readonly { readonly place: PlaceId; readonly bytes: Bytes }[];
  readonly checkpoints: boolean;
}

/** Jobs of one shape, oldest first. */
export interface ShapeQueue {
  readonly shape: Shape;
  readonly jobs: readonly QueuedJob[];
}

export interface QueuedJob {
  readonly id: JobId;
  readonly tenant: TenantId;
  readonly submittedAt: Temporal.Instant;
  /** The array it is one of, where that has a bound. */
  readonly array: JobId | null;
}
