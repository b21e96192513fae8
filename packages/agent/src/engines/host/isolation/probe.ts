import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Isolation } from "../../engine.ts";
import type { HostConfig } from "../config.ts";
import { hasProc } from "../processes.ts";
import { firstUid } from "../users.ts";
import { findCgroupBase, makeCgroup, removeCgroup, type CgroupBase } from "./cgroup.ts";
import { chain, treeMeans, type ChainMeans, type JobUser, type TreeMeans } from "./chain.ts";
import { systemdScope } from "./systemd.ts";
import { findTools, toolFolders, type Tools } from "./tools.ts";

/** What this machine lets us use, each part of it tried. */
export interface IsolationMeans extends ChainMeans {
  readonly limits:
    | { readonly kind: "systemd" }
    | { readonly kind: "cgroup"; readonly base: CgroupBase }
    | { readonly kind: "polled" };
  /** Whether each run can have a user of its own. */
  readonly ownUsers: boolean;
  readonly dropCapabilities: boolean;
  readonly report: Isolation;
}

export interface ProbeOptions {
  readonly network: HostConfig["network"];
  readonly mustReach: readonly string[];
  /** Where the tools are looked for. Shorter in tests, to see how a poorer machine does. */
  readonly folders?: readonly string[];
  /** Means to leave aside, for tests and for operators who know better. */
  readonly without?: readonly string[];
}

/** Tries everything, best first, and keeps what worked. Takes some tens of milliseconds. */
export function probeIsolation(options: ProbeOptions): IsolationMeans {
  const tools = findTools(options.folders ?? toolFolders);
  const without = new Set(options.without);
  const asRoot = process.getuid?.() === 0;
  const wanted = { tools, without, asRoot, ownNetwork: options.network === "none" };

  const closed = asRoot ? closedTo(tools, options.mustReach) : "the agent is not root";
  const ownUser = closed === "" ? bestTree(wanted, ownUserTried) : null;
  const tree = ownUser ?? bestTree(wanted, agentsUser) ?? groupOnly(tools);
  const limits = bestLimits(tools, without);
  const dropCapabilities = asRoot && works(tree, { kind: "agents", dropCapabilities: true });
  const means = { ...tree, limits, ownUsers: ownUser !== null, dropCapabilities };

  const whyAgents = closed || "the user cannot be changed here";
  const notes = [
    ...(means.ownUsers ? [] : [`runs are the agent's user: ${whyAgents}`, sight(tree.tree)]),
    ...(tree.tree === "group" ? ["no namespaces could be made"] : []),
    ...(wanted.ownNetwork && !tree.ownNetwork ? ["no network of its own could be made"] : []),
  ];
  return { ...means, report: reportOf(means, notes) };
}

const sight = (tree: TreeMeans) =>
  tree === "bubblewrap"
    ? "a run can read what the agent can, but for the engine's folder"
    : "a run can read what the agent can, other runs' files included";

const agentsUser: JobUser = { kind: "agents", dropCapabilities: false };
const ownUserTried: JobUser = { kind: "own", uid: firstUid, groups: [] };

interface Wanted {
  readonly tools: Tools;
  readonly without: ReadonlySet<string>;
  readonly asRoot: boolean;
  readonly ownNetwork: boolean;
}

/** The strongest way to hold a tree of that user's that works here; null when none does. */
function bestTree(wanted: Wanted, user: JobUser): ChainMeans | null {
  const { tools, without, asRoot, ownNetwork } = wanted;
  const hasTools: Record<TreeMeans, boolean> = {
    bubblewrap: tools.bwrap !== null,
    namespaces: asRoot && tools.unshare !== null && tools.setpriv !== null,
    "user-namespaces": !asRoot && tools.unshare !== null && tools.setpriv !== null,
    group: user.kind === "agents" || tools.setpriv !== null,
  };
  const candidates = treeMeans
    .filter((tree) => hasTools[tree] && !without.has(tree))
    .flatMap((tree) =>
      tree === "group"
        ? [groupOnly(tools)]
        : [true, false].map((ownProc) => ({ tools, tree, ownProc, ownNetwork })),
    );
  return candidates.find((means) => works(means, user)) ?? null;
}

