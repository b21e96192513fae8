import { isUtf8 } from "node:buffer";
import { parseDocument, YAMLError } from "yaml";

import { Refused } from "../refused.ts";
import { faultOf } from "./json-position.ts";
import { pointerTo } from "@wadi/protocol/wrong-fields";

/** YAML is for what people write by hand; its parser is a hundred times slower than JSON's. */
export const yamlBytesMax = 262_144;

/**
 * A body's JSON value; undefined for an empty body.
 * @throws Refused `malformed-body` with line and column; `invalid-request` for text that no
 *   database takes (NUL, half a surrogate pair)
 */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = faultOf(text, error as SyntaxError);
    if (fault === undefined) throw new Refused("malformed-body", {}, "the body is not JSON");
    const { line, column, why } = fault;
    const detail = `the body is not JSON: ${why}, line ${line}, column ${column}`;
    throw new Refused("malformed-body", { line, column }, detail);
  }
  if (text.includes(String.raw`\u`)) refuseBadText(value, "body");
  return value;
}

/** A body's YAML value (1.2 core schema: no dates, no `yes`); undefined for an empty body. */
export function readYaml(bytes: Buffer): unknown {
  if (bytes.length > yamlBytesMax) {
    const has = `a YAML body may have ${yamlBytesMax} bytes; this has ${bytes.length}`;
    const detail = `${has}. Send JSON`;
    throw new Refused("body-too-large", { bytesMax: yamlBytesMax }, detail);
  }
  const value = parseYaml(decodeUtf8(bytes));
  refuseBadText(value, "body");
  return value ?? undefined;
}

/**
 * Text with NUL characters or broken surrogate pairs is refused wherever it stands: no text column
 * holds it.
 * @throws Refused `invalid-request`, naming the place
 */
export function refuseBadText(value: unknown, part: "body" | "query" | "params"): void {
  const open: { value: unknown; path: string[] }[] = [{ value, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: inside, path } = next;
    if (typeof inside === "string") refuseBadString(inside, path, part);
    if (typeof inside !== "object" || inside === null) continue;
    for (const [key, child] of Object.entries(inside)) {
      refuseBadString(key, path, part);
      open.push({ value: child, path: [...path, key] });
    }
  }
}

function refuseBadString(text: string, path: readonly string[], part: "body" | "query" | "params") {
  if (!text.includes("\0") && text.isWellFormed()) return;
  const pointer = pointerTo(path).replaceAll("\0", "\u2400").toWellFormed();
  const detail = "must hold no NUL character and no half of a surrogate pair";
  throw new Refused("invalid-request", {}, `${pointer} ${detail}`, [{ pointer, in: part, detail }]);
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refused("malformed-body", {}, "the body is not UTF-8");
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { stringKeys: true, prettyErrors: true });
    const [fault] = document.errors;
    if (fault) throw fault;
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw malformedYaml(error as Error);
  }
}

function malformedYaml(error: Error): Refused {
  const at = error instanceof YAMLError ? error.linePos?.[0] : undefined;
  if (at === undefined) {
    // A RangeError or ReferenceError: nested too deep, too many aliases, an alias of nothing.
    return new Refused("malformed-body", {}, "the body is not YAML that can be read");
  }
  const why = error.message.split(" at line ")[0];
  const detail = `the body is not YAML: ${why}, line ${at.line}, column ${at.col}`;
  return new Refused("malformed-body", { line: at.line, column: at.col }, detail);
}
