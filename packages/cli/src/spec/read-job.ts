import { cardModel, cardModelsLike } from "@wadi/core/capacity";
import type { JobSpec } from "@wadi/core/job";
import type { FieldProblem } from "@wadi/protocol";
import { ApiProblem } from "@wadi/protocol/client";
import { jobSpec, type JobSpecJson } from "@wadi/protocol/job-spec";
import { check } from "@wadi/protocol/wrong-fields";
import { Failure } from "../failure.ts";
import { mistakesIn, placed } from "./check-document.ts";
import { readDocument } from "./document.ts";
import { override, overrideAt, readOverride, type Override } from "./overrides.ts";
import { pathName, stepsOf } from "./place.ts";
import { isScript, readScript, showScriptProblem } from "./sbatch.ts";
import { readSource, type Source } from "./source.ts";

/** How a job is named on the command line. */
export interface JobFile {
  /** A path, or "-" for standard input. */
  readonly file: string;
  readonly set?: readonly string[];
  /** It is a script, whatever it looks like. */
  readonly sbatch?: boolean;
  /** False leaves it to the hub whether there are such cards. */
  readonly check?: boolean;
}

export interface ReadJob {
  readonly spec: JobSpec;
  /** The spec as it travels, with every default written out. */
  readonly json: JobSpecJson;
  /** Lines of a script that mean nothing here. */
  readonly notes: readonly string[];
  /** What the hub found wrong in the spec, in the lines of the file; any other error as it is. */
  readonly placed: (error: unknown) => unknown;
}

/**
 * Reads a job spec in YAML or JSON, or an sbatch script, and puts the values of `--set` into it.
 * @param more  puts in what other options say, after `--set`
 * @throws Failure that shows every mistake in its line and what would be right
 */
export const readJob = async (job: JobFile, more?: PutIn): Promise<ReadJob> =>
  readJobIn(await readSource(job.file), job, more);

type PutIn = (value: unknown) => unknown;

/** The same of a text that is read already. */
export function readJobIn(
  source: Source,
  job: Omit<JobFile, "file">,
  more: PutIn = (value) => value,
): ReadJob {
  const overrides = (job.set ?? []).map(readOverride);
  const draft =
    job.sbatch === true || isScript(source)
      ? draftOfScript(source, overrides)
      : draftOfDocument(source);
  const show = (problem: FieldProblem) => showIn(draft, overrides, problem);

  const { spec, problems } = checkSpec(draft, overrides, more);
  const unknown = spec && job.check !== false ? unknownModels(spec) : [];
  const mistakes = [...draft.mistakes, ...[...problems, ...unknown].map(show)];
  if (!spec || mistakes.length > 0) throw mistakesIn(source.name, mistakes);
  return {
    spec,
    json: jobSpec.encode(spec),
    notes: draft.notes,
    placed: (error) => {
      if (!(error instanceof ApiProblem)) return error;
      const fields = error.errors.filter((one) => one.in === "body");
      if (fields.length === 0) return error;
      return new Failure("refused", error.detail, fields.flatMap(show));
    },
  };
}

/** A spec as it was written, not yet checked. */
interface Draft {
  readonly value: unknown;
  readonly notes: readonly string[];
  readonly mistakes: readonly (readonly string[])[];
  /** Fields that are told wrong already. */
  readonly told: readonly string[];
  readonly show: (problem: FieldProblem) => string[];
}

function draftOfDocument(source: Source): Draft {
  const document = readDocument(source);
  const show = (problem: FieldProblem) => placed(document, problem);
  return { value: document.value, notes: [], mistakes: [], told: [], show };
}

/** What `--set` says need not be right in the script. */
function draftOfScript(source: Source, overrides: readonly Override[]): Draft {
  const { value, notes, problems } = readScript(source);
  const fieldOf = (path: string) => path.split(".")[0]!;
  const open = problems.filter(
    ({ field }) => !overrides.some(({ path }) => path[0] === fieldOf(field)),
  );
  return {
    value,
    notes,
    mistakes: open.map((problem) => showScriptProblem(source, problem)),
    told: open.map(({ field }) => fieldOf(field)),
    show: ({ pointer, detail }) => [`${source.name}: ${pathName(stepsOf(pointer))} ${detail}`],
  };
}

/** Where a string is asked for, `--set maxCost=20` means the text and not the number. */
function checkSpec(
  { value, told }: Draft,
  overrides: readonly Override[],
  more: PutIn,
): { spec: JobSpec | undefined; problems: readonly FieldProblem[] } {
  const judge = (all: readonly Override[]) => {
    const checked = check(jobSpec, more(override(value, all)), "body");
    return checked.ok
      ? { spec: checked.value, problems: [] }
      : { spec: undefined, problems: checked.problems };
  };
  const first = judge(overrides);
  const asText = overrides.map((one) => {
    const isMeant = first.problems.some(
      ({ pointer, detail }) =>
        detail.startsWith("must be a string") && stepsOf(pointer).join("/") === one.path.join("/"),
    );
    return isMeant ? { ...one, value: one.typed } : one;
  });
  const { spec, problems } = judge(asText);
  return { spec, problems: problems.filter(({ pointer }) => !told.includes(stepsOf(pointer)[0]!)) };
}

function showIn(draft: Draft, overrides: readonly Override[], problem: FieldProblem): string[] {
  const steps = stepsOf(problem.pointer);
  const set = overrideAt(overrides, steps);
  return set ? [`--set ${set.text}: ${pathName(steps)} ${problem.detail}`] : draft.show(problem);
}

function unknownModels({ cards }: JobSpec): FieldProblem[] {
  return cards.options.flatMap(({ model }, index) => {
    if (cardModel(model)) return [];
    const like = cardModelsLike(model).map((id) => `"${id}"`);
    const meant = like.length === 0 ? "docs/catalogue.md has all" : `did you mean ${orList(like)}?`;
    const detail = `"${model}" is no card model; ${meant}`;
    return [{ pointer: `/cards/options/${index}/model`, in: "body", detail }];
  });
}

const orList = (words: readonly string[]) =>
  words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
