import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { mebibytes } from "@wadi/core/units";
import { describe, expect, test } from "vitest";
import { aRun, ended, reportOf, runToEnd, soon, startRun } from "../contract/world.ts";
import type { RunReport } from "../engine.ts";
import type { HostEngineOptions } from "./host-engine.ts";
import { hostConfig, makeHostWorld, sh, shellCommands, type HostWorld } from "./host-world.ts";
import { probeIsolation } from "./isolation/probe.ts";
import { startFromPs, statOf } from "./processes.ts";

/*
 * The same promises with each of the means that this machine has, the poorer ones forced by
 * leaving the better aside. What a means cannot promise, its report must not claim.
 */

const asRoot = process.getuid?.() === 0;
const variants = [
  { name: "everything this machine has", without: [] },
  { name: "no control groups", without: ["cgroup", "systemd"] },
  { name: "no namespaces", without: ["bubblewrap", "namespaces", "user-namespaces"] },
  {
    name: "neither",
    without: ["cgroup", "systemd", "bubblewrap", "namespaces", "user-namespaces"],
  },
];

const inWorld = async (
  options: Partial<HostEngineOptions>,
  act: (world: HostWorld) => Promise<void>,
) => {
  const world = makeHostWorld(options);
  try {
    await act(world);
  } finally {
    await world.end();
  }
};

/** A crowd that is hard to kill: own sessions, orphans, deaf to TERM, one that multiplies. */
const crowd = `
  trap '' TERM
  setsid sh -c 'trap "" TERM; (setsid sleep 600 &); sleep 600' &
  (sh -c 'sleep 600 & sleep 600 & exit' &)
  (setsid sh -c 'while :; do sh -c "sleep 0.05" & sleep 0.01; done' &)
  echo up
  sleep 600`;

async function untilUp(world: HostWorld, report: RunReport): Promise<void> {
  while ((await reportOf(world.engine, report.ref)).output[0]?.stdout === 0) await sleep(10);
  await sleep(100);
}

describe.each(variants)("with $name", ({ without }) => {
  const options = { probe: { without } };

  test("endings are told apart", async () => {
    await inWorld(options, async (world) => {
      const { endingAfter, endedBy } = shellCommands;
      const told = [endingAfter(0), endingAfter(0, 137), endedBy("SIGKILL"), endedBy("SIGTERM")];
      const refs = await Promise.all(told.map((one) => startRun(world.engine, aRun(one))));
      const reports = [];
      for (const ref of refs) reports.push(await ended(world, ref));
      expect(reports.map(({ exitCode, signal }) => exitCode ?? signal)).toEqual([
        0,
        137,
        "SIGKILL",
        "SIGTERM",
      ]);
    });
  });

  test("a stop leaves nothing of a crowd that is hard to kill", async () => {
    await inWorld(options, async (world) => {
      const ref = await startRun(world.engine, aRun(sh(crowd)));
      await untilUp(world, await reportOf(world.engine, ref));
      expect(world.processes()).toBeGreaterThan(6);
      await world.engine.stop(ref, soon());
      expect((await ended(world, ref)).state).toBe("stopped");
      expect(world.processes()).toBe(0);
    });
  });

  test("neither does an end of the command's own", async () => {
    await inWorld(options, async (world) => {
      const spec = aRun(
        sh(`${crowd.replace("sleep 600", "sleep 600 &").replace(/sleep 600$/, "")}\nexit 6`),
      );
      expect(await runToEnd(world, spec)).toMatchObject({ state: "failed", exitCode: 6 });
      expect(world.processes()).toBe(0);
    });
  });

  test("nor the death of the keeper", async () => {
    await inWorld(options, async (world) => {
      const refs = await Promise.all(
        [aRun(sh(crowd)), aRun(sh("sleep 600"))].map((spec) => startRun(world.engine, spec)),
      );
      await untilUp(world, await reportOf(world.engine, refs[0]!));
      await world.loseRuns();
      const reports = await world.engine.observe(refs, soon());
      expect(reports.map(({ state }) => state)).toEqual(["lost", "lost"]);
      expect(world.processes()).toBe(0);
    });
  });

  test("a run that takes more memory than it has is ended for that", async () => {
    await inWorld(options, async (world) => {
      const script = "const a = []; for (;;) a.push(Buffer.alloc(4e6, 1))";
      const command = { kind: "command", argv: [process.execPath, "-e", script] } as const;
      const spec = aRun({ command, env: {} }, { memory: mebibytes(160) });
      const report = await runToEnd(world, spec);
      expect(report.state).toBe("out-of-memory");
      expect(report.message).toContain("160 MiB");
    });
  });

  test("a run that may not be lowered to a user of its own says so", async () => {
    await inWorld(options, async (world) => {
      const report = await runToEnd(world, aRun(sh("id -u; grep NoNewPrivs /proc/self/status")));
      const piece = { replica: 0, stream: "stdout", fromByte: 0, maxBytes: 100 } as const;
      const text = Buffer.from(await world.engine.output(report.ref, piece, soon())).toString();
      const uid = Number(text.split("\n")[0]);
      expect(report.isolation.ownUser).toBe(uid !== process.getuid?.());
      expect(report.isolation.ownUser).toBe(asRoot);
      expect(text).toMatch(/NoNewPrivs:\t1/);
    });
  });
});

