import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport, RunUsage } from "../engine.ts";
import { bootId } from "./boot-clock.ts";
import { removeCgroupSoon } from "./isolation/cgroup.ts";
import { isTreeAlive, killTree, type ReplicaTree } from "./replica-tree.ts";
import { runPaths, writeJson, type RunRecord, type StatePaths } from "./run-files.ts";
import { treeMark } from "./launch.ts";
import { lostVerdict } from "./verdict.ts";

/** A keeper notes what its runs have used at least so often. */
export const noteWithinMs = 1000;

type Notes = Record<string, RunUsage>;

const notesFile = (state: StatePaths) => join(state.keeper, "usage.json");

/**
 * Notes what is used so far, before anyone is told of it: should the keeper die, the next one
 * starts from there and what was reported never shrinks.
 */
export function noteUsage(state: StatePaths, reports: readonly RunReport[]): void {
  const notes: Notes = Object.fromEntries(reports.map(({ ref, usage }) => [ref.handle, usage]));
  const path = notesFile(state);
  writeFileSync(`${path}.tmp`, JSON.stringify(notes), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/** The last notes of the keeper before this one; empty when there was none. */
export function readNotes(state: StatePaths): Notes {
  try {
    return JSON.parse(readFileSync(notesFile(state), "utf8")) as Notes;
  } catch {
    return {};
  }
}

/**
 * Ends the story of a run whose keeper died before it did: whatever may have outlived the keeper
 * is killed, and the run is lost. Processes are told by pid, start time and the machine's start,
 * and by what they were started with; never by pid alone.
 */
export async function buryLostRun(
  state: StatePaths,
  record: RunRecord,
  noted: RunUsage | undefined,
): Promise<RunReport> {
  const { spec, ref } = record;
  const boot = record.processes.find(({ outer }) => outer)?.outer?.bootId;
  const sameBoot = boot === undefined || boot === bootId();
  if (sameBoot) await Promise.all(treesOf(record).map(killForGood));
  await removeCgroupSoon(record.cgroups);

  const usage = usageWhenLost(record, noted);
  const report: RunReport = {
    ...lostVerdict(sameBoot),
    ref,
    startedAtMs: record.startedAtMs,
    endedAtMs: record.startedAtMs + usage.heldMs,
    isolation: record.isolation,
    placement: record.placement,
    usage,
    output: Array.from({ length: spec.replicas }, () => ({ stdout: 0, stderr: 0 })),
  };
  await writeJson(runPaths(state, spec).exit, report, { durable: true });
  return report;
}

const treesOf = ({ processes, spec }: RunRecord): ReplicaTree[] =>
  processes.map(({ outer, init }, replica) => ({
    // The most thorough search of all: nothing is known of what happened in between.
    means: "group",
    outer,
    init,
    group: undefined,
    ownSession: false,
    mark: treeMark(spec, replica),
  }));

async function killForGood(tree: ReplicaTree): Promise<void> {
  await killTree(tree);
  for (let waitedMs = 0; isTreeAlive(tree) && waitedMs < 5000; waitedMs += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * As noted, and the time until the next note would have been made, but not beyond now: never less
 * than was told.
 */
function usageWhenLost({ spec, startedAtMs }: RunRecord, noted: RunUsage | undefined): RunUsage {
  const notedMs = noted?.heldMs ?? 0;
  const untilNowMs = Date.now() - startedAtMs;
  const heldMs = Math.max(notedMs, Math.min(notedMs + noteWithinMs, untilNowMs));
  return {
    heldMs,
    cardMs: heldMs * (spec.cards?.count ?? 0) * spec.replicas,
    cpuMs: noted?.cpuMs ?? 0,
    peakMemoryBytes: noted?.peakMemoryBytes ?? 0,
    ...(noted?.busyMs !== undefined && { busyMs: noted.busyMs }),
  };
}
