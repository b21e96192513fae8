import { isScalar, LineCounter, parseDocument } from "yaml";
import { findPart } from "../yaml/index.ts";
import { Mistakes, type Source } from "./mistakes.ts";

/** A YAML or JSON text as a value, and where in the text each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** From 1; of a part that is missing, where it would belong. */
  readonly lineOf: (steps: readonly string[], what: "name" | "value") => number;
  /** A part as it is written; null where it is no single word, or missing. */
  readonly writtenAt: (steps: readonly string[]) => string | null;
}

/** @throws WrongInput that names the line of what is no YAML 1.2 */
export function readYamlDocument(source: Source): YamlDocument {
  const lines = new LineCounter();
  const mistakes = new Mistakes(source.file);
  const parsed = parseDocument(source.text, { lineCounter: lines, stringKeys: true });
  for (const { message, pos } of parsed.errors) {
    const [what = ""] = message.split(/ at line \d+/);
    mistakes.add({ line: lines.linePos(pos[0]).line, field: "YAML", read: null, right: what });
  }
  mistakes.throwAny();
  return {
    value: parsed.toJS({ maxAliasCount: 10_000 }),
    lineOf: (steps, what) => {
      const { key, part } = findPart(parsed, steps);
      const spot = what === "name" ? (key ?? part) : (part ?? key);
      return lines.linePos(spot?.range?.[0] ?? 0).line;
    },
    writtenAt: (steps) => {
      const { part, isThere } = findPart(parsed, steps);
      return isThere && isScalar(part) ? (part.source ?? null) : null;
    },
  };
}
