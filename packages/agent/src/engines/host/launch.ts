import { chmod, chown, writeFile } from "node:fs/promises";
import { fchownSync, openSync } from "node:fs";
import { join } from "node:path";
import type { RunSpec } from "../engine.ts";
import { deviceGroups } from "./card-access.ts";
import type { HostConfig } from "./config.ts";
import { enterFiles, makeCgroup, type Cgroup } from "./isolation/cgroup.ts";
import { replicaCommand, type ChainPlace, type JobUser } from "./isolation/chain.ts";
import type { IsolationMeans } from "./isolation/probe.ts";
import { systemdScope } from "./isolation/systemd.ts";
import { asShellLines, jobEnv } from "./job-env.ts";
import type { ReplicaCommand } from "./replica.ts";
import { handleOf, type RunPaths, type StatePaths } from "./run-files.ts";
import type { Seat } from "./seats.ts";
import { giveAway } from "./users.ts";

/** All that is needed to raise a run's replicas, decided before anything is started. */
export interface Launch {
  readonly spec: RunSpec;
  readonly state: StatePaths;
  readonly paths: RunPaths;
  readonly seats: readonly Seat[];
  readonly config: HostConfig;
  readonly means: IsolationMeans;
  /** The run's own user; null for the agent's. */
  readonly uid: number | null;
  /** Names this keeper among those of the machine. */
  readonly keeperName: string;
}

/** Set for every process of a replica from its chain on, so that strays can be told. */
export const treeMark = (spec: RunSpec, replica: number): string =>
  `WADI_RUN_TREE=${handleOf(spec)}/${replica}`;

/** What the names of all of a keeper's groups begin with. */
export const groupPrefix = (keeperName: string): string => `wadi-${keeperName}-`;

const groupName = ({ spec, keeperName }: Launch, replica: number): string =>
  `${groupPrefix(keeperName)}${handleOf(spec)}-${replica}`;

/** Writes what the command reads, and makes all that is the run's belong to its user. */
export async function furnish(launch: Launch): Promise<void> {
  const { spec, paths, seats, config, uid } = launch;
  const files = seats.map((seat, replica) => {
    const env = jobEnv(config, { spec, paths }, { seat, replica });
    return { path: envFile(launch, replica), text: asShellLines(env) };
  });
  if (spec.command.kind === "script") {
    files.push({ path: scriptFile(launch), text: spec.command.text });
  }
  await Promise.all(files.map(({ path, text }) => writeFile(path, text, { mode: 0o600 })));
  if (uid === null) return;

  await Promise.all([paths.work, paths.tmp, paths.checkpoint].map((path) => giveAway(path, uid)));
  // The run may read these, by its group, and not change them.
  await Promise.all(files.map(({ path }) => shareReadOnly(path, { uid, mode: 0o640 })));
  await shareReadOnly(paths.job, { uid, mode: 0o750 });
}

async function shareReadOnly(
  path: string,
  { uid, mode }: { readonly uid: number; readonly mode: number },
): Promise<void> {
  await chown(path, process.getuid?.() ?? 0, uid);
  await chmod(path, mode);
}

const envFile = ({ paths }: Launch, replica: number) => join(paths.job, `env.${replica}`);
const scriptFile = ({ paths }: Launch) => join(paths.job, "script");

/** The replica's control group, made with its limits; undefined where there are none. */
export function groupFor(launch: Launch, replica: number): Cgroup | undefined {
  const { limits } = launch.means;
  if (limits.kind !== "cgroup") return undefined;
  return makeCgroup(limits.base, groupName(launch, replica), limitsOf(launch));
}

const limitsOf = ({ spec, config }: Launch) => ({
  memoryBytes: spec.memory * 2 ** 20,
  cpuMillis: spec.cpu,
  processes: config.processesMax,
});

/** The command that raises one replica, with its output files open for it. */
export function commandFor(
  launch: Launch,
  replica: number,
  group: Cgroup | undefined,
): ReplicaCommand {
  const { spec, paths, state, means, uid, config } = launch;
  const user: JobUser =
    uid === null
      ? { kind: "agents", dropCapabilities: means.dropCapabilities }
      : { kind: "own", uid, groups: groupsOf(launch, replica) };
  const place: ChainPlace = {
    user,
    enter: group ? enterFiles(group) : [],
    scope:
      means.limits.kind === "systemd"
        ? systemdScope(means.tools, groupName(launch, replica), limitsOf(launch))
        : [],
    processesMax: config.processesMax,
    shown: config.mustReach,
    hidden: [state.root],
    writable: [paths.work, paths.tmp, paths.checkpoint],
    readable: [paths.job],
    cwd: paths.work,
  };
  const { command } = spec;
  const argv = command.kind === "script" ? [command.shell, scriptFile(launch)] : command.argv;
  const [mark = "", value = ""] = treeMark(spec, replica).split("=");
  return {
    command: replicaCommand(means, place, { envFile: envFile(launch, replica), argv }),
    cwd: paths.work,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", [mark]: value },
    stdout: openOutput(join(paths.out, `${replica}.stdout`), uid),
    stderr: openOutput(join(paths.out, `${replica}.stderr`), uid),
  };
}

const groupsOf = ({ spec, seats }: Launch, replica: number) =>
  spec.cards === null || seats[replica]?.emulated ? [] : deviceGroups(spec.cards.model);

/** Owned by the run's user, so that a command can open /dev/stdout by its name as well. */
function openOutput(path: string, uid: number | null): number {
  const file = openSync(path, "a", 0o600);
  if (uid !== null) fchownSync(file, uid, uid);
  return file;
}
