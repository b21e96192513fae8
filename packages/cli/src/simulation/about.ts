import { createHash } from "node:crypto";
import { cardsOf } from "@wadi/simulator/fleet";
import type { About, Input } from "@wadi/simulator/report";
import type { Source } from "@wadi/simulator/readers";
import { version } from "../version.ts";
import type { Order } from "./order.ts";
import { countedBy } from "./dispatchers.ts";
import type { SetUp } from "./set-up.ts";

/** What the report says of where its numbers come from. */
export function aboutOf(
  order: Order,
  made: SetUp,
  { command, madeAt }: { command: string; madeAt: Temporal.Instant },
): About {
  const { fleet, workload } = made;
  return {
    title: workload.name.startsWith(fleet.name)
      ? workload.name
      : `${workload.name} on ${fleet.name}`,
    madeAt: madeAt.toString({ smallestUnit: "second" }),
    version,
    seed: order.seed,
    timeZone: fleet.centres[0]?.timeZone ?? "UTC",
    command,
    inputs: inputsOf(order, made),
    settings: settingsOf(order, made),
    impossible: workload.impossible,
  };
}

const count = (number: number) => number.toLocaleString("en-US");

function inputsOf(order: Order, { fleet, workload }: SetUp): Input[] {
  const has = `${count(fleet.centres.length)} centres, ${count(cardsOf(fleet))} cards`;
  const jobs = `${count(workload.jobs.length)} jobs`;
  const work = order.workload;
  return [
    ...(order.fleet ? [inputOf("fleet", order.fleet, has)] : []),
    typeof work === "string"
      ? { role: "workload", file: `generated:${work}`, holds: jobs, sha256: null }
      : inputOf("workload", work, order.fleet ? jobs : `${jobs}; ${has}`),
    ...order.policies.map(({ name, source }) => inputOf("policy", source, name)),
  ];
}

const inputOf = (role: Input["role"], { file, text }: Source, holds: string): Input => ({
  role,
  file,
  holds,
  sha256: createHash("sha256").update(text).digest("hex"),
});

function settingsOf(order: Order, made: SetUp): About["settings"] {
  const [first] = made.policies;
  const { urgent, high, normal, low } = countedBy(made).waitingCostPerHour;
  const worth = [urgent, high, normal, low].map((each) => Number(each) / 1e6).join(", ");
  const given: readonly (readonly [string, string | undefined])[] = [
    ["faults", order.faults],
    ["estimates wrong by up to a factor", order.estimateError?.toString()],
    ["card models and their speeds", order.models],
    ["waiting and carbon are counted as by", first ? first.name : "the default policy"],
    ["yuan for an hour of waiting (urgent, high, normal, low)", worth],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
