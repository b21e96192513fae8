import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { SimResult } from "@wadi/simulator";
import { measuredOf, partOf, stateOfFolder, writeReport } from "@wadi/simulator/report";
import type { Source } from "@wadi/simulator/readers";
import type { Context } from "../context.ts";
import { tell, wrongUse } from "../failure.ts";
import type { SimulateInput } from "../simulation/asked.ts";
import { aboutOf } from "../simulation/about.ts";
import { commandOf } from "../simulation/command-line.ts";
import { playersOf } from "../simulation/dispatchers.ts";
import type { NamedSource, Order } from "../simulation/order.ts";
import { playAll } from "../simulation/play-all.ts";
import { progressOf } from "../simulation/progress.ts";
import { nameOf, setUp, type SetUp } from "../simulation/set-up.ts";
import { summaryOf, summaryTable } from "../simulation/summary.ts";

/** Plays a workload on a fleet under policies and baselines, and writes the report of it. */
export async function simulate(context: Context, input: SimulateInput): Promise<void> {
  const folder = resolve(input.out);
  if (input.force !== true && (await stateOfFolder(folder)) === "other") {
    const cure = "take another folder, or --force to put the report beside what is there";
    throw wrongUse(`${input.out} holds something that is no report; ${cure}`);
  }
  const { order, unread } = await orderOf(input);
  const made = setUp(order, unread);
  const names = playersOf(order, made).map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw wrongUse(`two are named "${twice}"; give each its own name`);

  context.atInterrupt(() => {
    rmSync(partOf(folder), { recursive: true, force: true });
    return ["stopped; no report was written"];
  });
  const progress = progressOf({ jobs: made.workload.jobs.length, names }, context);
  const plays = playAll(order, {
    players: names.length,
    threads: input.threads ?? Math.max(1, availableParallelism() - 1),
    onProgress: progress.ended,
    onResult: progress.played,
  });
  const results = await progress.during(plays);
  const about = aboutOf(order, made, { command: commandOf(input), madeAt: Temporal.Now.instant() });
  await writeReport(results, { folder, about, language: context.language });
  show(context, { results, made, page: `${input.out}/index.html` });
}

function show(
  context: Context,
  { results, made, page }: { results: readonly SimResult[]; made: SetUp; page: string },
): void {
  const measured = measuredOf(results);
  const impossible = made.workload.impossible.length;
  if (context.json) {
    return context.printJson({ page, impossible, results: measured.map(summaryOf) });
  }
  context.print(...summaryTable(measured, context), "", `report: ${page}`);
  if (impossible === 0) return;
  context.note(`${impossible} jobs can never run on this fleet; the report says why`);
}

const generated = "generated:";

/** Reads every file before anything is judged. What cannot be read is told, and left out. */
async function orderOf(input: SimulateInput): Promise<{ order: Order; unread: readonly string[] }> {
  const unread: string[] = [];
  const read = async (file: string): Promise<Source | null> => {
    try {
      return { file, text: await readFile(file, "utf8") };
    } catch (error) {
      unread.push(...tell(error).lines.slice(0, 1));
      return null;
    }
  };
  const { seed, faults, estimateError, models, baseline: baselines = [] } = input;
  const fleet = input.fleet === undefined ? null : await read(input.fleet);
  const workload = input.workload.startsWith(generated)
    ? input.workload.slice(generated.length)
    : ((await read(input.workload)) ?? "");
  const policies: NamedSource[] = [];
  for (const file of input.policy ?? []) {
    const source = await read(file);
    if (source) policies.push({ name: nameOf(file), source });
  }
  const files = { fleet, workload, policies };
  return { order: { ...files, baselines, seed, faults, estimateError, models }, unread };
}
