import { closest } from "@wadi/core/capacity";
import { z } from "zod";
import type { FieldProblem } from "./problem.ts";

type Checked<T> = { ok: true; value: T } | { ok: false; problems: FieldProblem[] };
type Part = FieldProblem["in"];

/** More wrong fields than this are counted, not listed. */
const problemsMax = 50;

/**
 * Decodes one part of a request by its schema. Every wrong field is named by a JSON pointer, with
 * what would be right and, where it is short and no secret, what was read.
 */
export function check<S extends z.ZodType>(
  schema: S,
  given: unknown,
  part: Part,
): Checked<z.output<S>> {
  const knownFor = new WeakMap<readonly string[], readonly string[]>();
  const result = schema.safeParse(given, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") knownFor.set(issue.keys, fieldsOf(issue.inst));
      return phrase(issue, read(given, issue));
    },
  });
  if (result.success) return { ok: true, value: result.data };

  const problems = result.error.issues.flatMap((issue): FieldProblem[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          pointer: pointerTo([...issue.path, key]),
          in: part,
          detail: unknownField(key, knownFor.get(issue.keys) ?? []),
        }))
      : [{ pointer: pointerTo(issue.path), in: part, detail: issue.message }],
  );
  return { ok: false, problems: bounded(problems, part) };
}

/** RFC 6901: "/cards/options/0/model"; the whole value is "". */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

function bounded(problems: FieldProblem[], part: Part): FieldProblem[] {
  if (problems.length <= problemsMax) return problems;
  const more = problems.length - problemsMax;
  const rest: FieldProblem = { pointer: "", in: part, detail: `and ${more} more wrong fields` };
  return [...problems.slice(0, problemsMax), rest];
}

function unknownField(key: string, known: readonly string[]): string {
  const [meant] = key.length <= 64 ? closest(key, known, 1) : [];
  if (meant !== undefined) return `is not a known field; did you mean "${meant}"?`;
  return known.length === 0
    ? "is not a known field; there are none here"
    : `is not a known field; known are ${list(known.map((name) => `"${name}"`))}`;
}

/**
 * The sentence for one issue; undefined leaves the schema's own.
 *
 * @param seen  "; read 7", or nothing
 */
function phrase(issue: z.core.$ZodRawIssue, seen: string): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is needed: ${kindOf(issue)}`
        : `must be ${kindOf(issue)}${seen}`;
    case "invalid_value":
      return `must be ${oneOf(issue.values)}${seen}${seen && nearest(issue.input, issue.values)}`;
    case "invalid_union":
      return `must be ${unionOf(issue)}${seen}`;
    case "too_small":
      return `must ${bound(issue, issue.minimum, "at least")}${seen}`;
    case "too_big":
      return `must ${bound(issue, issue.maximum, "at most")}${seen}`;
    case "invalid_format":
      return `must be ${formatOf(issue)}${seen}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}${seen}`;
    case "invalid_key":
    case "invalid_element":
      return `has a name that is not allowed: ${issue.issues[0]?.message ?? "see the schema"}`;
    default:
      return undefined;
  }
}

function fieldsOf(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const kinds: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

function kindOf({ expected, inst }: { expected: string; inst?: unknown }): string {
  if (inst instanceof z.ZodNumber && inst.format?.includes("int")) return "a whole number";
  return kinds[expected] ?? expected;
}

const oneOf = (values: readonly unknown[]) => {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length === 1 ? shown[0]! : `one of ${list(shown)}`;
};

/** "; did you mean …?" where one of several words is near what was read. */
function nearest(text: unknown, values: readonly unknown[]): string {
  if (typeof text !== "string" || text.length > 64 || values.length < 2) return "";
  const words = values.filter((value) => typeof value === "string");
  const [meant] = closest(text, words, 1);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

function unionOf(issue: z.core.$ZodRawIssue & { code: "invalid_union" }): string {
  const { options, errors } = issue as { options?: unknown[]; errors: z.core.$ZodIssue[][] };
  if (options !== undefined) return oneOf(options);
  const expected = errors
    .flat()
    .map((one) => (one.code === "invalid_type" ? kindOf(one) : one.message));
  return expected.length > 0 ? [...new Set(expected)].join(" or ") : "of another form";
}

function bound(issue: { origin: string; inclusive?: boolean }, limit: unknown, how: string) {
  const inclusive = issue.inclusive ?? true;
  const side = how === "at least" ? "more than" : "less than";
  const amount = `${inclusive ? how : side} ${String(limit)}`;
  if (issue.origin === "string") return `have ${amount} characters`;
  if (issue.origin === "array") return `have ${amount} items`;
  return `be ${amount}`;
}

const formats: Record<string, string> = {
  url: "a URL that starts with http:// or https://",
  base64: "base64 (RFC 4648)",
};

function formatOf(issue: { format: string; pattern?: string }): string {
  const known = formats[issue.format];
  return known ?? (issue.format === "regex" ? `like ${issue.pattern}` : `a valid ${issue.format}`);
}

const secretName = /secret|token|credential|password/i;

/** What was read at the issue's place, when it is short enough to be of help and no secret. */
function read(given: unknown, { path = [] }: z.core.$ZodRawIssue): string {
  if (path.some((step) => secretName.test(String(step)))) return "";
  const value = path.reduce<unknown>(
    (inside, step) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[step],
    given,
  );
  if (value === undefined) return "";
  if (Array.isArray(value)) return "; read a list";
  if (typeof value === "object" && value !== null) return "; read an object";
  const text = typeof value === "string" ? value : numberText(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `; read ${typeof value === "string" ? JSON.stringify(short) : short}`;
}

/** JSON has no NaN; a query parameter that is no number reads so. */
const numberText = (value: unknown) =>
  typeof value === "number" ? String(value) : JSON.stringify(value);

const list = (words: readonly string[]) =>
  words.length <= 1 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
