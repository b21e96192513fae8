import { readFile } from "node:fs/promises";
import path from "node:path";

/** The folder that `WADI_TRACES` names; undefined, and said so, where it names none. */
export function tracesFolder(): string | undefined {
  const folder = process.env["WADI_TRACES"];
  if (folder === undefined) console.log("skipped: WADI_TRACES is not set\n");
  return folder;
}

export const readTrace = (folder: string, file: string): Promise<string> =>
  readFile(path.join(folder, file), "utf8");
