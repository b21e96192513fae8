import type { FieldProblem } from "@wadi/protocol";
import { check } from "@wadi/protocol/wrong-fields";
import type { z } from "zod";
import { Failure } from "../failure.ts";
import { readDocument, type Document } from "./document.ts";
import { otherKind } from "./kind-of-file.ts";
import { excerpt, pathName, stepsOf } from "./place.ts";
import { readSource } from "./source.ts";

/**
 * Reads a file as a value of the schema.
 * @throws Failure that shows each wrong field in its line, and what would be right
 */
export async function readAs<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const document = readDocument(await readSource(file));
  const checked = check(schema, document.value, "body");
  if (checked.ok) return checked.value;
  throw wrongFields(document, checked.problems);
}

/** Each wrong field in its line; or what the file is, where it is one for another command. */
export const wrongFields = (document: Document, problems: readonly FieldProblem[]): Failure =>
  otherKind(document, problems) ??
  mistakesIn(
    document.source.name,
    problems.map((problem) => placed(document, problem)),
  );

/** One failure that tells all mistakes, each of some lines. */
export function mistakesIn(name: string, mistakes: readonly (readonly string[])[]): Failure {
  const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
  return new Failure("usage", `${name} has ${count}`, mistakes.flat());
}

/** A wrong field in its line. */
export function placed(document: Document, { pointer, detail }: FieldProblem): string[] {
  const steps = stepsOf(pointer);
  const isUnknown = detail.startsWith("is not a known field");
  const place = document.placeOf(steps, isUnknown ? "name" : "value");
  const written = /^must be a string; read \S/.test(detail) ? document.writtenAt(steps) : null;
  const cure = written === null ? "" : `; put it in quotes: ${JSON.stringify(written)}`;
  return excerpt(document.source, place, `${pathName(steps)} ${detail}${cure}`);
}
