import { createHash } from "node:crypto";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { ApiProblem } from "@wadi/protocol";
import type { HubLink } from "../hub-link.ts";
import type { OutputFile } from "../run-machine.ts";
import { openInside } from "./inside.ts";

export interface CollectOptions {
  readonly hub: Pick<HubLink, "writeOutput">;
  /** Of one file; the hub takes no larger ones. */
  readonly bytesMax: number;
  /** Of one run. */
  readonly filesMax: number;
}

export interface Collected {
  readonly files: readonly OutputFile[];
  /** What could not be kept, and why; for people. */
  readonly notes: readonly string[];
}

/**
 * Takes the files that a run was asked to leave to the hub: of a folder, all files in it. What is
 * missing or cannot be kept is noted, and keeps nothing else back. May be repeated.
 * @throws what keeps the hub from being reached; it may pass
 */
export async function collectOutputs(
  wanted: readonly string[],
  from: { work: string; checkpoint: string },
  { options, signal }: { options: CollectOptions; signal: AbortSignal },
): Promise<Collected> {
  const files: OutputFile[] = [];
  const notes: string[] = [];
  const paths = new Set<string>();
  for (const path of wanted) {
    for (const one of await filesBelow(from.work, path, options.filesMax)) paths.add(one);
  }
  for (const path of [...paths].slice(0, options.filesMax)) {
    signal.throwIfAborted();
    const kept = await keep(path, from, { options, signal });
    if (typeof kept === "string") notes.push(`output "${path}" was not kept: ${kept}`);
    else files.push(kept);
  }
  if (paths.size > options.filesMax) notes.push(`only ${options.filesMax} output files are kept`);
  return { files, notes };
}

/** The path itself where it is no folder; links are not followed into folders. */
async function filesBelow(work: string, path: string, most: number): Promise<string[]> {
  const found: string[] = [];
  const open = [path];
  for (let at = open.shift(); at !== undefined && found.length <= most; at = open.shift()) {
    const folder = await opendir(join(work, at)).catch(() => undefined);
    if (folder === undefined) {
      found.push(at);
      continue;
    }
    for await (const entry of folder) {
      const inner = join(at, entry.name);
      if (entry.isDirectory()) open.push(inner);
      else if (entry.isFile()) found.push(inner);
    }
  }
  return found.sort();
}

/** @returns why not, where it cannot be kept */
async function keep(
  path: string,
  { work, checkpoint }: { work: string; checkpoint: string },
  { options, signal }: { options: CollectOptions; signal: AbortSignal },
): Promise<OutputFile | string> {
  let content: Buffer;
  try {
    const file = await openInside(join(work, path), [work, checkpoint]);
    if (!file) return "there is no such file";
    try {
      const { size } = await file.stat();
      const { bytesMax } = options;
      if (size > bytesMax) return `it has ${size} bytes; at most ${bytesMax} are taken`;
      content = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const sha256 = createHash("sha256").update(content).digest("hex");
  try {
    await options.hub.writeOutput(sha256, content, signal);
  } catch (error) {
    const isForGood = error instanceof ApiProblem && error.status < 500 && error.status !== 429;
    if (!isForGood || error.status === 401 || error.status === 409) throw error;
    return error.detail;
  }
  return { path, sha256, bytes: BigInt(content.length) };
}
