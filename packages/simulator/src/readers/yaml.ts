import type { Problem } from "@wadi/core/capacity";
import { check } from "@wadi/protocol/wrong-fields";
import type { z } from "zod";
import { Mistakes, type Mistake, type Source } from "./mistakes.ts";
import { readYamlDocument, type YamlDocument } from "./yaml-document.ts";

/** A file whose form is right, and how to tell what else is wrong with it. */
export interface ReadYaml<T> {
  readonly value: T;
  /** What is wrong with the field at `steps`, at its line. */
  readonly mistakeAt: (steps: readonly string[], right: string) => Mistake;
}

/** @throws WrongInput with every field that is not as the schema wants it, at most 20 */
export function readYaml<S extends z.ZodType>(source: Source, schema: S): ReadYaml<z.output<S>> {
  const document = readYamlDocument(source);
  const checked = check(schema, document.value, "body");
  if (checked.ok) {
    return { value: checked.value, mistakeAt: (steps, right) => placed(document, steps, right) };
  }
  const mistakes = new Mistakes(source.file);
  for (const { pointer, detail } of checked.problems) {
    mistakes.add(placed(document, stepsOf(pointer), withoutRead(detail)));
  }
  mistakes.throwAny();
  throw new Error("a schema refused a value and named no problem");
}

/** A path as core writes it, `hosts[2].cards`, as its steps. */
export const stepsIn = (path: Problem["path"]): string[] =>
  path
    .replaceAll("[", ".")
    .replaceAll("]", "")
    .split(".")
    .filter((step) => step !== "");

function placed(document: YamlDocument, steps: readonly string[], right: string): Mistake {
  const isUnknown = right.startsWith("is not a known field");
  const written = document.writtenAt(steps);
  const cure =
    written !== null && right.startsWith("must be a string")
      ? `; put it in quotes: ${JSON.stringify(written)}`
      : "";
  return {
    line: document.lineOf(steps, isUnknown ? "name" : "value"),
    field: fieldName(steps),
    read: written,
    right: `${right}${cure}`,
  };
}

/** What was read is told apart from what is right. */
const withoutRead = (detail: string) => detail.replace(/; read .*$/s, "");

/** A JSON pointer as its steps: "/cards/options/0" is cards, options, 0. */
const stepsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** `centres[3].pools[0].model`; "the whole" for no steps. */
function fieldName([first, ...rest]: readonly string[]): string {
  if (first === undefined) return "the whole";
  return rest.reduce((name, step) => name + (/^\d+$/.test(step) ? `[${step}]` : `.${step}`), first);
}
