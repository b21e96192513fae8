import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { durationOf, milliCores } from "@wadi/core/units";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  aRun,
  aRunAfter,
  ended,
  model,
  reportOf,
  runToEnd,
  soon,
  startRun,
} from "../contract/world.ts";
import type { RunReport } from "../engine.ts";
import { hostConfig, makeHostWorld, sh, shellCommands, type HostWorld } from "./host-world.ts";
import { cutMark } from "./output-limit.ts";

let world: HostWorld;
beforeEach(() => {
  world = makeHostWorld();
});
afterEach(() => world.end());

async function textOf(report: RunReport, stream: "stdout" | "stderr" = "stdout", replica = 0) {
  const piece = { replica, stream, fromByte: 0, maxBytes: 100_000 };
  return Buffer.from(await world.engine.output(report.ref, piece, soon())).toString();
}

describe("what a run finds", () => {
  test("its environment is the tenant's and the centre's, and never the agent's", async () => {
    process.env["AGENT_CREDENTIAL"] = "secret";
    const told = {
      ...sh("env"),
      env: { GREETING: "it's me", PATH: "/bin:/usr/bin", LD_PRELOAD: "" },
    };
    const spec = aRun(told, { cards: { model, count: 2 }, arrayIndex: 7, replicas: 2 });
    const report = await runToEnd(world, spec);
    delete process.env["AGENT_CREDENTIAL"];
    const lines = (await textOf(report, "stdout", 1)).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "GREETING=it's me",
        "PATH=/bin:/usr/bin",
        `HOME=${world.folder}/runs/${spec.run}.1/work`,
        `TMPDIR=${world.folder}/runs/${spec.run}.1/tmp`,
        `WADI_RUN_ID=${spec.run}`,
        `WADI_JOB_ID=${spec.job}`,
        `WADI_CHECKPOINT_DIR=${world.folder}/checkpoints/${spec.job}`,
        "WADI_REPLICA=1",
        "WADI_REPLICAS=2",
        "WADI_ARRAY_INDEX=7",
        "WADI_CARDS=2",
        `WADI_CARD_MODEL=${model}`,
        "WADI_CARDS_EMULATED=1",
        "CUDA_VISIBLE_DEVICES=2,3",
      ]),
    );
    expect(lines.join()).not.toContain("secret");
  });

  test("the tenant's variables reach the command and nothing that runs before it", async () => {
    const told = { ...sh("sleep 30"), env: { LD_PRELOAD: "/tenant.so", ENV: "/tenant.sh" } };
    const ref = await startRun(world.engine, aRun(told));
    const record = JSON.parse(readFileSync(`${world.folder}/runs/${ref.handle}/run.json`, "utf8"));
    const { outer, init } = (
      record as { processes: { outer: { pid: number }; init: { pid: number } }[] }
    ).processes[0]!;
    for (const { pid } of [outer, init]) {
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("tenant");
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain("tenant.so");
    }
  });

  test("a script is run by the shell it names, where inputs were placed", async () => {
    const spec = aRun({
      command: {
        kind: "script",
        shell: "/bin/sh",
        text: "cat in/data; mkdir out; echo $0 > out/a\n",
      },
      env: {},
    });
    const folders = await world.engine.prepare(spec, soon());
    mkdirSync(join(folders!.work, "in"));
    writeFileSync(join(folders!.work, "in/data"), "placed before\n");
    const report = await runToEnd(world, spec);
    expect(report.state).toBe("succeeded");
    expect(await textOf(report)).toBe("placed before\n");
    expect(readFileSync(join(folders!.work, "out/a"), "utf8")).toContain("/job/script");
  });

  test("its checkpoint is there for the job's next run, by both of its names", async () => {
    const first = aRun(sh("echo one > deep/state/step; sleep 30"), { checkpoint: "deep/state" });
    const ref = await startRun(world.engine, first);
    await sleep(100);
    await world.engine.stop(ref, soon());
    await ended(world, ref);
    await world.engine.forget(ref, soon());

    const both = sh(
      'cat deep/state/step "$WADI_CHECKPOINT_DIR/step" && echo two > deep/state/step',
    );
    const report = await runToEnd(
      world,
      aRunAfter(first, { ...both, generation: 2, checkpoint: "deep/state" }),
    );
    expect(await textOf(report)).toBe("one\none\n");

    await world.engine.forgetJob(first.job, soon());
    const third = aRunAfter(first, {
      ...sh("ls deep/state"),
      generation: 3,
      checkpoint: "deep/state",
    });
    expect(await textOf(await runToEnd(world, third))).toBe("");
  });

  test("what it writes to its checkpoint is seen, by the newest of its files", async () => {
    const { engine } = world;
    const script = sh("mkdir ckpt/a; printf 12345 > ckpt/a/b; ln -s /etc/passwd ckpt/l; sleep 30");
    const spec = aRun(script, { checkpoint: "ckpt" });
    const beforeMs = Date.now() - 10;
    const ref = await startRun(engine, spec);
    await expect.poll(() => engine.readCheckpoint!(spec.job, soon())).toMatchObject({ bytes: 5 });
    const seen = await engine.readCheckpoint!(spec.job, soon());
    expect(seen!.writtenAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(seen!.writtenAtMs).toBeLessThanOrEqual(Date.now());
    await engine.stop(ref, soon());
    await ended(world, ref);
    await engine.forgetJob(spec.job, soon());
    expect(await engine.readCheckpoint!(spec.job, soon())).toBeNull();
  });

  test("of a card that it has a part of, it is told which and how much", async () => {
    const cards = { model, count: 1, share: 250, on: [{ host: hostConfig.hosts[1]!.id, card: 0 }] };
    const told = sh('echo "$WADI_CARDS $WADI_CARD_SLOTS $WADI_CARD_SHARE $CUDA_VISIBLE_DEVICES"');
    const report = await runToEnd(world, aRun(told, { cards }));
    expect(await textOf(report)).toBe("1 4 250 0\n");
    const whole = await runToEnd(world, aRun(told, { cards: { model, count: 1 } }));
    expect(await textOf(whole)).toMatch(/^1 0 {2}0\n$/);
  });

  test("a command that cannot be found says so where its user looks", async () => {
    const command = { kind: "command", argv: ["no-such-program"] } as const;
    const report = await runToEnd(world, aRun({ command, env: {} }));
    expect(report).toMatchObject({ state: "failed", exitCode: 127 });
    expect(await textOf(report, "stderr")).toContain("no-such-program");
  });

  test("output streams can be opened by their names", async () => {
    const report = await runToEnd(
      world,
      aRun(sh("echo named > /dev/stderr; echo more >> /dev/stdout")),
    );
    expect(await textOf(report, "stderr")).toBe("named\n");
    expect(await textOf(report)).toBe("more\n");
  });
});

