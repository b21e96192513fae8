import { jobSpec, type JobSpecJson } from "@wadi/protocol/job-spec";
import { cardModelsNamed } from "@wadi/core/capacity";
import { readSbatch, type SbatchDraft, type SbatchProblem } from "@wadi/core/job";
import { z } from "zod";
import { excerpt } from "./place.ts";
import type { Source } from "./source.ts";

/** A script read as the draft of a job. */
export interface ReadScript {
  readonly value: Partial<JobSpecJson>;
  /** Lines that mean nothing here, one by one, each with its reason. */
  readonly notes: readonly string[];
  readonly problems: readonly SbatchProblem[];
}

/** Whether a text is a script rather than a spec: `#!` in its first line. */
export const isScript = ({ text }: Source) => text.startsWith("#!");

export function readScript(source: Source): ReadScript {
  const { draft, notUnderstood, problems } = readSbatch(source.text, {
    // A script that names no type of card is not guessed at: the reader says what to write.
    cardModelsOf: (type) => (type === null ? [] : cardModelsNamed(type)),
    now: Temporal.Now.zonedDateTimeISO(),
    name: source.stem ?? "sbatch",
  });
  return {
    value: encodeDraft(draft),
    notes: notUnderstood.map(
      ({ line, directive, why }) => `${source.name}:${line}: ${directive}: ${why}`,
    ),
    problems,
  };
}

/** A problem in the line of the script that it is about. */
export function showScriptProblem(source: Source, { line, field, message }: SbatchProblem) {
  if (line !== null) {
    const length = source.text.split(/\r?\n/)[line - 1]?.length ?? 1;
    return excerpt(source, { line, column: 1, length }, message);
  }
  return [`${source.name}: ${message}; or give it with --set ${field}=…`];
}

function encodeDraft(draft: SbatchDraft): Partial<JobSpecJson> {
  const { shape } = jobSpec as unknown as z.ZodObject;
  const fields = Object.entries(draft).map(([name, value]: [string, unknown]) => [
    name,
    z.encode(shape[name] as z.ZodType, value as never),
  ]);
  return Object.fromEntries(fields) as Partial<JobSpecJson>;
}
