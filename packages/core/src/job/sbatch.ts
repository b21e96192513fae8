import { asId, milliCores, type Duration, type JobId } from "../units/index.ts";
import type { Dependencies, JobSpec, Retry } from "./spec.ts";
import { readArray } from "./sbatch-array.ts";
import { readBody } from "./sbatch-body.ts";
import { cardWish, type CardModelsOf } from "./sbatch-cards.ts";
import { readExport } from "./sbatch-export.ts";
import { readGang, use } from "./sbatch-gang.ts";
import { readOptions, type Options } from "./sbatch-options.ts";
import * as found from "./sbatch-report.ts";
import { takeApart } from "./sbatch-script.ts";
import { optionTable } from "./sbatch-table.ts";
import { readInstant } from "./sbatch-time.ts";
import { readTimeLimit } from "./sbatch-values.ts";

export type { NotUnderstood, SbatchProblem } from "./sbatch-report.ts";
export type { CardModelsOf } from "./sbatch-cards.ts";

/** What a script leaves to its site. */
export interface SbatchSite {
  readonly cardModelsOf: CardModelsOf;
  /** Clock and time zone for times such as "16:00" and "now+1hour". */
  readonly now: Temporal.ZonedDateTime;
  /** The job's name where the script gives none; sbatch takes that of the script's file. */
  readonly name: string;
}

/** The fields of a job spec that a script says; every other field has the spec's own default. */
export type SbatchDraft = Pick<JobSpec, "version" | "name" | "run" | "env" | "replicas" | "cpu"> &
  Partial<
    Pick<JobSpec, "cards" | "memory" | "maxRunTime" | "deadline" | "retry" | "array" | "after">
  >;

export interface SbatchReading {
  readonly draft: SbatchDraft;
  /** By line. Each line of the script that Wadi does not act on is here, or among the problems. */
  readonly notUnderstood: readonly found.NotUnderstood[];
  /** By line. Empty when the draft is whole and means what the script means. */
  readonly problems: readonly found.SbatchProblem[];
}

/**
 * Reads a batch script written for Slurm as the draft of a job. Never throws, whatever the text.
 * Options are read as sbatch reads them: only before the first command, a later one replaces an
 * earlier one, `##SBATCH` is a comment. A host of Slurm's is a replica here.
 */
export function readSbatch(text: string, site: SbatchSite): SbatchReading {
  const report: found.Report = { notUnderstood: [], problems: [] };
  const script = takeApart(text, report);
  const options = readOptions(script.words, report);
  noteMeaningless(options, report);

  const name = readName(options, site, report);
  const gang = readGang(options, report);
  const cards = cardWish(options, { ...gang, cardModelsOf: site.cardModelsOf }, report);
  const array = use(options.get("array"), readArray, "array", report);
  const shell = readShell(script.interpreter, report);
  const body = readBody({ script, name, gang, indices: array?.indices ?? null }, shell, report);
  const maxRunTime = readMaxRunTime(options, report);
  const deadline = readDeadline(options, site, report);
  const retry = readRetry(options);
  const after = readDependencies(options, report);
  const draft: SbatchDraft = {
    version: 1,
    name,
    run: { kind: "script", text: body.text, shell },
    env: { ...body.env, ...readExport(options.get("export"), report) },
    replicas: gang.replicas,
    cpu: milliCores(gang.cores * 1000),
    ...(cards && { cards }),
    ...(gang.memory !== null && { memory: gang.memory }),
    ...(maxRunTime !== null && { maxRunTime }),
    ...(deadline && { deadline }),
    ...(retry && { retry }),
    ...(array && { array: { count: array.indices.length, parallel: array.parallel } }),
    ...(after && { after }),
  };
  refuseLaterStart(options, site, report);
  return { draft, ...found.sortReport(report) };
}

function noteMeaningless(options: Options, report: found.Report): void {
  for (const given of options.values()) {
    const { why } = optionTable[given.name];
    if (why !== null) found.addNote(report, given, why);
  }
}

function readName(options: Options, site: SbatchSite, report: found.Report): string {
  const given = options.get("job-name");
  const name = given?.value || site.name;
  if (given && (name.length > 128 || /\p{Cc}/u.test(name))) {
    const message = "a name has at most 128 characters and no control characters; shorten it";
    found.addProblem(report, { at: given, field: "name" }, message);
  }
  return name;
}

