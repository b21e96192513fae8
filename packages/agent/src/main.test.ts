import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { aLease } from "./work/a-lease.ts";
import { startScriptedHub, type ScriptedHub } from "./work/scripted-hub.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const token = "a-good-join-token-for-this-test";

test("joining saves the credential for this user alone, and tells no secret", async () => {
  const { hub, state } = await setUp();
  const joined = start(["join", "--hub", hub.url.href, "--state", state]);
  expect(await joined.code).toBe(exitCodes.ended);
  expect(joined.output()).toContain('"centre":"c1"');
  expect(joined.output()).not.toContain("ssss");
  expect(joined.output()).not.toContain(token);

  const path = join(state, "membership.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ centre: "c1" });
});

test("one command joins and works; told to end, it says what is left and ends", async () => {
  const { hub, state } = await setUp();
  const agent = start([
    "join",
    "--run",
    "--engine",
    "fake",
    "--hub",
    hub.url.href,
    "--state",
    state,
  ]);
  await vi.waitFor(() => expect(hub.requests.length).toBeGreaterThan(1), 10_000);
  expect(hub.requests[0]).toMatchObject({ inventory: { engine: "fake" }, holding: [] });

  const lease = aLease({ model: "cpu" as never, spec: { env: { FAKE_RUN_MS: "200" } } });
  hub.next = { leases: [lease] };
  await vi.waitFor(
    () => expect(hub.taken.map(({ state: told }) => told)).toContain("succeeded"),
    20_000,
  );
  agent.process.kill("SIGTERM");
  expect(await agent.code).toBe(exitCodes.ended);
});

test("asked to, it stops its runs before it ends, and tells the hub", async () => {
  const { hub, state } = await setUp();
  const options = ["--engine", "fake", "--stop-runs-on-exit", "--state", state];
  const agent = start(["join", "--run", "--hub", hub.url.href, ...options]);
  const lease = aLease({ model: "cpu" as never, spec: { env: { FAKE_RUN_MS: "3600000" } } });
  hub.next = { leases: [lease] };
  await vi.waitFor(
    () => expect(hub.taken.map(({ state: told }) => told)).toContain("running"),
    20_000,
  );
  agent.process.kill("SIGTERM");
  expect(await agent.code).toBe(exitCodes.ended);
  expect(hub.taken.map(({ kind, state: told }) => told ?? kind)).toEqual([
    "running",
    "reading",
    "stopped",
  ]);
});

test("two agents do not work in one state folder", async () => {
  const { hub, state } = await setUp();
  start(["join", "--run", "--engine", "fake", "--hub", hub.url.href, "--state", state]);
  await vi.waitFor(() => expect(hub.requests.length).toBeGreaterThan(0), 10_000);
  const second = start(["run", "--engine", "fake", "--state", state]);
  expect(await second.code).toBe(exitCodes["in-use"]);
  expect(second.output()).toContain("another agent works in");
});

test("an agent that was replaced ends and says so", async () => {
  const { hub, state } = await setUp();
  hub.faults.push("fine", "agent-replaced");
  const agent = start([
    "join",
    "--run",
    "--engine",
    "fake",
    "--hub",
    hub.url.href,
    "--state",
    state,
  ]);
  expect(await agent.code).toBe(exitCodes.replaced);
});

test("a configuration is checked whole, and each wrong field is named", async () => {
  const { hub, state } = await setUp();
  const config = join(state, "agent.yaml");
  await writeFile(
    config,
    "hosts:\n  - {id: h1, cpu: 4, memory: 8GiB, cards: [{model: h100-sxn, count: 1}]}\nlog: 1\n",
  );
  const agent = start(["join", "--hub", hub.url.href, "--state", state, "--config", config]);
  expect(await agent.code).toBe(exitCodes.usage);
  expect(agent.output()).toMatch(/hosts\.0\.cards\.0\.model: .*did you mean h100-sxm/);
  expect(agent.output()).toContain('Unrecognized key: "log"');
});

test.each([
  ["usage", ["fly"], /"fly" is no command; use join or run/],
  ["usage", ["join", "--hub", "ftp://x"], /--hub is "ftp:\/\/x"/],
  ["usage", ["join", "--engine", "warp", "--hub", "http://x"], /--engine is "warp"/],
  ["usage", ["run", "--stat", "x"], /Unknown option '--stat'/],
  ["not-joined", ["run"], /join first: wadi agent join/],
] as const)("%s: %j", async (reason, args, said) => {
  const { state } = await setUp();
  const agent = start([
    ...args,
    ...(args[0] === "run" && args[1] === undefined ? ["--state", state] : []),
  ]);
  expect(await agent.code).toBe(exitCodes[reason]);
  expect(agent.output()).toMatch(said);
});

test("a refused token ends with its own code", async () => {
  const { hub, state } = await setUp();
  const file = join(state, "token");
  await writeFile(file, "refused-refused-refused\n");
  const agent = start(["join", "--token-file", file, "--hub", hub.url.href, "--state", state]);
  expect(await agent.code).toBe(exitCodes["token-refused"]);
  expect(agent.output()).toContain("ask for another one");
});

async function setUp(): Promise<{ hub: ScriptedHub; state: string }> {
  const state = await mkdtemp(join(tmpdir(), "wadi-agent-"));
  const hub = await startScriptedHub();
  ends.push(
    () => hub.close(),
    () => rm(state, { recursive: true, force: true }),
  );
  return { hub, state };
}

function start(args: readonly string[]) {
  const main = new URL("main.ts", import.meta.url).pathname;
  const env = { ...process.env, WADI_JOIN_TOKEN: token };
  const child = spawn(process.execPath, [main, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  ends.unshift(async () => {
    child.kill("SIGKILL");
    await code;
  });
  return { process: child, code, output: () => output };
}
