import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { JobId } from "@wadi/core/units";
import { aDetail, aJob, aRun, aSpecText, idOf } from "./testing/fixtures.ts";
import {
  Raw,
  Refusal,
  startDouble,
  type Answer,
  type Answers,
  type HubDouble,
} from "./testing/hub-double.ts";
import { runProgram } from "./testing/run-program.ts";
import { emptyFolder } from "./testing/run-wadi.ts";

/*
 * What commands ask the hub and make of the answer, against a server that speaks the protocol.
 */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

/** Runs one command against a hub that gives these answers. */
async function run(args: readonly string[], answers: Answers) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const specFile = async (text = aSpecText) => {
  const file = join(emptyFolder(), "job.yaml");
  await writeFile(file, text);
  return file;
};

/** Sends events; then ends the stream, or breaks the connection in the middle of a line. */
const events =
  (all: readonly { id: string; data: unknown }[], end: "ends" | "breaks" = "ends"): Answer =>
  ({ reply }) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    for (const { id, data } of all) reply.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    if (end === "ends") reply.end();
    else reply.write("id: 99\ndata: {", () => reply.destroy());
  };

const inTurn = (...answers: Answer[]): Answer => {
  let turn = 0;
  return (call) => answers[Math.min(turn++, answers.length - 1)]!(call);
};

const jobEvent = (id: string, kind: string, more: object = {}) => ({
  id,
  data: {
    id,
    job: idOf(1),
    run: null,
    at: "2026-11-01T00:00:05Z",
    kind,
    facts: {},
    ...more,
  },
});
const logEvent = (from: number, text: string) => ({
  id: String(from + Buffer.byteLength(text)),
  data: { from, base64: Buffer.from(text).toString("base64") },
});
const noMore: Answer = ({ query }) =>
  new Raw("text/plain", "", { "wadi-next-offset": query["from"] ?? "0" });

test("a submission has a key of its own, and says what is held and what comes next", async () => {
  const file = await specFile();
  const answers = { submitJob: () => aJob({ state: "queued" }) };
  const first = await run(["submit", file], answers);
  const [call] = double!.callsOf("submitJob");
  expect(call?.body).toMatchObject({ name: "train", replicas: 1, maxRunTime: 7_200_000 });
  expect(call?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.stdout).toBe(`submitted train as ${idOf(1)}; ¥12.00 is held for it\n`);
  expect(first.stderr).toContain("wadi logs -f 00000001");

  await run(["submit", file, "--key", "mine"], answers);
  expect(double!.callsOf("submitJob")[0]?.headers["idempotency-key"]).toBe("mine");
});

test("a submission whose answer is lost is repeated, then told how to repeat it", async () => {
  const keys: unknown[] = [];
  const cut: Answer = ({ reply, headers }) => {
    keys.push(headers["idempotency-key"]);
    reply.destroy();
    return new Promise(() => {});
  };
  const ran = await run(["submit", await specFile()], { submitJob: cut });
  expect(keys).toHaveLength(4);
  expect(new Set(keys).size).toBe(1);
  expect(ran.code).toBe(6);
  expect(ran.stderr).toContain(`--key ${String(keys[0])}`);
});

test("--dry-run prints the whole spec and asks nothing", async () => {
  const ran = await run(["submit", await specFile(), "--set", "priority=high", "--dry-run"], {});
  expect(ran.stdout).toContain("priority: high\n");
  expect(ran.stdout).toContain("memory: 1GiB\n");
  expect(double!.calls).toEqual([]);
});

test("--input stores the file and adds it to the spec", async () => {
  const folder = emptyFolder();
  await writeFile(join(folder, "data.csv"), "a,b\n");
  const data = join(folder, "data.csv");
  const answers = { upload: () => undefined, submitJob: () => aJob() };
  await run(["submit", await specFile(), "--input", data, "--input", `${data}=in/d.csv`], answers);
  const [upload] = double!.callsOf("upload");
  expect(String(upload?.body)).toBe("a,b\n");
  const { inputs } = double!.callsOf("submitJob")[0]!.body as { inputs: object[] };
  expect(inputs).toMatchObject([
    { kind: "upload", to: "data.csv", bytes: 4n, sha256: upload?.params["sha256"] },
    { kind: "upload", to: "in/d.csv" },
  ]);
});

