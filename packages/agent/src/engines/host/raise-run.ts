import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { RunRefused } from "../engine.ts";
import { bridgeOf } from "./cards/busy-count.ts";
import { hostDefaults } from "./config.ts";
import { cgroupOf, removeCgroupSoon, type Cgroup } from "./isolation/cgroup.ts";
import { commandFor, furnish, groupFor, treeMark, type Launch } from "./launch.ts";
import { complain } from "./keeper-log.ts";
import { machineOomKills } from "./machine-oom.ts";
import { raiseReplica, type Replica } from "./replica.ts";
import { killTree, type ReplicaTree } from "./replica-tree.ts";
import { LiveRun } from "./run.ts";
import { refOf, writeJson, type RunRecord } from "./run-files.ts";

export interface RaisedRun {
  readonly run: LiveRun;
  /** Folders of control groups, to be removed when the run is over. */
  readonly cgroups: readonly string[];
}

type Member = Replica & { readonly tree: ReplicaTree };

/**
 * Starts all replicas of a run, and lets none of their commands begin before all are ready and
 * the run's record is on disk: the keeper that comes after this one knows what to look for.
 * @throws RunRefused `cannot-start`; nothing is left running then
 */
export async function raiseRun(launch: Launch): Promise<RaisedRun> {
  const groups: (Cgroup | undefined)[] = [];
  const replicas: Member[] = [];
  const foldersOf = () => groups.flatMap((group) => group?.folders ?? []);
  try {
    await furnish(launch);
    for (const replica of launch.seats.keys()) groups.push(groupFor(launch, replica));
    await raiseAll(launch, groups, replicas);
    const record = recordOf(launch, { replicas, cgroups: foldersOf() });
    await writeJson(launch.paths.record, record, { durable: false });
    const run = liveRun(launch, replicas);
    run.begin(record.startedAtMs);
    void makeDurable(launch.paths.record);
    return { run, cgroups: foldersOf() };
  } catch (error) {
    await rm(launch.paths.record, { force: true });
    await Promise.all(replicas.map(({ tree }) => killTree(tree)));
    await Promise.all(replicas.map(({ gone }) => gone));
    await removeCgroupSoon(foldersOf());
    throw new RunRefused("cannot-start", error instanceof Error ? error.message : String(error));
  }
}

async function raiseAll(
  launch: Launch,
  groups: readonly (Cgroup | undefined)[],
  replicas: Member[],
): Promise<void> {
  const raised = await Promise.allSettled(
    launch.seats.map(async (_seat, replica) => {
      const group = groups[replica];
      const up = await raiseReplica(commandFor(launch, replica, group));
      return withTree(launch, up, { replica, group });
    }),
  );
  for (const result of raised) if (result.status === "fulfilled") replicas.push(result.value);
  const failed = raised.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

function withTree(
  { means, spec }: Launch,
  up: Replica,
  { replica, group }: { readonly replica: number; readonly group: Cgroup | undefined },
): Member {
  const scope =
    means.limits.kind === "systemd" && up.outer !== null ? cgroupOf(up.outer.pid) : undefined;
  const { outer, init } = up;
  const tree: ReplicaTree = {
    means: means.tree,
    outer,
    init,
    group: group ?? scope,
    ownSession: means.tools.setsid !== null,
    mark: treeMark(spec, replica),
  };
  return { ...up, tree };
}

function recordOf(
  { spec, seats, means, uid }: Launch,
  made: { readonly replicas: readonly Member[]; readonly cgroups: readonly string[] },
): RunRecord {
  return {
    version: 1,
    ref: refOf(spec),
    spec,
    startedAtMs: Date.now(),
    placement: seats.map(({ host, slots }) => ({ host, slots })),
    isolation: means.report,
    uid,
    cgroups: made.cgroups,
    processes: made.replicas.map(({ outer, init }) => ({ outer, init })),
  };
}

const liveRun = ({ spec, seats, means, paths, config }: Launch, replicas: readonly Member[]) =>
  new LiveRun({
    ref: refOf(spec),
    spec,
    seats,
    isolation: means.report,
    replicas,
    outputs: replicas.map((_, replica) => ({
      stdout: join(paths.out, `${replica}.stdout`),
      stderr: join(paths.out, `${replica}.stderr`),
    })),
    outputBytesMax: config.outputBytesMax,
    machineOomKills,
    bridge: bridgeOf(config.cards ?? hostDefaults.cards),
  });

/**
 * Nobody waits for this: only a power cut could lose the record now, and with it go the run's
 * processes. A full disk costs no more than that.
 */
async function makeDurable(path: string): Promise<void> {
  try {
    const file = await open(path, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    complain(`making ${path} durable`, error);
  }
}
