import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Where a running hub says how it is reached: of use with port 0, and to whoever starts it. */
export const addressFile = (stateFolder: string) => path.join(stateFolder, "hub.json");

export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
}

/** Writes the file whole or not at all. */
export async function writeAddress(stateFolder: string, running: Running): Promise<void> {
  const file = addressFile(stateFolder);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(running, null, 1)}\n`);
  await rename(`${file}.new`, file);
}

/** Before a start and after a stop: nobody is there. */
export async function removeAddress(stateFolder: string): Promise<void> {
  await rm(addressFile(stateFolder), { force: true });
}
