import { evenSteps } from "./sbatch-array.ts";
import type { Gang } from "./sbatch-gang.ts";
import { addNote, type Report } from "./sbatch-report.ts";
import type { SbatchScript } from "./sbatch-script.ts";

export interface BodyFacts {
  readonly script: SbatchScript;
  readonly name: string;
  readonly gang: Gang;
  /** Null where the job is no array. */
  readonly indices: readonly number[] | null;
}

export interface Body {
  /** The script as Wadi runs it. */
  readonly text: string;
  /** Variables of Slurm's that the script reads and whose value is known beforehand. */
  readonly env: Readonly<Record<string, string>>;
}

const jobIds = new Set(["SLURM_JOB_ID", "SLURM_JOBID"]);
const shells = /\/(?:sh|bash|dash|ksh|zsh)$/;

/**
 * The script with its directives made plain comments, so that no other Slurm reads them again.
 * What the script reads of Slurm's variables is set, as far as Wadi knows it: constants through
 * the environment, the array's index by a line below the first one.
 */
export function readBody(facts: BodyFacts, shell: string, report: Report): Body {
  const { script } = facts;
  const isShell = shells.test(shell);
  const read = variablesIn(script);
  const known = constantsOf(facts);
  const set = isShell ? computedOf(facts, read) : new Map<string, string>();

  for (const [name, line] of read) {
    const at = { line, directive: `$${name}` };
    if (!known.has(name) && !set.has(name)) addNote(report, at, whyUnset(name, facts));
    else if (jobIds.has(name)) addNote(report, at, "is Wadi's id of the job, which is no number");
  }
  noteCommands(script, report);

  const lines = script.lines.map((line, i) => (script.directives.has(i) ? `#${line}` : line));
  const first = script.interpreter === null ? 0 : 1;
  lines.splice(first, 0, ...set.values());
  const constants = [...known].filter(([name]) => read.has(name));
  return { text: lines.join("\n"), env: Object.fromEntries(constants) };
}

/** Each of Slurm's variables that the script names, with the first line (from 1) that does. */
function variablesIn({ lines, bodyStart }: SbatchScript): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = bodyStart; i < lines.length; i++) {
    if (/^\s*#/.test(lines[i]!)) continue;
    for (const [name] of lines[i]!.matchAll(/\bSLURM_[A-Z][A-Z0-9_]*/g)) {
      if (!found.has(name)) found.set(name, i + 1);
    }
  }
  return found;
}

/** As Slurm sets them; what it leaves unset where an option is not given is left unset. */
function constantsOf({ name, gang, indices }: BodyFacts): Map<string, string> {
  const { replicas, tasks, tasksPerReplica, cpusPerTask, cores, cards, memory } = gang;
  const known: Record<string, number | string | null> = {
    SLURM_JOB_NAME: name,
    SLURM_JOB_NUM_NODES: replicas,
    SLURM_NNODES: replicas,
    SLURM_NTASKS: tasks,
    SLURM_NPROCS: tasks,
    SLURM_NTASKS_PER_NODE: tasksPerReplica,
    SLURM_TASKS_PER_NODE: tasksPerReplica,
    SLURM_CPUS_PER_TASK: cpusPerTask,
    SLURM_CPUS_ON_NODE: cores,
    SLURM_JOB_CPUS_PER_NODE: cores,
    SLURM_GPUS_ON_NODE: cards.count > 0 ? cards.count : null,
    SLURM_GPUS_PER_NODE: cards.count > 0 ? cards.count : null,
    SLURM_GPUS: cards.count > 0 ? cards.count * replicas : null,
    SLURM_MEM_PER_NODE: memory,
    SLURM_ARRAY_TASK_COUNT: indices?.length ?? null,
    SLURM_ARRAY_TASK_MIN: indices?.[0] ?? null,
    SLURM_ARRAY_TASK_MAX: indices?.at(-1) ?? null,
    SLURM_ARRAY_TASK_STEP: (indices && evenSteps(indices)?.step) ?? null,
  };
  const set = Object.entries(known).filter(([, value]) => value !== null);
  return new Map(set.map(([variable, value]) => [variable, String(value)]));
}

/** Lines of shell for what is known only when the run starts. An array always gets its index. */
function computedOf({ indices, gang }: BodyFacts, read: ReadonlyMap<string, number>) {
  const oneTask = gang.tasksPerReplica === 1;
  const known: Record<string, string | null> = {
    SLURM_JOB_ID: '"$WADI_JOB_ID"',
    SLURM_JOBID: '"$WADI_JOB_ID"',
    SLURM_NODEID: '"$WADI_REPLICA"',
    SLURM_PROCID: oneTask ? '"$WADI_REPLICA"' : null,
    SLURM_LOCALID: oneTask ? "0" : null,
    SLURM_SUBMIT_DIR: '"$WADI_RUN_DIR"',
    SLURM_ARRAY_TASK_ID: indices && indexOf(indices),
  };
  const set = Object.entries(known).filter(
    ([name, value]) => value !== null && (read.has(name) || name === "SLURM_ARRAY_TASK_ID"),
  );
  return new Map(set.map(([name, value]) => [name, `export ${name}=${value}`]));
}

/** Wadi counts from 0; Slurm's index follows by arithmetic, or from the list itself. */
function indexOf(indices: readonly number[]): string {
  const even = evenSteps(indices);
  if (!even) return `$(echo "${indices.join(" ")}" | cut -d " " -f $((WADI_ARRAY_INDEX + 1)))`;
  if (even.first === 0 && even.step === 1) return '"$WADI_ARRAY_INDEX"';
  return `$((${even.first} + ${even.step} * WADI_ARRAY_INDEX))`;
}

function whyUnset(name: string, { indices }: BodyFacts): string {
  if (jobIds.has(name)) return "is not set; read WADI_JOB_ID, which is not a number";
  if (name === "SLURM_ARRAY_TASK_ID" && indices) {
    const from = `0 to ${indices.length - 1} for the indices ${indices[0]} to ${indices.at(-1)}`;
    return `is set for shell scripts only; read WADI_ARRAY_INDEX, which goes from ${from}`;
  }
  if (name === "SLURM_SUBMIT_DIR") return "is not set; read WADI_RUN_DIR, where a run starts";
  if (name === "SLURM_NODEID") return "is not set; read WADI_REPLICA";
  return "is not set where a centre has no Slurm; set what the script needs under env";
}

const slurmCommands =
  "srun|sbatch|salloc|sbcast|sattach|scancel|scontrol|squeue|sacct|sinfo|sstat|strigger";
const command = new RegExp(
  `(?:^|[;&|({\`]|\\b(?:exec|time|then|do|else)\\s)\\s*(${slurmCommands}|module|ml)(?=\\s|$)`,
);

/** A command once only: the first line that uses it stands for all. */
function noteCommands({ lines, bodyStart }: SbatchScript, report: Report): void {
  const noted = new Set<string>();
  for (let i = bodyStart; i < lines.length; i++) {
    const name = command.exec(lines[i]!)?.[1];
    if (name === undefined || noted.has(name)) continue;
    noted.add(name);
    addNote(report, { line: i + 1, directive: lines[i]!.trim().slice(0, 200) }, whyNoCommand(name));
  }
}

function whyNoCommand(name: string): string {
  if (name === "module" || name === "ml") {
    return `${name} loads what one site has installed; other centres may not have it`;
  }
  if (name === "srun") {
    return "srun exists at centres with Slurm only; start the program itself, once per replica";
  }
  return `${name} exists at centres with Slurm only; leave it out`;
}
