import { asId, microYuan, yuan, type JobId, type RunId } from "@wadi/core/units";
import type { candidateView, jobDetail, jobView } from "@wadi/protocol";
import { jobSpec } from "@wadi/protocol/job-spec";
import type { z } from "zod";

type Job = z.output<typeof jobView>;
type Detail = z.output<typeof jobDetail>;
type Candidate = z.output<typeof candidateView>;

/** The id of the job or run of a number: its end is the number. */
export const idOf = <I extends JobId | RunId>(number: number) =>
  asId<I>(`01990000-0000-7000-8000-${String(number).padStart(12, "0")}`);

const at = (text: string) => Temporal.Instant.from(text);

export const aJob = (change: Partial<Job> = {}): Job => ({
  id: idOf<JobId>(1),
  tenant: asId("acme"),
  name: "train",
  state: "running",
  why: null,
  priority: "normal",
  submittedAt: at("2026-11-01T00:00:00Z"),
  submittedBy: null,
  endedAt: null,
  array: null,
  held: yuan(12),
  charged: microYuan(0),
  cancelRequested: false,
  centre: asId("lakeside"),
  estimatedStart: null,
  ...change,
});

/** A spec as people write it. */
export const aSpecText = `version: 1
name: train
run:
  kind: command
  argv: [python3, train.py]
cards:
  options:
    - model: ascend-910b2
      count: 8
maxRunTime: 2h
`;

export const aRun = (change: Partial<Detail["runs"][number]> = {}): Detail["runs"][number] => ({
  id: idOf<RunId>(101),
  generation: 1,
  state: "running",
  centre: asId("lakeside"),
  pool: asId("lakeside-910b"),
  model: asId("ascend-910b2"),
  cards: 8,
  share: 1000,
  preempted: false,
  emulated: true,
  leasedAt: at("2026-11-01T00:00:01Z"),
  startedAt: at("2026-11-01T00:00:02Z"),
  endedAt: null,
  exitCode: null,
  signal: null,
  message: "",
  isolation: null,
  charge: null,
  ...change,
});

export const aDetail = (change: Partial<Detail> = {}): Detail => ({
  ...aJob(),
  spec: jobSpec.decode({
    version: 1,
    name: "train",
    run: { kind: "command", argv: ["true"] },
    cards: { options: [{ model: "ascend-910b2", count: 8 }] },
    maxRunTime: "2h",
  }),
  runs: [aRun()],
  ...change,
});

export const aCandidate = (change: Partial<Candidate> = {}): Candidate => ({
  centre: asId("lakeside"),
  pool: asId("lakeside-910b"),
  model: asId("ascend-910b2"),
  cards: 8,
  emulated: false,
  verdict: "chosen",
  cost: {
    compute: yuan(10),
    data: microYuan(500_000),
    waiting: microYuan(0),
    loss: microYuan(0),
    power: microYuan(1_250_000),
    carbon: microYuan(0),
    total: microYuan(11_750_000),
  },
  startsIn: 0 as never,
  expectedRunTime: 3_600_000 as never,
  reason: null,
  ...change,
});
