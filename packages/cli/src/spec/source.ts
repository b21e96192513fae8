import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { isUtf8 } from "node:buffer";
import { wrongUse } from "../failure.ts";

/** A text and where it came from. */
export interface Source {
  /** As people name it in messages: the path as typed, or "standard input". */
  readonly name: string;
  /** The file's own name without its ending; null for standard input. */
  readonly stem: string | null;
  readonly text: string;
}

const bytesMax = 16 * 1024 * 1024;

/**
 * Reads a file, or standard input for "-".
 * @throws Failure when it is no text, or larger than any spec
 */
export async function readSource(file: string): Promise<Source> {
  const name = file === "-" ? "standard input" : file;
  const bytes = file === "-" ? await readStdin() : await readFile(file);
  if (bytes.length > bytesMax)
    throw wrongUse(`${name} is larger than 16 MiB; is it the right file?`);
  if (!isUtf8(bytes)) throw wrongUse(`${name} is not UTF-8 text; save it as UTF-8`);
  const stem = file === "-" ? null : basename(file).replace(/\.[^.]*$/, "");
  return { name, stem, text: bytes.toString("utf8").replace(/^\uFEFF/, "") };
}

/** All that comes on standard input. */
export async function readStdin(): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
