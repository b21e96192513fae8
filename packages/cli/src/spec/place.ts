import { widthOf } from "../show/width.ts";
import type { Source } from "./source.ts";

/** In a text; line and column from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** How many characters to underline. */
  readonly length: number;
}

const lineMost = 100;
/** Characters of a mistake that must fit in. */
const leastShown = 20;

/**
 * What is wrong at a place, in the form that editors understand, and the line itself:
 *
 *     job.yaml:7:14: cards.options[0].model must be …
 *          7 |     - model: A100
 *            |              ^^^^
 */
export function excerpt(source: Source, place: Place, what: string): string[] {
  const { line, column, length } = place;
  const head = `${source.name}:${line}:${column}: ${what}`;
  const text = source.text.split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === "") return [head];
  // Of a line that is too long, what stands around the place.
  const cut = column > lineMost - leastShown ? column - 1 - lineMost / 2 : 0;
  const shown = text.slice(cut, cut + lineMost).replaceAll("\t", " ");
  const indent = column - 1 - cut;
  const blanks = widthOf(shown.slice(0, indent));
  const marks = Math.max(1, widthOf(shown.slice(indent, indent + length)));
  const number = String(line).padStart(6);
  return [
    head,
    `${number} | ${shown}`,
    `${" ".repeat(number.length)} | ${" ".repeat(blanks)}${"^".repeat(marks)}`,
  ];
}

/** A JSON pointer as its steps: "/cards/options/0" is cards, options, 0. */
export const stepsOf = (pointer: string): string[] =>
  pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** A path as people write it: `cards.options[0].model`; "the whole" for no steps. */
export function pathName(steps: readonly string[]): string {
  const [first, ...rest] = steps;
  if (first === undefined) return "the whole";
  return rest.reduce((name, step) => name + (/^\d+$/.test(step) ? `[${step}]` : `.${step}`), first);
}