describe("what is reported", () => {
  test.each(variants)("is no more than is held: $name", ({ without }) => {
    const { report } = probeIsolation({ network: "shared", mustReach: [], without });
    const hasTrees = !without.includes("namespaces");
    const hasGroups = report.means.includes("cgroup") || report.means.includes("systemd");
    expect(report.treeKill).toBe(hasTrees ? report.means !== "group" : hasGroups);
    expect(report.memoryLimit === "hard").toBe(hasGroups);
    expect(report.cpuLimit === "hard").toBe(hasGroups);
    expect(report.ownUser || report.notes.join().includes("agent's user")).toBe(true);
  });

  test("a machine without any tool is served by process groups, and it says so", () => {
    const { report } = probeIsolation({
      network: "none",
      mustReach: [],
      folders: ["/nowhere"],
      without: ["cgroup"],
    });
    expect(report).toMatchObject({
      means: "group",
      network: "shared",
      ownUser: false,
      treeKill: false,
      processLimit: false,
    });
    expect(report.notes.join()).toContain("no network of its own");
  });

  test("such a machine runs and tells endings apart all the same", async () => {
    const probe = { folders: ["/nowhere"], without: ["cgroup"] };
    await inWorld({ probe }, async (world) => {
      const refs = await Promise.all(
        [shellCommands.endingAfter(100, 137), shellCommands.endedBy("SIGKILL")].map((told) =>
          startRun(world.engine, aRun(told)),
        ),
      );
      expect(await ended(world, refs[0]!)).toMatchObject({ exitCode: 137, signal: null });
      expect(await ended(world, refs[1]!)).toMatchObject({ exitCode: null, signal: "SIGKILL" });
      const deaf = await startRun(world.engine, aRun(shellCommands.deaf()));
      await world.engine.stop(deaf, soon());
      expect((await ended(world, deaf)).state).toBe("stopped");
      expect(world.processes()).toBe(0);
    });
  });

  test("a network of its own has nothing in it", async () => {
    await inWorld({ config: { ...hostConfig, network: "none" } }, async (world) => {
      const report = await runToEnd(world, aRun(sh("grep -c : /proc/net/dev")));
      const piece = { replica: 0, stream: "stdout", fromByte: 0, maxBytes: 100 } as const;
      const text = Buffer.from(await world.engine.output(report.ref, piece, soon())).toString();
      const hasLoopAlone = text === "1\n";
      expect(hasLoopAlone).toBe(report.isolation.network === "own");
      expect(hasLoopAlone || report.isolation.notes.join().includes("network")).toBe(true);
    });
  });
});

describe("users", () => {
  test("a folder that others cannot reach makes runs the agent's user, or be refused", async () => {
    await inWorld({ mode: 0o700 } as object, async (world) => {
      const report = await runToEnd(world, aRun(sh("id -u")));
      expect(report.isolation.ownUser).toBe(false);
      expect(report.isolation.notes.join()).toMatch(
        asRoot ? /closed to other users/ : /agent's user/,
      );
    });
    const config = { ...hostConfig, user: "own" } as const;
    await inWorld({ mode: 0o700, config } as object, async (world) => {
      const refused = startRun(world.engine, aRun(sh("true")));
      await expect(refused).rejects.toMatchObject({ reason: "cannot-isolate" });
    });
  });

  const ownUsers = probeIsolation({ network: "shared", mustReach: [] }).ownUsers;
  test("a run can neither read nor end another", async ({ skip }) => {
    skip(!ownUsers, "without root, runs share the agent's user, and report so");
    await inWorld({}, async (world) => {
      const victim = aRun(sh("echo secret > mine; umask; sleep 600"));
      const ref = await startRun(world.engine, victim);
      await untilUp(world, await reportOf(world.engine, ref));
      const theirs = `${world.folder}/runs/${ref.handle}/work/mine`;
      const other = `cat ${theirs}; kill -9 -1; sleep 0.2; exit 8`;
      const thief = await runToEnd(world, aRun(sh(other)));
      const piece = { replica: 0, stream: "stdout", fromByte: 0, maxBytes: 100 } as const;
      expect(await world.engine.output(thief.ref, piece, soon())).toHaveLength(0);
      expect(thief.exitCode).toBe(8);
      expect((await reportOf(world.engine, ref)).state).toBe("running");
    });
  });
});

test("ps and /proc agree on when a process began", () => {
  const bootMs = Number(/btime (\d+)/.exec(readFileSync("/proc/stat", "utf8"))?.[1]) * 1000;
  const started = bootMs + (statOf(process.pid)?.startTicks ?? 0) * 10;
  expect(Math.abs((startFromPs(process.pid) ?? 0) - started)).toBeLessThan(2000);
});
