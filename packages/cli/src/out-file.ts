import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { wrongUse } from "./failure.ts";

/**
 * The file that a command is to write, as it was given; asked for before the work is done.
 * @throws Failure where its folder is missing, with what to type
 */
export function outFile(file: string): string {
  const folder = dirname(file);
  if (existsSync(folder)) return file;
  throw wrongUse(
    `there is no folder ${folder} to write ${file} into`,
    `make it: mkdir -p ${folder}`,
  );
}
