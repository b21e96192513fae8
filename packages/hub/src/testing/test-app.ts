import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { PersonRole } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { afterAll } from "vitest";

import { readConfig } from "../config.ts";
import type { Clock, Hub } from "../context.ts";
import type { Db } from "../db/index.ts";
import { makeApp, makeLog, makeMetrics, serveSystem, stopApp, type App } from "../http/index.ts";
import { openSignals } from "../signals.ts";
import {
  ensureOperatorKey,
  openKeyCheck,
  operatorKeyFile,
  refusedSignIns,
  serveTenancy,
  type KeyCheck,
} from "../tenants/index.ts";

/** A clock that stands still until it is turned. */
export interface TestClock extends Clock {
  turn(by: Temporal.DurationLike): void;
}

export function testClock(start = Temporal.Now.instant()): TestClock {
  let now = start;
  return { now: () => now, turn: (by) => void (now = now.add(by)) };
}

export interface TestApp {
  readonly hub: Hub;
  readonly app: App;
  readonly clock: TestClock;
  readonly keyCheck: KeyCheck;
  readonly url: string;
  /** Every line logged so far. */
  readonly logged: () => Record<string, unknown>[];
  /** The operator's first key. */
  readonly operator: string;
  /** Makes a key by the API; its tenant or provider is opened before. */
  keyOf(role: PersonRole, wish?: Record<string, unknown>): Promise<string>;
  /** Sends a request: JSON unless `body` is text or bytes. */
  ask(method: string, path: string, how?: Ask): Promise<Response>;
  stop(): Promise<void>;
}

export interface Ask {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * A server with tenants, keys and the system's routes on a real database, on a free port, until the
 * test file ends.
 *
 * @param options.env  settings, as in the environment
 * @param options.serveMore  hangs further routes on it
 */
export async function testApp(
  db: Db,
  options: {
    env?: Record<string, string>;
    serveMore?: (app: App) => void;
    clock?: TestClock;
  } = {},
): Promise<TestApp> {
  const state = await mkdtemp(path.join(os.tmpdir(), "wadi-app-"));
  const clock = options.clock ?? testClock();
  let lines = "";
  const hub: Hub = {
    db,
    clock,
    config: readConfig({ WADI_STATE: state, WADI_LISTEN: "127.0.0.1:0", ...options.env }),
    log: makeLog("info", { write: (line) => void (lines += line) }),
    newId: uuidv7,
    signals: await openSignals(db),
    metrics: makeMetrics(db),
  };
  await ensureOperatorKey(hub);
  const keyCheck = openKeyCheck(hub);
  const app = makeApp(hub, { checks: [keyCheck], refused: refusedSignIns(hub) });
  serveTenancy(app, { hub, keyCheck, fundExists: () => Promise.resolve(true) });
  options.serveMore?.(app);
  await serveSystem(app, () => true);
  const url = await app.listen(hub.config.listen);
  const operator = await readFile(operatorKeyFile(state), "utf8").catch(() => "");

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await stopApp(app);
    await keyCheck.stop();
    await rm(state, { recursive: true, force: true });
  };
  const once = () => (stopped ??= stop());
  afterAll(once);
  const ask = asker(url);
  return {
    ...{ hub, app, clock, keyCheck, url, ask, operator: operator.trim(), stop: once },
    logged: () => linesOf(lines),
    keyOf: (role, wish) => makeKey(ask, { operator: operator.trim(), role, wish: wish ?? {} }),
  };
}

/** Sends requests to a server. */
export function asker(url: string): TestApp["ask"] {
  return (method, to, { key, body, headers = {} } = {}) => {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    return fetch(`${url}${to}`, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
  };
}

async function makeKey(
  ask: TestApp["ask"],
  how: { operator: string; role: PersonRole; wish: Record<string, unknown> },
): Promise<string> {
  const { operator, role, wish } = how;
  const scope: Record<string, string> =
    role === "tenant-admin" || role === "member"
      ? { tenant: "acme" }
      : role === "provider"
        ? { provider: "lowland" }
        : role === "programme-officer"
          ? { fund: "city" }
          : {};
  const asked = { label: `a ${role}`, role, scope, ...wish } as { scope: Record<string, string> };
  const body = { key: operator, body: { name: "Of a test" } };
  if (asked.scope["tenant"]) await ask("PUT", `/v1/tenants/${asked.scope["tenant"]}`, body);
  if (asked.scope["provider"]) await ask("PUT", `/v1/providers/${asked.scope["provider"]}`, body);
  const made = await ask("POST", "/v1/keys", { key: operator, body: asked });
  const reply = (await made.json()) as { secret?: string };
  if (reply.secret === undefined) throw new Error(`no key: ${JSON.stringify(reply)}`);
  return reply.secret;
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
