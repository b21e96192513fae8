import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { aRun, ended, model, reportOf, runToEnd, soon, startRun } from "../contract/world.ts";
import { playedTool } from "./cards/played-tool.ts";
import { closeKeeper, openHostEngine } from "./host-engine.ts";
import { hostConfig, killKeeper, makeHostWorld, sh, type HostWorld } from "./host-world.ts";
import { takeLock } from "./keeper-lock.ts";
import { socketPath } from "./keeper-socket.ts";
import { identityOf, isAlive } from "./processes.ts";
import { statePaths, type RunRecord } from "./run-files.ts";

const inWorld = async (act: (world: HostWorld) => Promise<void>, differing = {}) => {
  const world = makeHostWorld(differing);
  try {
    await act(world);
  } finally {
    await world.end();
  }
};

const keeperPid = ({ folder }: HostWorld) =>
  Number(readFileSync(join(folder, "keeper/pid"), "utf8"));

test("agents that come at the same time find one keeper", async () => {
  await inWorld(async (world) => {
    const engines = await Promise.all([1, 2, 3, 4].map(() => world.reopen()));
    const specs = engines.map(() => aRun(sh("sleep 0.3")));
    const refs = await Promise.all(engines.map((engine, i) => startRun(engine, specs[i]!)));
    const seen = await Promise.all(engines.map((engine) => engine.holding(soon())));
    const runs = refs.map(({ run }) => run).sort();
    for (const holding of seen) expect(holding.map(({ run }) => run).sort()).toEqual(runs);
  });
});

test("a folder has one keeper: its lock cannot be had twice, and dies with it", async () => {
  await inWorld(async (world) => {
    await world.engine.describe(soon());
    const path = join(world.folder, "keeper/lock");
    expect(takeLock(path, { waitMs: 0 })).toBeNull();
    await killKeeper(world.folder);
    const lock = takeLock(path, { waitMs: 5000 });
    expect(lock).not.toBeNull();
    lock?.release();
  });
});

test("a keeper with nothing to do leaves, and takes its socket with it", async () => {
  await inWorld(
    async (world) => {
      await runToEnd(world, aRun(sh("exit 0")));
      const keeper = identityOf(keeperPid(world))!;
      await sleep(700);
      expect(isAlive(keeper)).toBe(true); // An agent is connected.
      await world.engine.close();
      for (let i = 0; isAlive(keeper) && i < 300; i++) await sleep(10);
      expect(isAlive(keeper)).toBe(false);
      expect(existsSync(socketPath(statePaths(world.folder)))).toBe(false);

      const again = await world.reopen();
      expect(await again.holding(soon())).toHaveLength(1);
    },
    { keeperIdleMs: 300 },
  );
});

test("a keeper that still has a run stays, though no agent is there", async () => {
  await inWorld(
    async (world) => {
      const ref = await startRun(world.engine, aRun(sh("sleep 1; exit 9")));
      const pid = keeperPid(world);
      await world.engine.close();
      await sleep(600);
      const again = await world.reopen();
      expect(await ended(world, ref, { engine: again })).toMatchObject({ exitCode: 9 });
      expect(keeperPid(world)).toBe(pid);
    },
    { keeperIdleMs: 100 },
  );
});

test("closing a keeper ends its runs as lost", async () => {
  await inWorld(async (world) => {
    const ref = await startRun(world.engine, aRun(sh("sleep 600")));
    await closeKeeper(world.folder);
    expect(world.processes()).toBe(0);
    const again = await world.reopen();
    const report = await reportOf(again, ref);
    expect(report).toMatchObject({ state: "lost", message: "its keeper was told to close" });
  });
});

test("a folder with a long path has its socket elsewhere", async () => {
  await inWorld(async (world) => {
    const folder = join(world.folder, "a".repeat(60), "b".repeat(60));
    mkdirSync(join(world.folder, "a".repeat(60)), { recursive: true, mode: 0o711 });
    const engine = openHostEngine({ folder, config: hostConfig, keeperIdleMs: 1000 });
    try {
      expect((await engine.describe(soon())).hosts).toHaveLength(2);
      expect(socketPath(statePaths(folder)).startsWith(folder)).toBe(false);
    } finally {
      await closeKeeper(folder);
      await engine.close();
    }
    expect(existsSync(socketPath(statePaths(folder)))).toBe(false);
  });
});

/** Changes what a dead keeper noted of a run's first process. */
async function withRecord(
  world: HostWorld,
  handle: string,
  change: (process: RunRecord["processes"][number]) => RunRecord["processes"][number],
): Promise<void> {
  const path = join(world.folder, "runs", handle, "run.json");
  const record = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
  const processes = record.processes.map(change);
  writeFileSync(path, JSON.stringify({ ...record, processes }));
}

