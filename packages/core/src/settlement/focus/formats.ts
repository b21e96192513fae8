import type { FocusColumnRule } from "./columns.ts";
import { readDecimal } from "./decimal.ts";

/** What is wrong with a value of a type; undefined when nothing is. */
export function faultOf(type: FocusColumnRule["type"], text: string): string | undefined {
  switch (type) {
    case "string":
      return faultOfText(text);
    case "decimal":
      return readDecimal(text) ? undefined : `"${text}" is no number; write it such as -12.50`;
    case "instant":
      if (isInstant(text)) return undefined;
      return `"${text}" is no time of day in UTC; write it such as 2026-11-01T00:00:00Z`;
    case "currency":
      if (isCurrency(text)) return undefined;
      return `"${text}" is no currency of ISO 4217; write it such as CNY`;
    case "json":
      return faultOfJson(text);
  }
}

/** A blank, and texts that stand for nothing: the specification names the first of them. */
const placeholder = /^(?:not applicable|n\/a|null)?$/i;

export const isPlaceholder = (text: string): boolean => placeholder.test(text.trim());

/** U+FFFD is what bytes become that were no UTF-8. */
const faultOfText = (text: string): string | undefined =>
  text.isWellFormed() && !text.includes("\u{fffd}")
    ? undefined
    : "has characters that are no Unicode; write the file in UTF-8";

const instantForm = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function isInstant(text: string): boolean {
  const [, day] = instantForm.exec(text) ?? [];
  if (day === undefined) return false;
  try {
    Temporal.PlainDate.from(day, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

/** All that ISO 4217 has or had, as far as Unicode's data know. */
const currencies = new Set(Intl.supportedValuesOf("currency"));

const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text) && currencies.has(text);

/** Whether a text is a national currency's code in small letters, and so no virtual one's name. */
export const isSmallCurrency = (text: string): boolean =>
  !isCurrency(text) && isCurrency(text.toUpperCase());

/** Of an object in JSON whose values are plain and whose keys are there once. */
function faultOfJson(text: string): string | undefined {
  const value = readFlatObject(text);
  if (!value) return "is no JSON object of plain values";
  // A parser keeps the last of two values with one key, so keys are counted in the text.
  const keys = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)].filter(([, colon]) => colon);
  return keys.length === Object.keys(value).length ? undefined : "has a key more than once";
}

export type Plain = string | number | boolean | null;

/** undefined for anything but an object of plain values. */
export function readFlatObject(text: string): Readonly<Record<string, Plain>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const isFlat = Object.values(value).every((one) => typeof one !== "object" || one === null);
    return isFlat ? (value as Record<string, Plain>) : undefined;
  } catch {
    return undefined;
  }
}