/** `#!/usr/bin/env NAME` is looked for in /usr/bin, since the spec wants a path. */
function readShell(interpreter: string | null, report: found.Report): string {
  const at = { line: 1, directive: `#!${interpreter}` };
  const words = (interpreter ?? "/bin/sh").split(/\s+/);
  const isEnv = words[0] === "/usr/bin/env";
  const [program = "", ...rest] = isEnv ? words.slice(words[1] === "-S" ? 2 : 1) : words;
  const shell = isEnv ? `/usr/bin/${program}` : program;
  if (!/^\/[\w./-]+$/.test(shell)) {
    const message = "is no path; write one such as #!/bin/bash";
    found.addProblem(report, { at, field: "run.shell" }, message);
    return "/bin/sh";
  }
  if (rest.length > 0) {
    const why = `"${rest.join(" ")}" is not passed on; say it in the script, as \`set -e\``;
    found.addNote(report, at, why);
  }
  return shell;
}

function readMaxRunTime(options: Options, report: found.Report): Duration | null {
  if (!options.has("time")) {
    const message = "--time is missing, and a run must have a limit; add #SBATCH --time=H:MM:SS";
    found.addProblem(report, { at: null, field: "maxRunTime" }, message);
  }
  return use(options.get("time"), readTimeLimit, "maxRunTime", report);
}

function readDeadline(options: Options, { now }: SbatchSite, report: found.Report) {
  const given = options.get("deadline");
  const deadline = use(given, (text) => readInstant(text, now), "deadline", report);
  if (!given || !deadline) return null;
  if (Temporal.Instant.compare(deadline, now.toInstant()) > 0) return deadline;
  const message = `${deadline.toString()} is over; write a later time`;
  found.addProblem(report, { at: given, field: "deadline" }, message);
  return null;
}

/** A job starts as soon as it is dispatched, so one that must not is not the job that was meant. */
function refuseLaterStart(options: Options, { now }: SbatchSite, report: found.Report): void {
  const begin = options.get("begin");
  const start = use(begin, (text) => readInstant(text, now), "run", report);
  if (begin && start && Temporal.Instant.compare(start, now.toInstant()) > 0) {
    const later = start.toString();
    const message = `a job starts as soon as it can; submit it at ${later}, or leave this out`;
    found.addProblem(report, { at: begin, field: "run" }, message);
  }
  const hold = options.get("hold");
  if (hold) {
    const message = "Wadi cannot keep a job back; submit it when it may run, or take this out";
    found.addProblem(report, { at: hold, field: "run" }, message);
  }
}

/** The later of --requeue and --no-requeue; null where neither is given. */
function readRetry(options: Options): Retry | null {
  const last = [...options.keys()].findLast((name) => name === "requeue" || name === "no-requeue");
  return last === undefined ? null : { times: 0, exitCodes: [], rerunWhenLost: last === "requeue" };
}

const jobIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Slurm's own job numbers mean nothing here; Wadi's ids are taken in their place. */
function readDependencies(options: Options, report: found.Report): Dependencies | null {
  const given = options.get("dependency");
  if (!given) return null;
  const after = { ok: [] as JobId[], any: [] as JobId[] };
  const refuse = (message: string) =>
    found.addProblem(report, { at: given, field: "after" }, message);
  const text = given.value ?? "";
  if (text.includes("?")) refuse('"?" (one of several) is not known; name the jobs that must end');
  for (const part of text.split(/[,?]/)) {
    const [kind = "", ...ids] = part.split(":");
    const list = kind === "afterok" ? after.ok : kind === "afterany" ? after.any : null;
    if (!list) {
      refuse(`"${kind}" is not known; use afterok or afterany, or submit this job by hand later`);
    } else if (ids.length === 0) refuse(`"${part}" names no job; write ${kind}:JOB`);
    else if (!ids.every((id) => jobIdPattern.test(id))) {
      refuse(`"${part}" names a job of Slurm's; write ${kind}: and the id that Wadi gave the job`);
    } else for (const id of ids) list.push(asId<JobId>(id));
  }
  return after;
}
