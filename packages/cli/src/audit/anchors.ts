import { appendFile } from "node:fs/promises";
import type { Anchor } from "@wadi/core/ledger";
import { wrongUse } from "../failure.ts";
import { readIfThere } from "../read-if-there.ts";

/*
 * An auditor writes down the journal's last hash after each audit. Should anything before it ever
 * be altered, the next audit finds another hash in its place, whatever the hub says.
 */

/**
 * The anchors of a file, one JSON object a line: {"seq":"120","hash":"…","at":"…"}.
 * @returns none where there is no such file yet
 */
export async function readAnchors(file: string): Promise<Anchor[]> {
  const text = (await readIfThere(file)) ?? "";
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

function anchorIn(line: string, place: string): Anchor {
  try {
    const { seq, hash } = JSON.parse(line) as { seq?: unknown; hash?: unknown };
    if (typeof seq === "string" && /^\d{1,19}$/.test(seq) && /^[0-9a-f]{64}$/.test(String(hash))) {
      return { seq: BigInt(seq), hash: String(hash) };
    }
  } catch {
    // told below, as for any other content
  }
  throw wrongUse(
    `${place}: is no anchor; each line is like {"seq":"120","hash":"<64 hex digits>"}`,
  );
}
