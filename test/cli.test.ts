import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openHubSeat, type HubSeat } from "./region/hub-seat.ts";
import { startProcess, type TestProcess } from "./region/processes.ts";
import { until } from "./region/until.ts";

/*
 * A region opened, used, billed and audited by nothing but the command line: hub, agent and host
 * engine are the real ones.
 */

const repository = path.resolve(import.meta.dirname, "..");
const main = path.join(repository, "packages/cli/src/main.ts");
const folder = mkdtempSync(path.join(tmpdir(), "wadi-cli-story-"));
const inFolder = (name: string) => path.join(folder, name);

let hub: HubSeat;
let agent: TestProcess | undefined;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line; `stdout` grows while it runs. */
function start(args: readonly string[], { stdin = "", env = {} } = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: inFolder("home"), TZ: "UTC", ...env },
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  child.stdin.end(stdin);
  const ended = once(child, "close").then(([code]): Ran => ({ code: code as number, ...written }));
  return { written, ended, signal: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** Runs the command line to its end. @throws Error with what it said when it did not end well */
async function wadi(args: readonly string[], options: { stdin?: string; env?: object } = {}) {
  const ran = await start(args, options).ended;
  if (ran.code === 0) return ran;
  throw new Error(`wadi ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}${ran.stdout}`);
}

const json = async <T>(...args: string[]) =>
  JSON.parse((await wadi([...args, "--json"])).stdout) as T;

const write = (name: string, text: string) => {
  writeFileSync(inFolder(name), text);
  return name;
};

beforeAll(async () => {
  mkdirSync(inFolder("home"));
  const listen = `127.0.0.1:${await freePort()}`;
  hub = openHubSeat({
    name: "hub",
    folder,
    repository,
    databaseUrl: null,
    env: { WADI_LISTEN: listen, WADI_LONG_POLL_MS: "400" },
    onReady: () => {},
  });
  await hub.start();
  const key = readFileSync(path.join(hub.state, "operator.key"), "utf8");
  await wadi(["login", hub.url()], { stdin: key });
  await openRegion();
  await joinAgent();
});

afterAll(async () => {
  await agent?.stop();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A tenant with money and a voucher, a provider, and a centre that never was asked. */
async function openRegion(): Promise<void> {
  await wadi(["tenant", "put", "reed", "--name", "芦苇研究所", "--cards", "8"]);
  await wadi(["tenant", "top-up", "reed", "100", "--note", "paid in", "--key", "first"]);
  await wadi(["tenant", "top-up", "reed", "100", "--note", "paid in", "--key", "first"]);
  await wadi(["provider", "put", "lakeside", "--name", "Lakeside"]);
  await wadi(["fund", "put", "city", "--name", "City fund"]);
  await wadi(["fund", "appropriate", "city", "1000"]);
  write(
    "programme.yaml",
    `fund: city
name: First steps
rate: "0.3"
capPerTenant: "50"
expiresAt: "2099-01-01T00:00:00Z"
`,
  );
  await wadi(["programme", "put", "first-steps", "programme.yaml"]);
  await wadi(["programme", "grant", "first-steps", "reed", "50"]);
  write(
    "centre.yaml",
    `name: { en: Lakeside, zh: 湖滨 }
kind: intelligent
place: huzhou
provider: lakeside
timeZone: Asia/Shanghai
pools:
  - id: lakeside-910b
    model: ascend-910b2
    emulated: true
    hosts: [{ id: host-1, cards: 8, cpu: 2, memory: 2GiB }]
    prices: { timeZone: Asia/Shanghai, periods: [{ rules: [{ perCardHour: "3600" }] }] }
`,
  );
  await wadi(["centre", "put", "lakeside", "centre.yaml"]);
  for (const [login, ...scope] of [
    ["reed", "--role", "tenant-admin", "--tenant", "reed"],
    ["auditor", "--role", "auditor"],
  ] as const) {
    const { stdout } = await wadi(["keys", "make", login, ...scope]);
    await wadi(["login", hub.url(), "--as", login], { stdin: stdout });
  }
}

/** Joins with a token that is good once, then runs the agent, which takes the process over. */
async function joinAgent(): Promise<void> {
  write(
    "agent.yaml",
    "engine: host\nhosts: [{ id: host-1, cpu: 2, memory: 2GiB, cards: " +
      "[{ model: ascend-910b2, count: 8 }] }]\n",
  );
  const state = ["--state", inFolder("agent"), "--config", inFolder("agent.yaml")];
  const { stdout } = await wadi(["agent", "token", "lakeside"]);
  const token = { WADI_JOIN_TOKEN: stdout.trim() };
  await wadi(["agent", "join", ...state], { env: token });
  const other = ["--state", inFolder("other"), "--config", inFolder("agent.yaml")];
  expect((await start(["agent", "join", ...other], { env: token }).ended).code).toBe(7);
  agent = startProcess({
    name: "agent",
    folder,
    command: [main, "agent", "run", ...state, "--stop-runs-on-exit"],
    env: { HOME: inFolder("home") },
  });
  await until("the centre is up", async () => {
    const { items } = await json<{ items: { state: string }[] }>("centres");
    return items[0]?.state === "up";
  });
}

const spec = write(
  "job.yaml",
  `version: 1
name: story
run:
  kind: script
  text: |
    cat data.txt
    echo "a warning" >&2
    echo 42 > answer
    exit $CODE
env: { CODE: "0" }
outputs: [answer]
cards: { options: [{ model: ascend-910b2, count: 2 }] }
memory: 64MiB
maxRunTime: 20s
`,
);

test("a job is quoted, submitted with a file, followed, explained and fetched", async () => {
  const quote = await wadi(["quote", spec, "--as", "reed"]);
  expect(quote.stdout).toContain("It can start now; the most it can cost is ¥40.00, ¥12.00 of it");
  expect(quote.stdout).toContain("2 × ascend-910b2*");

  write("data.txt", "from far away\n");
  const followed = await wadi(["submit", spec, "--input", "data.txt", "-f", "--as", "reed"]);
  expect(followed.stdout).toContain("from far away\n");
  expect(followed.stderr).toContain("a warning\n");
  expect(followed.stderr).toMatch(/^state +succeeded \(exit-zero\)/m);

  const explained = await wadi(["explain", "story", "--as", "reed"]);
  expect(explained.stdout).toContain("lakeside-910b");
  await wadi(["outputs", "story", "--to", "got", "--as", "reed"]);
  expect(readFileSync(inFolder("got/answer"), "utf8")).toBe("42\n");
  expect((await wadi(["logs", "story", "--as", "reed"])).stdout).toBe("from far away\n");
  expect((await wadi(["readings", "story", "--as", "reed"])).stdout).toContain("last");
});

test("a job that fails, or is cancelled, ends the command that waits for it with 1", async () => {
  const failing = ["submit", spec, "--set", "env.CODE=3", "--set", "run.text=exit $CODE"];
  const failed = await start([...failing, "--wait", "--as", "reed"]).ended;
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("failed (exit-code)");

  const endless = ["submit", spec, "--set", "run.text=sleep 60", "--set", "name=endless"];
  const waiting = start([...endless, "--wait", "--as", "reed"]);
  await until("it runs", () => waiting.written.stderr.includes("job.running"));
  await wadi(["cancel", "endless", "--as", "reed"]);
  const cancelled = await waiting.ended;
  expect(cancelled.code).toBe(1);
  expect(cancelled.stderr).toMatch(/^state +cancelled/m);
});

test("output is whole though the hub is killed while it is followed", async () => {
  const text = "run.text=for i in $(seq 40); do echo $i; sleep 0.1; done";
  const going = start(["submit", spec, "--set", text, "-f", "--as", "reed"]);
  await until("it prints", () => going.written.stdout.includes("\n5\n"));
  await hub.kill();
  await hub.start();
  const { stdout, stderr, code } = await going.ended;
  expect(stderr).toContain("trying again");
  const numbers = stdout.split("\n").slice(1, -1);
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => String(index + 1)));
  expect(code).toBe(0);
});

test("an array is counted, and the bill and the audit agree with what was charged", async () => {
  const array = ["array.count=4", "run.text=exit $((WADI_ARRAY_INDEX % 2))", "maxRunTime=2s"];
  const set = array.flatMap((one) => ["--set", one]);
  const ran = await start(["submit", spec, ...set, "--wait", "--as", "reed"]).ended;
  expect(ran.stderr).not.toContain("wadi:");
  expect(ran.stdout).toContain("2 succeeded");
  expect(ran.stdout).toContain("2 failed");

  const { items } = await json<{ items: { charged: string }[] }>("jobs", "--as", "reed");
  const charged = items.reduce((sum, job) => sum + fen(job.charged), 0);
  const { totals } = await json<{ totals: Record<string, string> }>("bill", "--as", "reed");
  expect(fen(totals["charges"]!)).toBe(charged);
  expect(charged).toBeGreaterThan(0);
  const provider = await wadi(["bill", "provider", "lakeside", "--format", "csv"]);
  expect(provider.stdout).toMatch(/^at,text,/);

  const audit = await wadi(["audit", "--as", "auditor", "--anchor", "anchors.jsonl"]);
  expect(audit.stdout).not.toContain("broken");
  expect(await wadi(["audit", "--as", "auditor", "--anchor", "anchors.jsonl"])).toMatchObject({
    code: 0,
  });
});

test("a centre that is drained takes nothing more, and says so", async () => {
  await wadi(["agent", "drain", "lakeside"]);
  const quote = await wadi(["quote", spec, "--as", "reed", "--lang", "zh"]);
  expect(quote.stdout).toContain("lakeside 正在排空。");
  await wadi(["agent", "open", "lakeside"]);
  expect((await wadi(["quote", spec, "--as", "reed"])).stdout).toContain("It can start now");
});

const fen = (yuan: string) => Math.round(Number(yuan) * 100);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