test.each([
  ["succeeded", 0],
  ["failed", 1],
  ["cancelled", 1],
] as const)("--wait ends with the job: %s gives %d", async (state, code) => {
  const ended = Temporal.Instant.from("2026-11-01T00:01:00Z");
  const ran = await run(["submit", await specFile(), "--wait"], {
    submitJob: () => aJob({ state: "queued" }),
    followJob: events([jobEvent("1", "job.queued"), jobEvent("2", `job.${state}`)]),
    readJob: () => aDetail({ state, endedAt: ended }),
  });
  expect(ran.code).toBe(code);
  expect(ran.stderr).toContain("2026-11-01 00:00:05");
  expect(ran.stderr).toMatch(new RegExp(`^state +${state}`, "m"));
});

test("--wait of an array counts how its jobs ended", async () => {
  const array = { id: idOf<JobId>(50), index: 0 };
  const states = ["succeeded", "failed", "succeeded"] as const;
  const items = states.map((state, index) =>
    aJob({ id: idOf(index + 1), state, array: { ...array, index } }),
  );
  const ran = await run(["submit", await specFile(), "--set", "array.count=3", "--wait"], {
    submitJob: () => aJob({ array }),
    listJobs: () => ({ items, next: null }),
  });
  expect(double!.callsOf("listJobs")[0]?.query).toMatchObject({ array: array.id });
  expect(ran.stdout).toContain("2 succeeded, 1 failed");
  expect(ran.code).toBe(1);
});

test("output is followed byte for byte over a connection that breaks", async () => {
  const run1 = aRun();
  const streams = () =>
    double!.callsOf("followLogs").filter(({ query }) => query["stream"] === "stdout");
  // The run is there from the first look on; it ends with its second stream.
  const now = () => {
    const state = streams().length > 1 ? "succeeded" : "running";
    return aDetail({ state, runs: [{ ...run1, state }] });
  };
  const ran = await run(["submit", await specFile(), "--follow"], {
    submitJob: () => aJob({ state: "queued" }),
    followJob: events([
      jobEvent("1", "job.queued"),
      jobEvent("2", "job.running", { run: run1.id }),
      jobEvent("3", "job.succeeded"),
    ]),
    readJob: now,
    followLogs: (call) =>
      call.query["stream"] === "stderr"
        ? events([logEvent(0, "warning\n")])(call)
        : logStream(call),
    readLogs: noMore,
  });
  expect(ran.stdout).toContain("one 你好\ntwo\r\nthree");
  expect(ran.stderr).toContain("warning\n");
  expect(ran.code).toBe(0);
  expect(streams().map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "11"]);
});

/** The first time it breaks after 11 bytes; the second it sends some of them again. */
const logStream = inTurn(
  events([logEvent(0, "one 你好\n")], "breaks"),
  events([logEvent(4, "你好\ntwo\r\n"), logEvent(16, "three")]),
);

test("output of before is read to its end, and programs get it with its offsets", async () => {
  const text = "0123456789";
  const piece: Answer = ({ query }) => {
    const from = Number(query["from"]);
    const data = query["stream"] === "stdout" ? text.slice(from, from + 4) : "";
    return new Raw("text/plain", data, { "wadi-next-offset": String(from + data.length) });
  };
  const answers = { readJob: () => aDetail({ state: "succeeded" }), readLogs: piece };
  expect((await run(["logs", idOf(1)], answers)).stdout).toBe(text);
  const { stdout } = await run(["logs", idOf(1), "--json", "--from", "4"], answers);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    { stream: "stdout", from: 4, base64: btoa("4567") },
    { stream: "stdout", from: 8, base64: btoa("89") },
  ]);
});

