import { initScript } from "./init.ts";
import type { Tools } from "./tools.ts";

/** How process trees are held together, strongest first. */
export const treeMeans = ["bubblewrap", "namespaces", "user-namespaces", "group"] as const;
export type TreeMeans = (typeof treeMeans)[number];

/** Who the command runs as. */
export type JobUser =
  /** A user id that no other run has, and the groups that open its cards' device files. */
  | { readonly kind: "own"; readonly uid: number; readonly groups: readonly number[] }
  /** The agent's own, with none of root's capabilities where they can be dropped. */
  | { readonly kind: "agents"; readonly dropCapabilities: boolean };

/** What every chain of this keeper is made of. */
export interface ChainMeans {
  readonly tools: Tools;
  readonly tree: TreeMeans;
  /** Whether the namespaces get a /proc of their own; some containers do not allow it. */
  readonly ownProc: boolean;
  readonly ownNetwork: boolean;
}

/** What differs from replica to replica. */
export interface ChainPlace {
  readonly user: JobUser;
  /** Files to write 0 into, which moves the writer into a control group. */
  readonly enter: readonly string[];
  /** Arguments that come first, for a scope of systemd's. */
  readonly scope: readonly string[];
  readonly processesMax: number | null;
  /** Used where the file system is the run's own: shown first, then hidden, then shown again. */
  readonly shown: readonly string[];
  readonly hidden: readonly string[];
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly cwd: string;
}

const enterScript = `while [ "$1" != -- ]; do echo 0 > "$1" || exit 1; shift; done
shift
exec "$@"`;

/** The whole command line of one replica: its chain, the init, the command in its own session. */
export function replicaCommand(
  means: ChainMeans,
  place: ChainPlace,
  job: { readonly envFile: string; readonly argv: readonly string[] },
): string[] {
  const { sh, setsid } = means.tools;
  const init = [sh, "-c", initScript, "wadi-init", job.envFile];
  return [...chain(means, place), ...init, ...(setsid === null ? [] : [setsid]), ...job.argv];
}

/**
 * What stands before a command to hold it: each link does one thing and becomes the next (exec),
 * but for the one that makes the process id namespace, which stays as its watcher. Every link
 * dies with the keeper: it is told so again wherever a change of user would have it forgotten.
 */
export function chain(means: ChainMeans, place: ChainPlace): string[] {
  const { sh } = means.tools;
  const enter = [sh, "-c", enterScript, "wadi-enter", ...place.enter, "--"];
  return [
    ...(place.enter.length > 0 ? enter : []),
    ...place.scope,
    ...limitProcesses(means, place),
    ...holdTree(means, place),
  ];
}

function limitProcesses({ tools }: ChainMeans, { user, processesMax }: ChainPlace): string[] {
  // The limit counts all processes of a user, so it is only right for a user with one run.
  if (tools.prlimit === null || processesMax === null || user.kind !== "own") return [];
  return [tools.prlimit, `--nproc=${processesMax}:${processesMax}`, "--"];
}

function holdTree(means: ChainMeans, place: ChainPlace): string[] {
  const { tools, tree, ownProc, ownNetwork } = means;
  if (tree === "bubblewrap") {
    return [...drop(tools, place.user, { privilegesKept: true }), ...bubblewrap(means, place)];
  }
  const dropped = drop(tools, place.user, { privilegesKept: false });
  if (tree === "group" || tools.unshare === null) return dropped;
  return [
    dieWithKeeper(tools),
    tools.unshare,
    tree === "user-namespaces" ? ["--user", "--map-current-user"] : [],
    ["--pid", "--fork", "--kill-child", "--ipc"],
    ownProc ? ["--mount-proc"] : [],
    ownNetwork ? ["--net"] : [],
    "--",
    dropped,
  ].flat();
}

const dieWithKeeper = ({ setpriv }: Tools) =>
  setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];

/**
 * Gives up what the command must not have. A setuid program, bwrap on some systems, cannot work
 * once new privileges are blocked, and does so itself.
 */
function drop(
  { setpriv }: Tools,
  user: JobUser,
  { privilegesKept }: { readonly privilegesKept: boolean },
): string[] {
  if (setpriv === null) return [];
  const capabilities = ["--inh-caps=-all", "--bounding-set=-all"];
  return [
    setpriv,
    user.kind === "own" ? changeUser(user) : [],
    user.kind === "own" || user.dropCapabilities ? capabilities : [],
    privilegesKept ? [] : ["--no-new-privs"],
    ["--pdeathsig", "KILL", "--"],
  ].flat();
}

const changeUser = ({ uid, groups }: { uid: number; groups: readonly number[] }) => [
  `--reuid=${uid}`,
  `--regid=${uid}`,
  groups.length > 0 ? `--groups=${groups.join(",")}` : "--clear-groups",
];

function bubblewrap({ tools, ownNetwork }: ChainMeans, place: ChainPlace): string[] {
  const each = (option: string, paths: readonly string[]) =>
    paths.flatMap((path) => [option, path, path]);
  return [
    tools.bwrap ?? "bwrap",
    ["--die-with-parent", "--as-pid-1", "--unshare-pid", "--unshare-ipc"],
    ownNetwork ? ["--unshare-net"] : [],
    ["--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"],
    ["--tmpfs", "/dev/shm", "--tmpfs", "/tmp"],
    each("--ro-bind-try", place.shown),
    place.hidden.flatMap((path) => ["--tmpfs", path]),
    each("--bind", place.writable),
    each("--ro-bind", place.readable),
    ["--chdir", place.cwd, "--"],
  ].flat();
}
