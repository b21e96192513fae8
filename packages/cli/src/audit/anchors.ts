import { appendFile } from "node:fs/promises";
import type { Anchor } from "@wadi/core/ledger";
import { wrongUse } from "../failure.ts";
import { readIfThere } from "../read-if-there.ts";

/*
 * An auditor writes down the journal's last hash after each audit. Should anything before it ever
 * be altered, the next audit finds another hash in its place, whatever the hub says.
 */

/** A line that was written down; the hub's own file has the day and the root of it too. */
export interface WrittenAnchor extends Anchor {
  readonly day?: string;
  readonly root?: string;
}

/**
 * The anchors of a file, one JSON object a line: {"seq":"120","hash":"…"}, as an audit writes them
 * or the hub does.
 * @returns none where there is no such file yet, unless it must exist
 */
export async function readAnchors(
  file: string,
  { mustExist = false } = {},
): Promise<WrittenAnchor[]> {
  const found = await readIfThere(file);
  if (found === undefined && mustExist) throw wrongUse(`there is no file ${file}`);
  const text = found ?? "";
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => anchorIn(line, `${file}:${index + 1}`));
}

/** Adds an anchor behind those that are there. */
export async function writeAnchor(file: string, { seq, hash }: Anchor): Promise<void> {
  const at = Temporal.Now.instant().toString({ smallestUnit: "second" });
  await appendFile(file, `${JSON.stringify({ seq: String(seq), hash, at })}\n`);
}

function anchorIn(line: string, place: string): WrittenAnchor {
  try {
    const { seq, hash, day, root } = JSON.parse(line) as Record<string, unknown>;
    if (typeof seq === "string" && /^\d{1,19}$/.test(seq) && isHash(hash)) {
      const daily = typeof day === "string" && isHash(root) ? { day, root } : {};
      return { seq: BigInt(seq), hash, ...daily };
    }
  } catch {
    // told below, as for any other content
  }
  throw wrongUse(
    `${place}: is no anchor; each line is like {"seq":"120","hash":"<64 hex digits>"}`,
  );
}

const isHash = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
