import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { wrongUse } from "./failure.ts";
import { readIfThere } from "./read-if-there.ts";

/** A hub and the key for it. */
export interface Login {
  readonly hub: string;
  readonly key: string;
}

/** Logins by name; the one without a name of its own is "default". */
export type Logins = Readonly<Record<string, Login>>;

export const loginPath = (configFolder: string) => join(configFolder, "logins.json");

/** @returns no logins where there is no file */
export async function readLogins(configFolder: string): Promise<Logins> {
  const path = loginPath(configFolder);
  const text = (await readIfThere(path)) ?? "{}";
  try {
    const logins = JSON.parse(text) as unknown;
    if (isLogins(logins)) return logins;
  } catch {
    // told below, as for any other content
  }
  throw wrongUse(`${path} holds no logins; delete it and sign in again with: wadi login URL`);
}

/** Replaces the file whole, readable by its owner only. */
export async function writeLogins(configFolder: string, logins: Logins): Promise<string> {
  const path = loginPath(configFolder);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
}

function isLogins(value: unknown): value is Logins {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every(
    (login: unknown) =>
      typeof (login as Login | null)?.hub === "string" && typeof (login as Login).key === "string",
  );
}
