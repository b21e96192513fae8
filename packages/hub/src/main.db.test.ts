import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { addressFile, type Running } from "./address-file.ts";
import { connectDb } from "./db/index.ts";
import { operatorKeyFile } from "./tenants/index.ts";
import { createTestDatabase } from "./testing/index.ts";
import { version } from "./version.ts";

/*
 * The hub as its operator starts it: a process of its own. The database is the tests' server, which
 * is faster than one for each.
 */

interface Started {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | string>;
  out(): string;
  err(): string;
}

function start(args: readonly string[], env: Record<string, string>): Started {
  const script = path.join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env["PATH"], ...env },
  });
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (text.out += String(chunk)));
  child.stderr.on("data", (chunk) => (text.err += String(chunk)));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    pid: child.pid!,
    kill: (signal) => void child.kill(signal),
    ended: once(child, "close").then(([code, signal]) => (code ?? signal) as number | string),
    out: () => text.out,
    err: () => text.err,
  };
}

/** A folder and a database of its own, and the environment that names both. */
async function place(more: Record<string, string> = {}) {
  const state = await mkdtemp(path.join(os.tmpdir(), "wadi-main-"));
  const { url, drop } = await createTestDatabase("nothing");
  onTestFinished(async () => {
    await rm(state, { recursive: true, force: true });
    await drop();
  });
  const env = { WADI_STATE: state, WADI_LISTEN: "127.0.0.1:0", DATABASE_URL: url, ...more };
  return { state, env };
}

const running = async (state: string): Promise<Running | undefined> =>
  readFile(addressFile(state), "utf8").then(
    (text) => JSON.parse(text) as Running,
    () => undefined,
  );
const isUp = { timeout: 20_000, interval: 20 };

test("it starts on an empty database, serves, says where, and stops when told", async () => {
  const { state, env } = await place();
  const hub = start([], env);
  await expect.poll(() => running(state), isUp).toMatchObject({ pid: hub.pid, version });
  const { url } = (await running(state))!;
  const key = (await readFile(operatorKeyFile(state), "utf8")).trim();
  const me = await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
  expect(me.status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  hub.kill("SIGTERM");
  expect(await hub.ended).toBe(0);
  expect(await running(state)).toBeUndefined();
  expect(hub.out()).toContain('"msg":"stopped"');
  expect(hub.out() + hub.err()).not.toContain(key.slice(18));
});

test("a second signal ends it at once", async () => {
  const { state, env } = await place({ WADI_DRAIN_MS: "600000" });
  const hub = start([], env);
  await expect.poll(() => running(state), isUp).toBeTruthy();
  hub.kill("SIGINT");
  await expect.poll(hub.out).toContain("a second signal ends it at once");
  hub.kill("SIGINT");
  expect(await hub.ended).toBe(1);
});

test("a port that is taken is one clear line", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { state, env } = await place({ WADI_LISTEN: `127.0.0.1:${port}` });
  const hub = start([], env);
  expect(await hub.ended).toBe(1);
  expect(hub.err()).toBe(
    `wadi-hub: 127.0.0.1:${port} is in use: stop what listens there, or set WADI_LISTEN\n`,
  );
  expect(await running(state)).toBeUndefined();
});

test("a database that is newer than the hub is left alone", async () => {
  const { state, env } = await place();
  const first = start([], env);
  await expect.poll(() => running(state), isUp).toBeTruthy();
  first.kill("SIGTERM");
  await first.ended;
  const db = connectDb(env.DATABASE_URL);
  await db.sql`insert into schema_migrations (version, name, sha256)
    values (9999, '9999-from-the-future', '')`;
  await db.close();

  const second = start([], env);
  expect(await second.ended).toBe(1);
  expect(second.err()).toMatch(/^wadi-hub: .*(9999|newer).*\n$/);
});

test.each([
  [["--bogus"], {}, 2, "Unknown option '--bogus'"],
  [
    [],
    { WADI_LEASE_MS: "1m" },
    2,
    'WADI_LEASE_MS must be a whole number from 500 to 86400000; read "1m"',
  ],
  [
    [],
    { DATABASE_URL: "postgresql://u:hunter2@127.0.0.1:1/x", WADI_DB_WAIT_MS: "100" },
    1,
    "at 127.0.0.1:1",
  ],
] as const)(
  "wrongly asked with %j %j it ends with %d and says why",
  async (args, more, code, why) => {
    const { env } = await place(more);
    const hub = start(args, env);
    expect(await hub.ended).toBe(code);
    expect(hub.err()).toContain(why);
    expect(hub.err()).not.toMatch(/hunter2|\n\s+at /);
  },
  60_000,
);

test.each([
  ["--version", `${version}\n`],
  ["--help", "WADI_LISTEN"],
  ["--openapi", '"openapi": "3.1.1"'],
])("%s needs no database", async (arg, text) => {
  const hub = start([arg], { DATABASE_URL: "postgresql://nowhere.invalid/x" });
  expect(await hub.ended).toBe(0);
  expect(hub.out()).toContain(text);
});

test("a lost key is replaced, and a backup is restored, by one command each", async () => {
  const { state, env } = await place();
  const hub = start([], env);
  await expect.poll(() => running(state), isUp).toBeTruthy();
  const lost = await readFile(operatorKeyFile(state), "utf8");
  const keyed = start(["--new-operator-key"], env);
  expect(await keyed.ended).toBe(0);
  const found = (await readFile(operatorKeyFile(state), "utf8")).trim();
  expect(found).not.toBe(lost.trim());
  const askMe = async (url: string) =>
    (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${found}` } })).status;
  expect(await askMe((await running(state))!.url)).toBe(200);

  const file = path.join(state, "backup");
  const backup = start(["--backup", file], env);
  expect([await backup.ended, backup.err()]).toEqual([0, ""]);
  expect(backup.out()).toMatch(
    /backup holds \d+ rows of \d+ tables in \d+ bytes, SHA-256 [0-9a-f]{64}/,
  );
  hub.kill("SIGTERM");
  await hub.ended;

  const other = await place();
  const restored = start(["--restore", file], other.env);
  expect([await restored.ended, restored.err()]).toEqual([0, ""]);
  start([], other.env);
  await expect.poll(() => running(other.state), isUp).toBeTruthy();
  expect(await askMe((await running(other.state))!.url)).toBe(200);
}, 60_000);
