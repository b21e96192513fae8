import type { HoldId, JobId, MicroYuan, RunId } from "../units/index.ts";
import type { JobState, RunState } from "./state.ts";

/** What the laws are about: a region's jobs, runs and money as they stood at one moment. */
export interface Facts {
  readonly jobs: readonly JobFact[];
  readonly runs: readonly RunFact[];
  readonly charges: readonly ChargeFact[];
  readonly readings: readonly ReadingFact[];
  /** Transfers that a run caused. */
  readonly postings: readonly PostingFact[];
  readonly holds: readonly HoldFact[];
  readonly hosts: readonly HostFact[];
  readonly evidence: Evidence;
  /** Nothing is under way any more, and nothing is going to happen by itself. */
  readonly isQuiet: boolean;
}

export interface JobFact {
  readonly id: JobId;
  /** The hold that pays for it; all jobs of an array have one. */
  readonly submission: HoldId;
  readonly state: JobState;
  /** Why it ended, or waits; null when nobody said. */
  readonly why: string | null;
  /** How many runs it was given. */
  readonly generation: number;
  /** What is set aside for it now. */
  readonly cash: MicroYuan;
  readonly voucher: MicroYuan;
  readonly charged: MicroYuan;
  readonly isCancelAsked: boolean;
  /** How many jobs it waits for, as noted with it, and as their states have it. */
  readonly blockedBy: number;
  readonly unmet: number;
  /** How often its end was told. */
  readonly endsTold: number;
}

export interface RunFact {
  readonly id: RunId;
  readonly job: JobId;
  readonly generation: number;
  readonly state: RunState;
  /** Unix time in milliseconds; null while it is open. */
  readonly endedAtMs: number | null;
}

/** The row that a run's end leaves, also where it costs nothing. */
export interface ChargeFact {
  readonly run: RunId;
  readonly job: JobId;
  readonly cash: MicroYuan;
  readonly voucher: MicroYuan;
  readonly fee: MicroYuan;
  readonly heldMs: number;
  /** What was set aside for the job just before. */
  readonly shareCash: MicroYuan;
  readonly shareVoucher: MicroYuan;
}

/** Unix time in milliseconds. */
export interface ReadingFact {
  readonly run: RunId;
  readonly number: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** All transfers of one kind that a run caused. */
export interface PostingFact {
  readonly run: RunId;
  readonly kind: "cash" | "fee" | "subsidy" | "redeem";
  readonly count: number;
  readonly amount: MicroYuan;
}

export interface HoldFact {
  readonly submission: HoldId;
  readonly of: "cash" | "voucher";
  readonly placed: MicroYuan;
  readonly remaining: MicroYuan;
}

export interface HostFact {
  /** Pool and host. */
  readonly name: string;
  readonly cards: number;
  /** By open runs, together. */
  readonly held: number;
}

/** What was seen from outside; the hub's own tables cannot know it. */
export interface Evidence {
  readonly answers: readonly Answer[];
  /** Jobs whose cancelling was answered with success. */
  readonly cancelled: readonly JobId[];
  readonly spells: readonly Spell[];
  /** When the spells were listed, in Unix milliseconds: what has no end was alive then. */
  readonly atMs: number;
}

/** What a client was told of one submission: its idempotency key, and the job of each success. */
export interface Answer {
  readonly key: string;
  readonly jobs: readonly JobId[];
  /** How many jobs the submission is: an array's count, else 1. */
  readonly count: number;
}

/** A time in which processes of one replica of a run were alive at a centre. */
export interface Spell {
  readonly run: RunId;
  readonly job: JobId;
  readonly replica: number;
  readonly centre: string;
  /** Unix time in milliseconds, on one clock for all centres. */
  readonly fromMs: number;
  /** Null: still alive when the spells were listed. */
  readonly toMs: number | null;
}

export const noEvidence: Evidence = { answers: [], cancelled: [], spells: [], atMs: 0 };
