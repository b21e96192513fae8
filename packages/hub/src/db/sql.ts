import { createHash } from "node:crypto";
import { escapeIdentifier } from "pg";

import { encode, type SqlValue } from "./encode.ts";

/**
 * Runs one statement and returns its rows: ``sql<JobRow>`select … where id = ${id}` ``. Values
 * never become part of the text. The statement is prepared once per connection under a name made
 * of its text. Column names arrive as written in the statement.
 */
export type Sql = <Row = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: (SqlValue | Fragment)[]
) => Promise<Rows<Row>>;

/** The rows, and how many the statement touched (of use where nothing is returned). */
export type Rows<Row> = Row[] & { readonly count: number };

const parts = Symbol("parts");

/** A piece of a statement, with its values, to be put into a statement; made by `fragment`. */
export interface Fragment {
  readonly [parts]: { readonly strings: readonly string[]; readonly values: readonly Part[] };
}

type Part = SqlValue | Fragment;

/**
 * A piece of a statement: `const mine = tenant ? fragment`and tenant = ${tenant}` : fragment```.
 */
export function fragment(strings: TemplateStringsArray, ...values: Part[]): Fragment {
  return { [parts]: { strings, values } };
}

/** A name of a table, column or database as a piece of a statement, quoted. */
export function identifier(...path: string[]): Fragment {
  return { [parts]: { strings: [path.map(escapeIdentifier).join(".")], values: [] } };
}

/** A statement as the wire takes it. Without a `name` it is parsed afresh each time. */
export interface Statement {
  readonly text: string;
  readonly name: string | undefined;
  readonly values: (string | Uint8Array | null)[];
}

/**
 * Statements keep their prepared plans in every connection's server process, so the number of
 * names is bounded: a statement first seen beyond it runs unnamed. Only fragments, which combine,
 * could ever reach that.
 */
const namesMax = 1000;
const nameOfText = new Map<string, string>();

interface Known {
  readonly text: string;
  readonly name: string | undefined;
}

/**
 * Texts of statements without fragments, by their place in the source: no hashing when repeated.
 */
const knownStatements = new WeakMap<TemplateStringsArray, Known>();

/** @throws TypeError, naming the place, when a value cannot be passed */
export function toStatement(strings: TemplateStringsArray, values: readonly Part[]): Statement {
  if (values.some(isFragment)) return withFragments(strings, values);
  let known = knownStatements.get(strings);
  if (!known) {
    known = named(strings.reduce((text, piece, i) => `${text}$${i}${piece}`));
    knownStatements.set(strings, known);
  }
  return { ...known, values: encodeAll(values as readonly SqlValue[], known.text) };
}

function withFragments(strings: readonly string[], values: readonly Part[]): Statement {
  const flat: SqlValue[] = [];
  const text = flatten({ strings, values }, flat);
  return { ...named(text), values: encodeAll(flat, text) };
}

function flatten(piece: Fragment[typeof parts], flat: SqlValue[]): string {
  let text = piece.strings[0] ?? "";
  for (const [i, value] of piece.values.entries()) {
    if (isFragment(value)) text += flatten(value[parts], flat);
    else text += `$${flat.push(value)}`;
    text += piece.strings[i + 1] ?? "";
  }
  return text;
}

function isFragment(value: Part): value is Fragment {
  return typeof value === "object" && value !== null && parts in value;
}

function named(text: string): Known {
  let name = nameOfText.get(text);
  if (name === undefined && nameOfText.size < namesMax) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    nameOfText.set(text, name);
  }
  return { text, name };
}

function encodeAll(values: readonly SqlValue[], text: string): (string | Uint8Array | null)[] {
  return values.map((value, i) => {
    try {
      return encode(value);
    } catch (cause) {
      const { message } = cause as Error;
      throw new TypeError(`value $${i + 1} of "${oneLine(text)}": ${message}`, { cause });
    }
  });
}

/** A statement's text for messages: one line, bounded. It never holds values. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
