import { cpuModel } from "@wadi/core/capacity";
import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import { noFaults, type Faults } from "@wadi/simulator/faults";
import { readFleet, speedsOf, type Fleet } from "@wadi/simulator/fleet";
import { generate } from "@wadi/simulator/generator";
import {
  formatOf,
  readPolicy,
  readSnapshot,
  readWorkload,
  splitImpossible,
  WrongInput,
  type CardSpeed,
  type Source,
  type WorkloadOptions,
} from "@wadi/simulator/readers";
import type { Workload } from "@wadi/simulator";
import { Failure } from "../failure.ts";
import type { Order } from "./order.ts";
import { readFaults, readGenerated, readModels } from "./pairs.ts";

/** What is played. */
export interface SetUp {
  readonly fleet: Fleet;
  /** Only jobs that can run on the fleet; the others are in `impossible`. */
  readonly workload: Workload;
  readonly policies: readonly { readonly name: string; readonly policy: Policy }[];
  readonly faults: Faults;
}

/**
 * Makes all of it.
 * @param unread  what is wrong already: files that cannot be read, which the order is without
 * @throws Failure that tells every mistake of every file and option; nothing is done then
 */
export function setUp(order: Order, unread: readonly string[] = []): SetUp {
  const wrong: string[] = [...unread];
  const read = <T>(make: () => T): T | undefined => attempt(make, wrong);

  const snapshot = read(() => snapshotOf(order.workload));
  const { fleet: written } = order;
  const fleet =
    written === null ? snapshot?.fleet : read(() => readFleet(written.text, written.file));
  const policies = order.policies.flatMap(({ name, source }) => {
    const policy = read(() => readPolicy(source));
    return policy ? [{ name, policy }] : [];
  });
  const faults = read(() => (order.faults === undefined ? noFaults : readFaults(order.faults)));
  const models = read(() => (order.models === undefined ? [] : readModels(order.models)));
  const known = { fleet, models: models ?? [], isWrong: wrong.length > 0 };
  const played = snapshot?.workload ?? read(() => workloadOf(order, known));

  if (wrong.length > 0) throw mistakes(wrong);
  if (!fleet) throw mistakes(["--fleet is needed: only a snapshot brings its own"]);
  const workload = splitImpossible(played!, fleet);
  if (workload.jobs.length === 0) throw mistakes([noJobs(workload)]);
  const own = snapshot ? [{ name: "as it held", policy: snapshot.policy }] : usual;
  const isBare = policies.length === 0 && order.baselines.length === 0;
  return { fleet, workload, faults: faults!, policies: isBare ? own : policies };
}

const usual = [{ name: "default", policy: defaultPolicy }];

function snapshotOf(workload: Order["workload"]) {
  if (typeof workload === "string" || formatOf(workload) !== "snapshot") return undefined;
  return readSnapshot(workload, nameOf(workload.file));
}

interface Known {
  readonly fleet: Fleet | undefined;
  readonly models: readonly CardSpeed[];
  readonly isWrong: boolean;
}

/** Where the fleet is wrong the trace is read all the same, so that its mistakes are told too. */
function workloadOf(order: Order, { fleet, models, isWrong }: Known): Workload | undefined {
  const { workload, seed, estimateError } = order;
  if (typeof workload === "string") {
    const timeZone = fleet?.centres[0]?.timeZone ?? "Asia/Shanghai";
    const options = readGenerated(workload, { timeZone });
    const error = estimateError === undefined ? {} : { estimateError };
    return fleet && !isWrong
      ? generate({ ...options, ...error, seed, fleet, timeZone })
      : undefined;
  }
  return readWorkload(workload, {
    seed,
    ...(estimateError !== undefined && { estimateError }),
    ...modelsFor(workload, { fleet, models }),
  });
}

/** A trace that names no cards may run on all that the fleet has, unless told otherwise. */
function modelsFor(
  source: Source,
  { fleet, models }: Pick<Known, "fleet" | "models">,
): Pick<WorkloadOptions, "models"> {
  if (models.length > 0) return { models };
  if (!["philly", "swf"].includes(formatOf(source))) return {};
  const own = fleet ? speedsOf(fleet) : [];
  return { models: own.length > 0 ? own : [{ model: cpuModel, speed: 1 }] };
}

export const nameOf = (file: string) => file.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");

function attempt<T>(make: () => T, wrong: string[]): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof WrongInput || error instanceof RangeError)) throw error;
    if (!wrong.includes(error.message)) wrong.push(error.message);
    return undefined;
  }
}

function mistakes(wrong: readonly string[]): Failure {
  const [first = "", ...rest] = wrong.flatMap((message) => message.split("\n"));
  return new Failure("usage", first, rest);
}

function noJobs({ name, impossible }: Workload): string {
  const [first] = impossible;
  if (!first) return `${name} has no jobs`;
  return `none of the ${impossible.length} jobs of ${name} can run on this fleet: ${first.why}`;
}
