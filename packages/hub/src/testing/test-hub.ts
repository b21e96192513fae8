import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

import { readConfig } from "../config.ts";
import type { Clock } from "../context.ts";
import type { Db } from "../db/index.ts";
import { makeLog } from "../http/index.ts";
import { startHub, type RunningHub } from "../hub.ts";
import { operatorKeyFile } from "../tenants/index.ts";
import { asker, type Ask } from "./test-app.ts";

export interface TestHub extends RunningHub {
  /** The operator's first key. */
  readonly operator: string;
  ask(method: string, path: string, how?: Ask): Promise<Response>;
  /** Every line logged at warn or above. */
  troubles(): string[];
}

/** The whole hub on a free port, without limits on rates, until the test file ends. */
export async function testHub(
  db: Db,
  env: Record<string, string> = {},
  clock?: Clock,
): Promise<TestHub> {
  const state = await mkdtemp(path.join(os.tmpdir(), "wadi-hub-"));
  const off = { WADI_RATE_KEY: "off", WADI_RATE_OPERATOR: "off", WADI_RATE_AGENT: "off" };
  const config = readConfig({
    WADI_STATE: state,
    WADI_LISTEN: "127.0.0.1:0",
    WADI_RATE_ANONYMOUS: "off",
    ...off,
    ...env,
  });
  const troubles: string[] = [];
  const log = makeLog("warn", { write: (line) => void troubles.push(line) });
  const running = await startHub({ config, db, log, ...(clock && { clock }) });
  afterAll(async () => {
    await running.stop();
    await rm(state, { recursive: true, force: true });
  });
  const operator = (await readFile(operatorKeyFile(state), "utf8")).trim();
  return { ...running, operator, ask: asker(running.url), troubles: () => troubles };
}
