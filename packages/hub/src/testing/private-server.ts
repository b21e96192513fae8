import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from "../db/embedded/server.ts";

/**
 * The PostgreSQL that tests start for themselves: the packaged one, or the one in the folder that
 * `WADI_POSTGRES_BIN` names, e.g. `/usr/lib/postgresql/15/bin`, so that all tests run on that
 * version.
 */
export function testedBin(): { bin?: string } {
  const bin = process.env["WADI_POSTGRES_BIN"];
  return bin ? { bin } : {};
}

/** A folder for one test, removed after it. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "wadi-test-"));
  const patiently = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
  onTestFinished(() => rm(folder, patiently)); // a server may be writing its last pages
  return folder;
}

/** A server for one test, which may stop it or kill it; it is gone after the test. */
export async function privateServer(
  options: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedServer> {
  const stateFolder = options.stateFolder ?? (await tempFolder());
  const server = await startEmbedded({ fsync: false, ...testedBin(), ...options, stateFolder });
  onTestFinished(() => server.stop());
  return server;
}
