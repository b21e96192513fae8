import type { Priority } from "../job/index.ts";
import {
  durationOf,
  yuan,
  type CardModelId,
  type Duration,
  type MicroYuan,
  type TenantId,
} from "../units/index.ts";

/**
 * What an operator decides of dispatch, as data: one versioned file or one call of the API. All
 * that a round does differently from place to place is here; nothing else is configured.
 */
export interface Policy {
  /** What an hour of waiting is worth where the tenant does not say. */
  readonly waitingCostPerHour: Readonly<Record<Priority, MicroYuan>>;
  /** Who comes first inside a priority class. */
  readonly order: Order;
  /** After each such time of waiting a job counts as one class higher; null: classes are strict. */
  readonly ageing: Duration | null;
  readonly fairness: FairnessPolicy;
  readonly booking: BookingPolicy;
  /**
   * How long after its submission a job may wait, where it could start, for a cheaper hour or a
   * cheaper pool that is full; then it starts as soon and wherever it can. 0: it never does.
   */
  readonly waitForCheaper: Duration;
  readonly preemption: PreemptionPolicy;
  readonly layout: LayoutPolicy;
  /** Per tonne of CO2, where the operator prices carbon; null: it is not counted. */
  readonly carbonPricePerTonne: MicroYuan | null;
  readonly pace: PacePolicy;
}

/**
 * `fair`: the organisation, then the tenant with the smallest weighted share. `oldest`: by time of
 * submission. `shortest`: the most waiting cost saved per hour of run time, by expected run time.
 */
export type Order = "fair" | "oldest" | "shortest";

export interface FairnessPolicy {
  /** What was used so long ago counts half. */
  readonly halfLife: Duration;
  /** How much past use counts beside present use; 0: only what is held now. */
  readonly pastWeight: number;
  /** Card models that one quota counts together, by name; a model in none is its own class. */
  readonly cardClasses: Readonly<Record<string, readonly CardModelId[]>>;
  /**
   * The tree; what names no parent hangs on the root. Tenants in none hang on the root, weight 1.
   */
  readonly organisations: readonly Organisation[];
}

export interface Organisation {
  readonly id: string;
  readonly parent: string | null;
  /** Its share beside its sisters'; above 0. */
  readonly weight: number;
  readonly tenants: readonly TenantId[];
  readonly quotas: readonly Quota[];
  /** At most so many jobs start in an hour; null: no bound. */
  readonly startsPerHour: number | null;
}

/**
 * Cards of one class: an organisation's own, and what it may take from and leave to its sisters.
 */
export interface Quota {
  /** A name of `cardClasses`, or a card model. */
  readonly cards: string;
  readonly nominal: number;
  /** How many more it may use while others leave theirs idle; null: no bound. */
  readonly borrow: number | null;
  /** How many of its own others may use while they are idle; null: all. */
  readonly lend: number | null;
}

export interface BookingPolicy {
  /** How many jobs that wait get a booked start: 1 is EASY backfill; null books all it looks at. */
  readonly depth: number | null;
  /** No start is booked farther ahead. */
  readonly within: Duration;
}

export interface PreemptionPolicy {
  /** A higher class may stop runs of a lower one: the classes that may. */
  readonly classes: readonly Priority[];
  /** An organisation within its quota may stop runs of those that borrow. */
  readonly reclaim: boolean;
  /** A job may stop a run that has this many times its own time left; null: never. */
  readonly shorter: number | null;
  /**
   * A run may be stopped to go where it saves so much, or two to change cards where both together
   * do, their losses taken off; null: never.
   */
  readonly moves: MicroYuan | null;
  /** In all the region. */
  readonly runsPerHour: number;
  /** A run younger than this is left alone. */
  readonly leastRun: Duration;
}

export interface LayoutPolicy {
  /** Replicas close together on few hosts, or apart on many. */
  readonly gangs: "pack" | "spread";
  /** How much longer a gang runs, in thousandths, that crosses hosts, domains, racks, blocks. */
  readonly crossing: Readonly<Record<Crossing, number>>;
}

/** What a gang spans, widest last; `host` is one host alone. */
export const crossings = ["host", "domain", "rack", "block", "pool"] as const;
export type Crossing = (typeof crossings)[number];

export interface PacePolicy {
  /** Leases that a centre may hold without having acknowledged them: at least, at most. */
  readonly unacknowledgedMin: number;
  readonly unacknowledgedMax: number;
}

const hours = (count: number) => durationOf(count * 3_600_000);

/** What holds until an operator says otherwise. */
export const defaultPolicy: Policy = {
  waitingCostPerHour: { urgent: yuan(20n), high: yuan(5n), normal: yuan(1n), low: yuan(0n) },
  order: "fair",
  ageing: hours(24),
  fairness: { halfLife: hours(7 * 24), pastWeight: 1, cardClasses: {}, organisations: [] },
  booking: { depth: 100, within: hours(7 * 24) },
  waitForCheaper: hours(24),
  preemption: {
    classes: ["urgent"],
    reclaim: true,
    shorter: null,
    moves: null,
    runsPerHour: 1000,
    leastRun: durationOf(5 * 60_000),
  },
  layout: {
    gangs: "pack",
    crossing: { host: 0, domain: 0, rack: 20, block: 50, pool: 100 },
  },
  carbonPricePerTonne: null,
  pace: { unacknowledgedMin: 16, unacknowledgedMax: 2500 },
};