describe("ends", () => {
  test("what a script has started is given the grace as well, the script gone or not", async () => {
    // The shell dies of TERM at once; its child needs a while to put its things in order.
    const child = `
      trap 'sleep 0.4; echo saved > saved; exit 0' TERM
      echo up
      while :; do sleep 0.05; done`;
    const spec = aRun(sh('sh -c "$1"; echo never', child), { stopGrace: durationOf(5000) });
    const folders = await world.engine.prepare(spec, soon());
    const ref = await startRun(world.engine, spec);
    while ((await reportOf(world.engine, ref)).output[0]?.stdout === 0) await sleep(10);
    await world.engine.stop(ref, soon());
    expect((await ended(world, ref)).state).toBe("stopped");
    expect(readFileSync(join(folders!.work, "saved"), "utf8")).toBe("saved\n");
  });

  test("an end is told when it is on disk, and not before", async () => {
    const ref = await startRun(world.engine, aRun(sh("sleep 0.2")));
    // As on a full disk: the report cannot be put in its place.
    const exit = `${world.folder}/runs/${ref.handle}/exit.json`;
    mkdirSync(join(exit, "in-the-way"), { recursive: true });
    await sleep(700);
    expect(await reportOf(world.engine, ref)).toMatchObject({ state: "running", endedAtMs: null });
    expect(world.processes()).toBe(0);
    rmdirSync(join(exit, "in-the-way"));
    rmdirSync(exit);
    expect((await ended(world, ref)).state).toBe("succeeded");
  });

  test("the two signals that shells keep quiet about show as a shell's exit code", async () => {
    const interrupted = await runToEnd(world, aRun(shellCommands.endedBy("SIGINT")));
    expect(interrupted).toMatchObject({ state: "failed", exitCode: 130, signal: null });
    const piped = await runToEnd(world, aRun(shellCommands.endedBy("SIGPIPE")));
    expect(piped).toMatchObject({ state: "failed", exitCode: 141, signal: null });
  });

  test("processor time is counted, of children and orphans too", async () => {
    const spin = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    const told = sh(`(${spin}); sh -c '${spin} & wait'; ${spin}`);
    const report = await runToEnd(world, aRun(told, { cpu: milliCores(2000) }));
    expect(report.usage.cpuMs).toBeGreaterThan(100);
    expect(report.usage.cpuMs).toBeLessThan(report.usage.heldMs * 2);
  });
});

describe("output", () => {
  test("a runaway stream is cut at its bound, with a mark, and the run goes on", async () => {
    const bound = 100_000;
    const small = makeHostWorld({ config: { ...hostConfig, outputBytesMax: bound } });
    try {
      const spec = aRun(sh("echo begin; yes & sleep 0.6; kill $!; echo fine >&2; exit 4"));
      const report = await runToEnd(small, spec);
      const size = bound + cutMark(bound).length;
      expect(report).toMatchObject({ exitCode: 4, output: [{ stdout: size, stderr: 5 }] });
      const piece = { replica: 0, stream: "stdout", fromByte: 0, maxBytes: size + 100 } as const;
      const text = Buffer.from(await small.engine.output(report.ref, piece, soon())).toString();
      expect(text).toHaveLength(size);
      expect(text.startsWith("begin\ny\n")).toBe(true);
      expect(text.endsWith(cutMark(bound))).toBe(true);
    } finally {
      await small.end();
    }
  });

  test("each replica has its own", async () => {
    const report = await runToEnd(world, aRun(sh("echo $WADI_REPLICA"), { replicas: 3 }));
    const texts = await Promise.all([0, 1, 2].map((i) => textOf(report, "stdout", i)));
    expect(texts).toEqual(["0\n", "1\n", "2\n"]);
  });
});
