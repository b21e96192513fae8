import { membersOf, type Cgroup } from "./isolation/cgroup.ts";
import type { TreeMeans } from "./isolation/chain.ts";
import {
  allProcesses,
  hasProc,
  isAlive,
  proportionalBytes,
  send,
  treeOf,
  wasStartedWith,
  type ProcessIdentity,
  type ProcessStat,
} from "./processes.ts";

/** What is needed to find and to end all processes of one replica. */
export interface ReplicaTree {
  readonly means: TreeMeans;
  readonly outer: ProcessIdentity | null;
  readonly init: ProcessIdentity | null;
  readonly group: Cgroup | undefined;
  /** Whether the command is given a session of its own, which tells it from the init. */
  readonly ownSession: boolean;
  /** NAME=value that all of them were started with. */
  readonly mark: string;
}

type Processes = ReadonlyMap<number, ProcessStat>;

/** The command and all that it has started and that still runs: neither chain nor init. */
export function commandProcesses(tree: ReplicaTree, all: Processes): ProcessStat[] {
  const own = new Set([tree.outer?.pid, tree.init?.pid]);
  return withStrays(tree, all).filter(({ pid, zombie }) => !zombie && !own.has(pid));
}

/** Without a namespace an orphan leaves its tree; its group, or how it was started, tells. */
function withStrays(tree: ReplicaTree, all: Processes): ProcessStat[] {
  const known = membersIn(tree, all);
  if (tree.means !== "group") return known;
  const pids = new Set(known.map(({ pid }) => pid));
  const strays = [...all.values()].filter(
    ({ pid }) => !pids.has(pid) && wasStartedWith(pid, tree.mark),
  );
  return [...known, ...strays];
}

function membersIn(tree: ReplicaTree, all: Processes): ProcessStat[] {
  const { outer, group, means } = tree;
  const isOurs = outer !== null && all.get(outer.pid)?.startTicks === outer.startTicks;
  const below = isOurs ? treeOf(outer.pid, all) : [];
  if (means !== "group" || group === undefined) return below;
  const found = new Set(below);
  for (const pid of membersOf(group)) {
    const stat = all.get(pid);
    if (stat) found.add(stat);
  }
  return [...found];
}

/**
 * Asks the command and all it has started to end.
 * @returns false when there was no command yet, or only the init's fork of itself that becomes it
 *   and may not hear: ask again. True otherwise: asking again would end what a command started to
 *   put its things in order.
 */
export function terminate(tree: ReplicaTree): boolean {
  if (!hasProc) {
    sendToGroup(tree, "SIGTERM");
    return true;
  }
  const all = allProcesses();
  const initSession = tree.init && all.get(tree.init.pid)?.session;
  const processes = commandProcesses(tree, all);
  for (const { pid } of processes) {
    send(pid, "SIGTERM");
    send(pid, "SIGCONT"); // One that is suspended could not hear it.
  }
  const hasBegun = ({ session }: ProcessStat) => !tree.ownSession || session !== initSession;
  return processes.some(hasBegun);
}

/**
 * Kills everything that is left of a replica. A namespace goes as a whole with its init; without
 * one, whatever is found is killed until nothing is found, so that a process which starts others
 * while it is killed is caught as well.
 */
export async function killTree(tree: ReplicaTree): Promise<void> {
  const { means, init, outer } = tree;
  if (!hasProc) return sendToGroup(tree, "SIGKILL");
  if (means !== "group") {
    const target = init && isAlive(init) ? init : outer;
    if (target && isAlive(target)) send(target.pid, "SIGKILL");
    return;
  }
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    const left = withStrays(tree, allProcesses()).filter(({ zombie }) => !zombie);
    if (left.length === 0) return;
    for (const { pid } of left) send(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, sweep));
  }
}

/** Together some two seconds: killed processes are gone in one or two sweeps. */
const maxSweeps = 64;

function sendToGroup({ outer }: ReplicaTree, signal: NodeJS.Signals): void {
  if (outer) send(-outer.pid, signal);
}

/** Whether anything of the replica still runs. */
export function isTreeAlive(tree: ReplicaTree): boolean {
  if (!hasProc) return false; // Cannot be seen; its group was killed.
  const { init, outer } = tree;
  if ((init && isAlive(init)) || (outer && isAlive(outer))) return true;
  return tree.means === "group" && commandProcesses(tree, allProcesses()).length > 0;
}

export interface TreeUsage {
  readonly cpuMs: number;
  /** Resident, shared pages counted once for each process that has them. */
  readonly residentBytes: number;
}

export function usageOf(tree: ReplicaTree, all: Processes): TreeUsage {
  const members = membersIn(tree, all);
  return {
    cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    residentBytes: members.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  };
}

/**
 * Whether the replica uses more than its memory. Pages that its processes share count once here,
 * which takes longer to find out, and so is only asked when the simple sum is above.
 */
export function isAboveMemory(tree: ReplicaTree, all: Processes, limitBytes: number): boolean {
  const members = membersIn(tree, all).filter(({ zombie }) => !zombie);
  const simple = members.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  if (simple <= limitBytes) return false;
  const exact = members.reduce(
    (sum, { pid, residentBytes }) => sum + (proportionalBytes(pid) ?? residentBytes),
    0,
  );
  return exact > limitBytes;
}