const groupOnly = (tools: Tools): ChainMeans => ({
  tools,
  tree: "group",
  ownProc: false,
  ownNetwork: false,
});

/** Whether a command at the chain's end really runs, and its exit code comes back. */
function works(means: ChainMeans, user: JobUser): boolean {
  const paths = { shown: [], hidden: [], writable: [], readable: [] };
  const links = chain(means, { user, enter: [], scope: [], processesMax: 64, ...paths, cwd: "/" });
  const [program = "", ...args] = [...links, means.tools.sh, "-c", "exit 7"];
  const options = { cwd: "/", stdio: "ignore", timeout: 5000, killSignal: "SIGKILL" } as const;
  return spawnSync(program, args, options).status === 7;
}

/** Says which path a user of its own could not reach; empty when all can be. */
function closedTo({ setpriv, sh }: Tools, mustReach: readonly string[]): string {
  if (setpriv === null) return "there is no setpriv to change the user with";
  const user = [`--reuid=${firstUid}`, `--regid=${firstUid}`, "--clear-groups", "--"];
  const script = 'for path; do test -x "$path" || { echo "$path"; exit 1; }; done';
  const args = [...user, sh, "-c", script, "wadi-probe", ...mustReach];
  const { status, stdout } = spawnSync(setpriv, args, { timeout: 5000 });
  if (status === 0) return "";
  const path = stdout.toString().trim();
  return path === ""
    ? "the user cannot be changed here"
    : `${path} is closed to other users; open its folders (mode 0711) or move it, say to /var/lib`;
}

function bestLimits(tools: Tools, without: ReadonlySet<string>): IsolationMeans["limits"] {
  if (!without.has("systemd") && tools.systemdRun && existsSync("/run/systemd/system")) {
    const scope = systemdScope(tools, "wadi-probe", {
      memoryBytes: 2 ** 26,
      cpuMillis: 1000,
      processes: 64,
    });
    const [program = "", ...args] = [...scope, tools.sh, "-c", "exit 0"];
    const { status } = spawnSync(program, args, { stdio: "ignore", timeout: 10_000 });
    if (status === 0) return { kind: "systemd" };
  }
  const base = without.has("cgroup") || !hasProc ? undefined : findCgroupBase();
  if (base !== undefined) {
    const tried = tryCgroup(base);
    if (Object.keys(tried.folders).length > 0) return { kind: "cgroup", base: tried };
  }
  return { kind: "polled" };
}

/** The controllers that really take a limit. */
function tryCgroup(base: CgroupBase): CgroupBase {
  const taken = Object.entries(base.folders).filter(([name, folder]) => {
    const alone = { version: base.version, folders: { [name]: folder } };
    const group = `wadi-probe-${process.pid}`;
    try {
      makeCgroup(alone, group, { memoryBytes: 2 ** 26, cpuMillis: 1000, processes: 64 });
      return true;
    } catch {
      return false;
    } finally {
      removeCgroup([`${folder}/${group}`]);
    }
  });
  return { version: base.version, folders: Object.fromEntries(taken) };
}

function reportOf(means: Omit<IsolationMeans, "report">, notes: readonly string[]): Isolation {
  const { limits, tree, tools, ownUsers } = means;
  const held = limits.kind === "cgroup" ? limits.base.folders : {};
  const all = limits.kind === "systemd";
  const limiter =
    limits.kind === "cgroup" ? [`cgroup-v${limits.base.version}`] : all ? ["systemd"] : [];
  return {
    means: [...limiter, tree].join(", "),
    memoryLimit: all || held.memory ? "hard" : hasProc ? "polled" : "none",
    cpuLimit: all || held.cpu ? "hard" : "none",
    processLimit: all || held.pids !== undefined || (ownUsers && tools.prlimit !== null),
    network: means.ownNetwork ? "own" : "shared",
    fileSystem: tree === "bubblewrap" ? "own" : "shared",
    ownUser: ownUsers,
    treeKill: tree !== "group" || all || limits.kind === "cgroup",
    notes,
  };
}
