import type { Mebibytes } from "../units/index.ts";
import { mebibytes } from "../units/index.ts";
import { perReplicaCards, type PerReplicaCards } from "./sbatch-cards.ts";
import type { Given, Options } from "./sbatch-options.ts";
import { addNote, addProblem, type Report } from "./sbatch-report.ts";
import type { OptionName } from "./sbatch-table.ts";
import { readCount, readMemory, readNodes, type Value } from "./sbatch-values.ts";

/** Slurm's hosts and tasks as Wadi's gang: one replica is what one host of the job would hold. */
export interface Gang {
  readonly replicas: number;
  readonly tasksPerReplica: number;
  readonly tasks: number;
  readonly cpusPerTask: number | null;
  readonly cores: number;
  readonly cards: PerReplicaCards;
  /** Per replica; null where the script does not say. */
  readonly memory: Mebibytes | null;
}

const most = { replicas: 10_000, tasks: 1_000_000, cores: 1024 };

export function readGang(options: Options, report: Report): Gang {
  const cpusPerTask = countOf(options, "cpus-per-task", { most: most.cores, field: "cpu" }, report);
  const { replicas, tasks, tasksPerReplica } = readTasks(options, report);
  const cards = perReplicaCards(options, { replicas, tasksPerReplica }, report);
  const cores = readCores(options, { cpusPerTask, tasksPerReplica, cards }, report);
  const memory = readMemoryOf(options, { cores, cards }, report);
  return { replicas, tasks, tasksPerReplica, cpusPerTask, cores, cards, memory };
}

interface Tasks {
  readonly replicas: number;
  readonly tasks: number;
  readonly tasksPerReplica: number;
}

/**
 * Slurm may spread tasks over as many hosts as it likes where the script does not say; a replica
 * then takes all of them.
 */
function readTasks(options: Options, report: Report): Tasks {
  const bound = { most: most.tasks, field: "replicas" };
  const total = countOf(options, "ntasks", bound, report);
  const perHost = countOf(options, "ntasks-per-node", bound, report);
  const nodes = readHosts(options, report);
  const spread = total !== null && perHost !== null ? Math.ceil(total / perHost) : 1;
  const replicas = Math.min(nodes ?? hostsByGpus(options) ?? spread, most.replicas);
  const tasksPerReplica = total === null ? (perHost ?? 1) : Math.ceil(total / replicas);
  const tasks = total ?? tasksPerReplica * replicas;

  const at = options.get("ntasks") ?? options.get("ntasks-per-node");
  if (at && perHost !== null && tasksPerReplica > perHost) {
    const message = `${tasks} tasks do not fit on ${replicas} hosts of ${perHost}; ask for more`;
    addProblem(report, { at, field: "replicas" }, message);
  }
  noteTasks(options, { replicas, tasks, tasksPerReplica }, report);
  return { replicas, tasks, tasksPerReplica };
}

function noteTasks(options: Options, { replicas, tasks, tasksPerReplica }: Tasks, report: Report) {
  const nodes = options.get("nodes");
  const asked = options.get("ntasks-per-node") ?? options.get("ntasks");
  if (asked && tasksPerReplica > 1) {
    const spread =
      nodes || options.has("ntasks-per-node")
        ? ""
        : ", all on one host; say --nodes to spread them";
    addNote(
      report,
      asked,
      `a replica has the cores of ${tasksPerReplica} tasks${spread}; Wadi starts the script once ` +
        "in it, so start the tasks in the script",
    );
  }
  const at = nodes ?? asked;
  if (at && replicas > 1) {
    addNote(
      report,
      at,
      `taken as ${replicas} replicas that start together, ${tasks} tasks in all; each runs the ` +
        "script, while Slurm runs it on the first host and leaves the rest to srun",
    );
  }
}

function readHosts(options: Options, report: Report): number | null {
  const nodes = options.get("nodes");
  const read = use(nodes, readNodes, "replicas", report);
  if (!nodes || !read) return null;
  if (read.most > read.least) {
    addNote(report, nodes, `a gang has one size; taken as ${read.least} hosts`);
  }
  return read.least;
}

/** `--gpus=8 --gpus-per-node=4` says two hosts, as long as nothing else does. */
function hostsByGpus(options: Options): number | null {
  const number = (name: OptionName) =>
    /^(?:[\w.-]+:)?(\d{1,6})$/.exec(options.get(name)?.value ?? "");
  const [total, perHost] = [number("gpus"), number("gpus-per-node")];
  if (!total || !perHost || options.has("ntasks")) return null;
  const hosts = Number(total[1]) / Number(perHost[1]);
  return Number.isInteger(hosts) && hosts >= 1 ? hosts : null;
}

function readCores(
  options: Options,
  gang: { cpusPerTask: number | null; tasksPerReplica: number; cards: PerReplicaCards },
  report: Report,
): number {
  const bound = { most: most.cores, field: "cpu" };
  const least = countOf(options, "mincpus", bound, report) ?? 1;
  const perCard = countOf(options, "cpus-per-gpu", bound, report);
  const perCardAt = options.get("cpus-per-gpu");
  if (perCardAt && gang.cpusPerTask !== null) {
    const message = "stands beside --cpus-per-task, and they exclude each other; keep one";
    addProblem(report, { at: perCardAt, field: "cpu" }, message);
  }
  const byCards = (perCard ?? 0) * gang.cards.count;
  const byTasks = (gang.cpusPerTask ?? 1) * gang.tasksPerReplica;
  const cores = Math.max(least, byCards > 0 ? byCards : byTasks);
  if (cores <= most.cores) return cores;
  const at = perCardAt ?? options.get("cpus-per-task") ?? options.get("ntasks") ?? null;
  const message = `makes ${cores} cores on one host, above ${most.cores}; spread them with --nodes`;
  addProblem(report, { at, field: "cpu" }, message);
  return most.cores;
}

const memoryOptions = ["mem", "mem-per-cpu", "mem-per-gpu"] as const;

function readMemoryOf(
  options: Options,
  { cores, cards }: { cores: number; cards: PerReplicaCards },
  report: Report,
): Mebibytes | null {
  const [given, second] = memoryOptions.flatMap((name) => options.get(name) ?? []);
  if (second) {
    const message = "only one of --mem, --mem-per-cpu and --mem-per-gpu may be given; keep one";
    addProblem(report, { at: second, field: "memory" }, message);
  }
  const read = use(given, readMemory, "memory", report);
  if (!given || read === null) return null;
  if (read === 0) {
    addNote(report, given, "0 is all that a host has; say how much, as --mem=64G");
    return null;
  }
  const times = { mem: 1, "mem-per-cpu": cores, "mem-per-gpu": cards.count };
  const memory = mebibytes(read * times[given.name as (typeof memoryOptions)[number]]);
  if (memory > 0) return memory;
  const message = "no cards are asked for, so this is no memory; use --mem";
  addProblem(report, { at: given, field: "memory" }, message);
  return null;
}

function countOf(
  options: Options,
  name: OptionName,
  bound: { most: number; field: string },
  report: Report,
): number | null {
  return use(options.get(name), (text) => readCount(text, bound.most), bound.field, report);
}

/** The option's value read by `read`; null where it is not given, or wrong and now a problem. */
export function use<V>(
  given: Given | undefined,
  read: (text: string) => Value<V>,
  field: string,
  report: Report,
): V | null {
  if (!given) return null;
  const value = read(given.value ?? "");
  if (value.kind === "value") return value.value;
  addProblem(report, { at: given, field }, value.message);
  return null;
}
