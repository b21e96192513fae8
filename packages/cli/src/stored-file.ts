import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { routes } from "@wadi/protocol";
import type { Context } from "./context.ts";
import { wrongUse } from "./failure.ts";

/** A file of this machine and what names it at the hub. */
export interface LocalFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

const bytesMost = 64 * 1024 * 1024;

/**
 * Takes a file's measure.
 * @throws Failure when it is no plain file, or larger than the hub takes
 */
export async function measure(file: string): Promise<LocalFile> {
  const { size, isFile } = await stat(file).then((found) => ({
    size: found.size,
    isFile: found.isFile(),
  }));
  if (!isFile) throw wrongUse(`${file} is no plain file; pack a folder first: tar -cf FILE FOLDER`);
  if (size > bytesMost) {
    const cure = "give it as an input of kind url or dataset";
    throw wrongUse(`${file} has ${size} bytes; an upload may have ${bytesMost}: ${cure}`);
  }
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return { file, sha256: hash.digest("hex"), bytes: size };
}

/** Stores a file at the hub under its hash; storing it again changes nothing. */
export async function store(context: Context, { file, sha256 }: LocalFile): Promise<void> {
  const hub = await context.client();
  const content = await readFile(file);
  const sent = hub.raw(routes.upload, { params: { sha256 }, content, timeoutMs: 600_000 });
  await context.during(`storing ${file}`, sent);
}