test("a job is found by its id, by the end of it, and by its name", async () => {
  const jobs = [aJob({ id: idOf(1) }), aJob({ id: idOf(2) })];
  const answers: Answers = {
    listJobs: ({ query }) => ({
      items: jobs.filter(({ name }) => [name, undefined].includes(query["name"])),
      next: null,
    }),
    readJob: ({ params }) => aDetail({ id: params["id"] as JobId }),
  };
  const asked = async (typed: string) => {
    const ran = await run(["job", typed, "--json"], answers);
    return { ...ran, id: double!.callsOf("readJob")[0]?.params["id"] };
  };
  expect((await asked(idOf(7))).id).toBe(idOf(7));
  expect((await asked("0002")).id).toBe(idOf(2));
  expect((await asked("train")).id).toBe(jobs[0]?.id);
  expect(await asked("00000")).toMatchObject({ code: 5 });
  expect(await asked("trian")).toMatchObject({ code: 5 });
});

test("an end that several ids have is not guessed about", async () => {
  const jobs = [aJob({ id: idOf(15) }), aJob({ id: idOf(25), name: "other" })];
  const answers = {
    listJobs: () => ({
      items: jobs.map((job) => ({ ...job, id: job.id.replace(/\d{2}$/, "05") as JobId })),
      next: null,
    }),
  };
  const ran = await run(["cancel", "0005"], answers);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('2 ids end in "0005"; give more of it');
  expect(double!.callsOf("cancelJob")).toEqual([]);
});

test("jobs are taken page by page, as many as asked for", async () => {
  const page: Answer = ({ query }) => ({
    items: Array.from({ length: Number(query["limit"]) }, () => aJob()),
    next: "more",
  });
  const ran = await run(["jobs", "--limit", "2500", "--json"], { listJobs: page });
  expect((JSON.parse(ran.stdout) as { items: unknown[] }).items).toHaveLength(2500);
  expect(double!.callsOf("listJobs").map(({ query }) => query["limit"])).toEqual([
    "1000",
    "1000",
    "500",
  ]);
});

test("events come as lines, for people and for programs", async () => {
  const answers = {
    followJob: events([jobEvent("1", "job.placed", { facts: { pool: "p", emulated: true } })]),
    readJob: () => aDetail({ state: "succeeded" }),
  };
  const people = await run(["events", idOf(1)], answers);
  expect(people.stdout).toBe("2026-11-01 00:00:05  00000001  job.placed pool=p emulated\n");
  const programs = await run(["events", idOf(1), "--json"], answers);
  expect(JSON.parse(programs.stdout)).toMatchObject({ kind: "job.placed", id: "1" });
});

test("outputs are fetched whole, into the folder and nowhere else", async () => {
  const content = "the result\n";
  const sha256 = createHash("sha256").update(content).digest("hex");
  const bytes = BigInt(content.length);
  const listed = (...paths: string[]) => ({
    listOutputs: () => ({ items: paths.map((path) => ({ path, sha256, bytes })) }),
    readOutput: () => new Raw("application/octet-stream", content),
  });
  const folder = emptyFolder();
  const to = join(folder, "got");
  const good = await run(["outputs", idOf(1), "-o", to], listed("out/r.txt", "b"));
  expect(good.code).toBe(0);
  expect(await readFile(join(to, "out/r.txt"), "utf8")).toBe(content);

  const escaping = await run(["outputs", idOf(1), "-o", to], listed("../outside"));
  expect(escaping).toMatchObject({ code: 3 });
  await expect(readFile(join(folder, "outside"))).rejects.toThrow("ENOENT");

  const damaged = await run(["outputs", idOf(1), "-o", to], {
    ...listed("c"),
    readOutput: () => new Raw("application/octet-stream", "something else"),
  });
  expect(damaged).toMatchObject({ code: 6 });
  await expect(readFile(join(to, "c"))).rejects.toThrow("ENOENT");

  const missing = await run(["outputs", idOf(1), "no-such"], listed("a"));
  expect(missing).toMatchObject({ code: 5 });
});

test("what a hub refuses for money is told with where to look", async () => {
  const ran = await run(["submit", await specFile()], {
    submitJob: () => {
      throw new Refusal("exceeds-balance", "the job can cost 12.00; 3.00 is free");
    },
  });
  expect(ran.stderr).toBe(
    "the job can cost 12.00; 3.00 is free\nsee what is left with: wadi balance\n",
  );
  expect(ran.code).toBe(3);
});
