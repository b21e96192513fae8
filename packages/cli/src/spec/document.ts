import { findPart } from "@wadi/simulator/yaml";
import {
  isCollection,
  isScalar,
  LineCounter,
  parseDocument,
  type Document as YamlDocument,
  type Node,
} from "yaml";
import { wrongUse } from "../failure.ts";
import { excerpt, type Place } from "./place.ts";
import type { Source } from "./source.ts";

/** A YAML or JSON text as a value, and where in the text each part of it stands. */
export interface Document {
  readonly source: Source;
  readonly value: unknown;
  /**
   * Where a part stands; of one that is missing, where it would belong.
   * @param what  the name of a field, or its value
   */
  readonly placeOf: (path: readonly string[], what: "name" | "value") => Place;
  /** A part as it is written; null where it is no single word. */
  readonly writtenAt: (path: readonly string[]) => string | null;
}

/**
 * Reads YAML 1.2, of which JSON is a part.
 * @throws Failure that names line and column of what cannot be read
 */
export function readDocument(source: Source): Document {
  const { name, text } = source;
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const faults = parsed.errors.map(({ message, pos: [from, to] }) => {
    const { line, col } = lines.linePos(from);
    const [what = ""] = message.split(/ at line \d+/);
    return excerpt(source, { line, column: col, length: to - from }, what);
  });
  if (faults.length > 0) throw wrongUse(`${name} cannot be read as YAML or JSON`, ...faults.flat());

  const placeIn = (part: Node | null | undefined): Place => {
    const [from, to] = part?.range ?? [0, 0];
    const { line, col } = lines.linePos(from);
    return { line, column: col, length: isCollection(part) ? 1 : to - from };
  };
  return {
    source,
    value: toValue(parsed, name),
    placeOf: (path, what) => {
      const { key, part } = findPart(parsed, path);
      return placeIn(what === "name" || isEmpty(part) ? (key ?? part) : part);
    },
    writtenAt: (path) => {
      const { part, isThere } = findPart(parsed, path);
      return isThere && isScalar(part) ? (part.source ?? null) : null;
    },
  };
}

function toValue(parsed: YamlDocument, name: string): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw wrongUse(`${name} cannot be read as YAML or JSON: ${(error as Error).message}`);
  }
}

const isEmpty = (part: Node | null) =>
  part === null || (isScalar(part) && part.value === null && (part.source ?? "") === "");