test("a process that has got a dead run's pid is left alone", async () => {
  await inWorld(async (world) => {
    const ref = await startRun(world.engine, aRun(sh("sleep 600")));
    await killKeeper(world.folder);
    const innocent = spawn("sleep", ["600"], { stdio: "ignore" });
    const identity = identityOf(innocent.pid!)!;
    try {
      await withRecord(world, ref.handle, ({ outer }) => {
        const reused = { ...outer!, pid: innocent.pid! };
        return { outer: reused, init: reused };
      });
      expect((await reportOf(world.engine, ref)).state).toBe("lost");
      expect(isAlive(identity)).toBe(true);
    } finally {
      innocent.kill("SIGKILL");
    }
  });
});

test("after the machine was started again, runs are lost and no process is killed", async () => {
  await inWorld(async (world) => {
    const ref = await startRun(world.engine, aRun(sh("sleep 600")));
    await killKeeper(world.folder);
    const innocent = spawn("sleep", ["600"], { stdio: "ignore" });
    const identity = identityOf(innocent.pid!)!;
    try {
      const before = { ...identity, bootId: "another start of the machine" };
      await withRecord(world, ref.handle, () => ({ outer: before, init: before }));
      expect(await reportOf(world.engine, ref)).toMatchObject({
        state: "lost",
        message: "the machine was started again",
      });
      expect(isAlive(identity)).toBe(true);
    } finally {
      innocent.kill("SIGKILL");
    }
  });
});

test("a record that a power cut left half written is no reason to fail", async () => {
  await inWorld(async (world) => {
    const { ref } = await runToEnd(world, aRun(sh("exit 0")));
    await killKeeper(world.folder);
    mkdirSync(join(world.folder, "runs/half.1"));
    writeFileSync(join(world.folder, "runs/half.1/run.json"), '{"version":1,"ref":');
    expect(await world.engine.holding(soon())).toEqual([ref]);
  });
});

test("a tool that hangs delays nothing, and the run's busy time is not said", async () => {
  const tool = playedTool("nvidia-smi");
  tool.does(`echo $$ > "$0.pid"; trap '' TERM; sleep 600`);
  const cards = { everyMs: 100, timeoutMs: 60_000, path: tool.path };
  await inWorld(
    async (world) => {
      const spec = aRun(sh("sleep 0.3"), { cards: { model, count: 4 } });
      const before = performance.now();
      const { state, usage } = await runToEnd(world, spec);
      expect({ state, busyMs: usage.busyMs }).toEqual({ state: "succeeded", busyMs: undefined });
      expect(performance.now() - before).toBeLessThan(20_000);
      const { hosts } = await world.engine.describe(soon());
      expect(hosts[0]?.cards[0]).toMatchObject({ emulated: false });
      expect(hosts[0]?.cards[0]?.serial).toBeUndefined();
    },
    { config: { ...hostConfig, cards }, cards: 4 },
  );
  // It has not outlived the keeper.
  const pid = Number(readFileSync(`${tool.path.split(":")[0]}/nvidia-smi.pid`, "utf8"));
  await vi.waitFor(() => expect(identityOf(pid)).toBeUndefined(), 5000);
  tool.remove();
});

test("a run whose keeper was killed keeps the busy time that was told", async () => {
  const tool = playedTool("nvidia-smi");
  tool.says(
    [0, 1, 2, 3].map((device) => `${device}, 165432${device}, GPU-${device}, 50`).join("\n"),
  );
  const cards = { everyMs: 100, timeoutMs: 5000, path: tool.path };
  await inWorld(
    async (world) => {
      const spec = aRun(sh("sleep 600"), { cards: { model, count: 2 } });
      const ref = await startRun(world.engine, spec);
      const busy = async () => (await reportOf(world.engine, ref)).usage.busyMs ?? 0;
      await vi.waitFor(async () => expect(await busy()).toBeGreaterThan(0), 10_000);
      const before = await busy();
      await killKeeper(world.folder);
      const { state, usage } = await reportOf(world.engine, ref);
      expect(state).toBe("lost");
      expect(usage.busyMs).toBeGreaterThanOrEqual(before);
    },
    { config: { ...hostConfig, cards }, cards: 4 },
  );
  tool.remove();
});

test("a tool that fails again and again is told in the log once", async () => {
  const tool = playedTool("nvidia-smi");
  tool.fails();
  const cards = { everyMs: 20, timeoutMs: 5000, path: tool.path };
  await inWorld(
    async (world) => {
      const spec = aRun(sh("sleep 0.6"), { cards: { model, count: 1 } });
      expect((await runToEnd(world, spec)).usage.busyMs).toBeUndefined();
      const log = readFileSync(join(world.folder, "keeper/log"), "utf8").trim().split("\n");
      expect(log).toEqual([
        expect.stringMatching(/cards are not looked at: .* nvidia-smi ended with exit code 9$/),
      ]);
    },
    { config: { ...hostConfig, cards }, cards: 4 },
  );
  tool.remove();
});
