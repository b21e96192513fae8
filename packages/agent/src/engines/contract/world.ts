import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  type CardModelId,
  type JobId,
  type RunId,
} from "@wadi/core/units";
import { isFinal, type Engine, type EngineRef, type RunReport, type RunSpec } from "../engine.ts";

/** One centre under test, and what a test may do to it. Made anew for each test. */
export interface ContractWorld {
  readonly engine: Engine;
  /** Another handle on the same centre: the one a new agent opens when the old one was killed. */
  reopen(): Promise<Engine>;
  /** Kills, at once, whatever at the centre keeps the runs. */
  loseRuns(): Promise<void>;
  /** Lets time pass at the centre, by turning its clock or by waiting. */
  pass(ms: number): Promise<void>;
  /** How many processes of runs are left. */
  processes(): number;
  /** Takes it all away. */
  end(): Promise<void>;
}

/** A centre with cards that can be looked at: those of its first host at least. */
export interface SeenWorld extends ContractWorld {
  /** The same, and that all cards of the run work so much, in thousandths; null: no one can say. */
  working(told: Told, thousandths: number | null): Told;
}

/** Tests by what they show, each in a world of its own. */
export type ContractTests<World = ContractWorld> = Readonly<Record<string, ContractTest<World>>>;
export type ContractTest<World> = (world: World, commands: ContractCommands) => Promise<void>;

/** How to tell an engine's runs what to do. */
export interface ContractCommands {
  /** Ends by itself after that long, with that exit code. */
  endingAfter(ms: number, exitCode?: number): Told;
  endedBy(signal: string): Told;
  /** Writes both, then goes on for that long. */
  printing(text: { readonly stdout: string; readonly stderr: string }, ms: number): Told;
  /** Goes on for very long, also when it is asked to end. */
  deaf(): Told;
}

export type Told = Pick<RunSpec, "command" | "env">;

/** The card model that every centre under test has: two hosts with four of them each. */
export const model = asId<CardModelId>("a800-80g");
export const cardsPerHost = 4;
export const cardsInAll = 8;

export const soon = () => AbortSignal.timeout(30_000);

/** A run of a job of its own, without cards, that nobody else may run; with what differs. */
export function aRun(told: Told, differing: Partial<RunSpec> = {}): RunSpec {
  return {
    run: asId<RunId>(randomUUID()),
    job: asId<JobId>(randomUUID()),
    generation: 1,
    arrayIndex: null,
    replicas: 1,
    cards: null,
    cpu: milliCores(100),
    memory: mebibytes(64),
    maxRun: durationOf(60_000),
    stopGrace: durationOf(300),
    checkpoint: null,
    rerunnable: false,
    ...told,
    ...differing,
  };
}

/** Another run of the same job. */
export const aRunAfter = (spec: RunSpec, differing: Partial<RunSpec>): RunSpec => ({
  ...aRun(spec),
  job: spec.job,
  ...differing,
});

export async function startRun(engine: Engine, spec: RunSpec): Promise<EngineRef> {
  await engine.prepare(spec, soon());
  return engine.start(spec, soon());
}

/** The one report of a run that the engine must know. */
export async function reportOf(engine: Engine, ref: EngineRef): Promise<RunReport> {
  const [report, ...others] = await engine.observe([ref], soon());
  expect(others).toEqual([]);
  if (report === undefined) throw new Error(`run ${ref.handle} is not known`);
  return report;
}

/** The last report of a run, as soon as it is there. */
export async function ended(
  world: ContractWorld,
  ref: EngineRef,
  { engine = world.engine, withinMs = 20_000 } = {},
): Promise<RunReport> {
  const stepMs = 20;
  for (let passedMs = 0; passedMs < withinMs; passedMs += stepMs) {
    const report = await reportOf(engine, ref);
    if (isFinal(report.state)) return report;
    await world.pass(stepMs);
  }
  throw new Error(`run ${ref.handle} had not ended after ${withinMs} ms`);
}

export const runToEnd = async (world: ContractWorld, spec: RunSpec): Promise<RunReport> =>
  ended(world, await startRun(world.engine, spec));

/** All slots that the reports' runs hold, sorted. */
export const slotsOf = (reports: readonly RunReport[]): number[] =>
  reports.flatMap(({ placement }) => placement.flatMap(({ slots }) => slots)).sort((a, b) => a - b);
