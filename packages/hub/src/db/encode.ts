/**
 * How values travel to PostgreSQL: always as the text that the type's own input function reads, so
 * that what arrives is decided here and not by a driver's defaults.
 */

const jsonText = Symbol("jsonText");

/** A value on its way into a `json` or `jsonb` column; made by `json()`. */
export interface Json {
  readonly [jsonText]: string;
}

/** What a statement takes in one place that is not an array. */
type SqlScalar =
  | string
  | number
  | bigint
  | boolean
  | null
  | Temporal.Instant
  | Temporal.PlainDate
  | Uint8Array
  | Json;

/**
 * What a statement takes: a scalar, or an array for a PostgreSQL array (`unnest(${ids}::uuid[])`).
 * A list that is one JSON value must say so: `json(list)`.
 */
export type SqlValue = SqlScalar | readonly SqlValue[];

/**
 * Marks a value as JSON, for one column or for each element of a `jsonb[]` (`specs.map(json)`).
 * A bigint inside becomes a decimal string, as everywhere in our JSON; an Instant its ISO text.
 * `json(null)` is the JSON null, plain `null` is SQL's.
 * @throws TypeError when the value has no JSON form (undefined, a function)
 */
export function json(value: unknown): Json {
  const text: unknown = jsonOf(value);
  if (typeof text !== "string") throw new TypeError(`a ${typeof value} cannot be stored as JSON`);
  return { [jsonText]: text };
}

/**
 * One parameter as the wire takes it. Instants keep their microseconds; finer digits are cut, never
 * rounded up, so that a stored time is not later than what happened.
 * @throws TypeError for what has no single right form: undefined, Date, Map and the like
 */
export function encode(value: SqlValue): string | Uint8Array | null {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "number":
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return encodeArray(value);
      if (value instanceof Uint8Array) return value;
      return encodeObject(value as Temporal.Instant | Temporal.PlainDate | Json);
    default:
      return refuse(value);
  }
}

/** The array literal of PostgreSQL: `{1,2,NULL}`, `{"a\"b"}`; nested arrays nest. */
function encodeArray(items: readonly SqlValue[]): string {
  let text = "{";
  for (let i = 0; i < items.length; i += 1) {
    if (i > 0) text += ",";
    text += encodeElement(items[i] as SqlValue);
  }
  return `${text}}`;
}

function encodeElement(item: SqlValue): string {
  switch (typeof item) {
    case "bigint":
    case "number":
    case "boolean":
      return String(item);
    case "string":
      return quote(item);
    case "object":
      if (item === null) return "NULL";
      if (Array.isArray(item)) return encodeArray(item);
      if (item instanceof Uint8Array) return `"\\\\x${Buffer.from(item).toString("hex")}"`;
      if (item instanceof Temporal.Instant) return `"${instantText(item)}"`;
      return quote(encodeObject(item as Temporal.Instant | Temporal.PlainDate | Json));
    default:
      return refuse(item);
  }
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function encodeObject(value: Temporal.Instant | Temporal.PlainDate | Json): string {
  if (value instanceof Temporal.Instant) return instantText(value);
  if (value instanceof Temporal.PlainDate) return value.toString();
  return jsonText in value ? value[jsonText] : refuse(value);
}

function instantText(instant: Temporal.Instant): string {
  const text = instant.toString();
  return text.length > "2026-01-31T00:00:00.000000Z".length
    ? text.replace(/(\.\d{6})\d+Z$/, "$1Z")
    : text;
}

/**
 * A replacer makes `JSON.stringify` three times slower, so only bigints, which it refuses, get
 * one.
 */
function jsonOf(value: unknown): unknown {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, bigintAsText);
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function refuse(value: unknown): never {
  const kind = typeof value === "object" ? (value?.constructor.name ?? "object") : typeof value;
  throw new TypeError(
    `a value of type ${kind} cannot be passed to a statement: pass null for nothing, ` +
      "Temporal.Instant for a time, json(…) for an object",
  );
}
