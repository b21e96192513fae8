import { parse } from "yaml";
import { wrongUse } from "../failure.ts";

/** One `--set path=value`. */
export interface Override {
  /** As typed. */
  readonly text: string;
  readonly path: readonly string[];
  /** The value as YAML reads it, and as it was typed. */
  readonly value: unknown;
  readonly typed: string;
}

/**
 * Reads `cards.options.0.count=8`. A value is YAML: `8`, `true`, `[1, 2]`, `{kind: command}`.
 * @throws Failure when there is no "=" or no path
 */
export function readOverride(text: string): Override {
  const at = text.indexOf("=");
  const path = text
    .slice(0, Math.max(0, at))
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".");
  if (at <= 0 || path.includes("")) {
    throw wrongUse(`--set ${text}: write it like maxRunTime=2h or cards.options.0.count=8`);
  }
  const typed = text.slice(at + 1);
  return { text, path, typed, value: readValue(typed) };
}

/** A copy with the values put in; lists and objects on the way are made. */
export function override(value: unknown, overrides: readonly Override[]): unknown {
  const copy: { whole: unknown } = { whole: structuredClone(value) };
  for (const one of overrides) put(copy, ["whole", ...one.path], one);
  return copy.whole;
}

/** The override whose value stands at these steps; undefined where none put it there. */
export const overrideAt = (overrides: readonly Override[], steps: readonly string[]) =>
  overrides.findLast(({ path }) => path.every((step, index) => step === steps[index]));

type Inner = Record<string, unknown>;

function put(inside: object, path: readonly string[], { text, value }: Override): void {
  let here = inside as Inner;
  for (const [index, step] of path.entries()) {
    if (Array.isArray(here) && !(/^\d+$/.test(step) && Number(step) <= here.length)) {
      const most = here.length === 0 ? "0, it is empty" : `0 to ${here.length}`;
      throw wrongUse(`--set ${text}: "${step}" is no place in a list; write ${most}`);
    }
    const next = path[index + 1];
    if (next === undefined) {
      setOwn(here, step, value);
      return;
    }
    const there = Object.hasOwn(here, step) ? here[step] : undefined;
    if (typeof there !== "object" || there === null) {
      setOwn(here, step, /^\d+$/.test(next) ? [] : {});
    }
    here = here[step] as Inner;
  }
}

/** A plain property whatever its name, `__proto__` included. */
const setOwn = (inside: object, name: string, value: unknown) =>
  Object.defineProperty(inside, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });

function readValue(typed: string): unknown {
  try {
    return typed === "" ? "" : (parse(typed) as unknown);
  } catch {
    return typed;
  }
}
