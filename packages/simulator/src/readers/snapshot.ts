import type { Centre } from "@wadi/core/capacity";
import type { Policy, RunNow, Shape, Snapshot } from "@wadi/core/dispatch";
import type { CardModelId } from "@wadi/core/units";
import { regionSnapshot } from "@wadi/protocol/snapshot";
import { check } from "@wadi/protocol/wrong-fields";
import type { Fleet } from "../fleet/fleet.ts";
import type { SimJob, Workload } from "../workload.ts";
import type { Source } from "./mistakes.ts";
import { readYaml } from "./yaml.ts";

/** What a live region was at one moment, as something to play on from there. */
export interface FromSnapshot {
  readonly workload: Workload;
  readonly fleet: Fleet;
  readonly policy: Policy;
}

/**
 * Reads what `wadi snapshot` wrote. Runs that held cards come first, with the time they had left;
 * a second later all that waited comes, a millisecond apart in the order it was submitted. How long
 * a job really takes nobody knows yet: what was declared, else learnt, else half of its limit.
 * @throws WrongInput
 */
export function readSnapshot(source: Source, name: string): FromSnapshot {
  const snapshot = decode(source);
  const fleet = { name, ...fleetOf(snapshot) };
  const running = snapshot.runs.map((run) => runningJob(run, snapshot));
  const waiting = snapshot.queue
    .flatMap(({ shape, jobs }) => jobs.map((job) => ({ shape, ...job })))
    .toSorted((a, b) => a.submittedMs - b.submittedMs || (a.id < b.id ? -1 : 1))
    .map(({ shape, id, tenant }, rank): SimJob => {
      const submittedMs = snapshot.nowMs + 1000 + rank;
      return { id, tenant, submittedMs, shape, trueRunMs: expected(shape, snapshot) };
    });
  const jobs = [...running.toSorted((a, b) => (a.id < b.id ? -1 : 1)), ...waiting];
  return { workload: { name, jobs, impossible: [] }, fleet, policy: snapshot.policy };
}

/** Snapshots may be huge: where mistakes stand is looked for only when there are any. */
function decode(source: Source): Snapshot {
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return readYaml(source, regionSnapshot).value;
  }
  const checked = check(regionSnapshot, value, "body");
  return checked.ok ? checked.value : readYaml(source, regionSnapshot).value;
}

function runningJob(run: RunNow, snapshot: Snapshot): SimJob {
  const { job, tenant, shape } = run;
  const wholeMs = expected(shape, snapshot);
  const model = snapshot.pools.find(({ id }) => id === run.pool)?.model.id;
  const hereMs = (model === undefined ? undefined : wholeMs.get(model)) ?? shape.maxRunTime;
  const left = Math.max(1000, run.expectedEndMs - snapshot.nowMs) / hereMs;
  const trueRunMs = new Map(
    [...wholeMs].map(([on, ms]) => [on, Math.max(1, Math.round(ms * left))]),
  );
  return { id: job, tenant, submittedMs: snapshot.nowMs, shape, trueRunMs };
}

function expected(shape: Shape, { learnt }: Snapshot): Map<CardModelId, number> {
  const times = learnt.get(shape.family) ?? [];
  return new Map(
    shape.cards.options.map(({ model, expectedRunTime }) => {
      const known = expectedRunTime ?? times.find((one) => one.model === model)?.median;
      return [model, Math.max(1, Math.round(known ?? shape.maxRunTime / 2))];
    }),
  );
}

/** A snapshot knows no more of a centre than its pools. */
function fleetOf({ pools, links }: Snapshot): Omit<Fleet, "name"> {
  const centres = [...Map.groupBy(pools, ({ centre }) => centre)].map(([id, [pool]]): Centre => ({
    id,
    name: { zh: id, en: id },
    kind: "general",
    place: pool!.place,
    providerId: id as string as Centre["providerId"],
    timeZone: pool!.prices.timeZone,
    powerPricePerKwh: pool!.powerPricePerKwh,
    carbonGramsPerKwh: pool!.carbonGramsPerKwh,
  }));
  return { centres, pools, links };
}
