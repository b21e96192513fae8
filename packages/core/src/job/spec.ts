import type {
  Bytes,
  CardModelId,
  CentreId,
  Duration,
  JobId,
  Mebibytes,
  MicroYuan,
  MilliCores,
  PlaceId,
} from "../units/index.ts";

/**
 * What a tenant asks for, whole and exact: every default is filled in, `null` means "not given".
 * The text form with its units ("4h", "16GiB", "12.50") is protocol's `jobSpec`.
 */
export interface JobSpec {
  readonly version: 1;
  /** Chosen by the tenant; need not be unique. */
  readonly name: string;
  readonly run: RunCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: readonly Input[];
  /** Paths below the run's folder, kept after a successful run. */
  readonly outputs: readonly string[];
  /** A gang: all replicas start together, in one pool, or none does. */
  readonly replicas: number;
  readonly cards: CardWish;
  /** Per replica. */
  readonly cpu: MilliCores;
  /** Per replica. */
  readonly memory: Mebibytes;
  /** One run is stopped after this long. */
  readonly maxRunTime: Duration;
  /** The job must have ended by then; a placement that cannot keep it is refused. */
  readonly deadline: Temporal.Instant | null;
  /** The job is never charged more than this, all its runs together. */
  readonly maxCost: MicroYuan | null;
  /** What an hour of waiting is worth to the tenant; null takes the priority class's default. */
  readonly waitingCostPerHour: MicroYuan | null;
  readonly constraints: Constraints;
  readonly priority: Priority;
  /** May be stopped and run again later when its cards are needed. */
  readonly preemptible: boolean;
  /** A folder below the run's folder that is kept from one run of the job to the next. */
  readonly checkpoint: string | null;
  readonly retry: Retry;
  /** The job is `count` jobs alike but for WADI_ARRAY_INDEX; at most 10,000. */
  readonly array: ArrayWish | null;
  readonly after: Dependencies;
}

export type RunCommand =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "script"; readonly text: string; readonly shell: string };

/** `to` is a path below the run's folder. `bytes` is what dispatch counts for moving it. */
export type Input = { readonly to: string; readonly bytes: Bytes | null } & InputSource;
export type InputSource =
  | { readonly kind: "upload"; readonly sha256: string }
  | { readonly kind: "url"; readonly url: string }
  | {
      readonly kind: "dataset";
      readonly dataset: string;
      readonly place: PlaceId;
      /** Other places that hold the same; the cheapest of all is taken. */
      readonly replicas: readonly PlaceId[];
    };

/**
 * Cards per replica. `cheapest`: the option that costs least in total wins; `first`: a later
 * option is looked at only where no earlier one can start now.
 */
export interface CardWish {
  readonly choose: "cheapest" | "first";
  readonly options: readonly CardOption[];
}

export interface CardOption {
  readonly model: CardModelId;
  /** Cards per replica; for the model `cpu` a card is a core. */
  readonly count: number;
  /** Of one card, in thousandths; 1000, the whole of each card, where `count` is not 1. */
  readonly share: number;
  /** How long the run takes on this card; null when the tenant does not say. */
  readonly expectedRunTime: Duration | null;
}

export interface Constraints {
  /** Empty: anywhere. */
  readonly places: readonly PlaceId[];
  readonly domesticOnly: boolean;
  /** Empty: all centres. */
  readonly allowCentres: readonly CentreId[];
  readonly denyCentres: readonly CentreId[];
}

/** Highest first. Classes are strict: a later class is looked at after the earlier ones. */
export const priorities = ["urgent", "high", "normal", "low"] as const;
export type Priority = (typeof priorities)[number];

export interface Retry {
  /** Further runs after the first that failed; 0 to 100. */
  readonly times: number;
  /** Only these exit codes are tried again; empty: any failure but a time-out. */
  readonly exitCodes: readonly number[];
  /**
   * Whether a run that its centre lost is run again elsewhere. False keeps it going while its
   * centre cannot be reached, however long that takes.
   */
  readonly rerunWhenLost: boolean;
}

export interface ArrayWish {
  readonly count: number;
  /** At most so many of them hold cards at once; null: no such bound. */
  readonly parallel: number | null;
}

export interface Dependencies {
  /** All of these must have succeeded. */
  readonly ok: readonly JobId[];
  /** All of these must have ended, however. */
  readonly any: readonly JobId[];
}
