import { checkRules, type Case, type ProgrammeRules, type Settlement } from "@wadi/core/vouchers";
import { caseDocument, caseOf } from "@wadi/protocol/claim-case";
import { placeInFile, programmeRules, type ProgrammeJson } from "@wadi/protocol/programme";
import { check } from "@wadi/protocol/wrong-fields";
import { wrongFields } from "../spec/check-document.ts";
import { readDocument } from "../spec/document.ts";
import { readSource } from "../spec/source.ts";

/** A programme file that has no mistake. */
export interface ReadProgramme {
  readonly rules: ProgrammeRules;
  /** As it travels, with every default written out. */
  readonly json: ProgrammeJson;
}

/**
 * Reads a programme's rules.
 * @throws Failure that shows every mistake in its line and what would be right
 */
export async function readProgramme(file: string): Promise<ReadProgramme> {
  const document = readDocument(await readSource(file));
  const checked = check(programmeRules, document.value, "body");
  const problems = checked.ok
    ? checkRules(checked.value).map(({ path, message }) => ({
        pointer: placeInFile(path),
        in: "body" as const,
        detail: message,
      }))
    : checked.problems;
  if (checked.ok && problems.length === 0) {
    return { rules: checked.value, json: programmeRules.encode(checked.value) };
  }
  throw wrongFields(document, problems);
}

/** One claim of a case file. */
export interface ReadCase {
  readonly case: Case;
  readonly asOf: Temporal.PlainDate;
  readonly settlements: readonly Settlement[];
}

/**
 * Reads a case file: one claim, or a list of claims in the order in which they are decided.
 * @throws Failure that shows every mistake in its line
 */
export async function readCases(file: string): Promise<ReadCase[]> {
  const document = readDocument(await readSource(file));
  const { value } = document;
  const checked = check(Array.isArray(value) ? caseDocument.array() : caseDocument, value, "body");
  if (checked.ok) return [checked.value].flat().map(caseOf);
  throw wrongFields(document, checked.problems);
}
