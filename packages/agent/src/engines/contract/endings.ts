import { durationOf } from "@wadi/core/units";
import { expect } from "vitest";
import { aRun, ended, reportOf, runToEnd, soon, startRun, type ContractTests } from "./world.ts";

/** How a run can end, and how each way is told from the others. */
export const endings: ContractTests = {
  "a run that exits with 0 has succeeded": async (world, commands) => {
    const report = await runToEnd(world, aRun(commands.endingAfter(50)));
    expect(report).toMatchObject({ state: "succeeded", exitCode: 0, signal: null });
    expect(report.endedAtMs).toBe((report.startedAtMs ?? 0) + report.usage.heldMs);
  },

  "every exit code is told as it is": async (world, commands) => {
    const codes = [1, 7, 42, 126, 127, 129, 130, 137, 141, 143, 255];
    const specs = codes.map((code) => aRun(commands.endingAfter(0, code)));
    const refs = await Promise.all(specs.map((spec) => startRun(world.engine, spec)));
    for (const [i, ref] of refs.entries()) {
      const report = await ended(world, ref);
      expect(report).toMatchObject({ state: "failed", exitCode: codes[i], signal: null });
      expect(report.message).not.toBe("");
    }
  },

  "a run that a signal ended is told from one that exits with a number above 128": async (
    world,
    commands,
  ) => {
    const signals = ["SIGKILL", "SIGTERM", "SIGSEGV", "SIGABRT", "SIGHUP", "SIGUSR1"];
    const specs = signals.map((signal) => aRun(commands.endedBy(signal)));
    const refs = await Promise.all(specs.map((spec) => startRun(world.engine, spec)));
    for (const [i, ref] of refs.entries()) {
      const told = { state: "failed", exitCode: null, signal: signals[i] };
      expect(await ended(world, ref)).toMatchObject(told);
    }
  },

  "a run is stopped when it reaches its longest run time": async (world, commands) => {
    const spec = aRun(commands.endingAfter(30_000), { maxRun: durationOf(300) });
    const report = await runToEnd(world, spec);
    expect(report.state).toBe("timed-out");
    expect(report.usage.heldMs).toBeGreaterThanOrEqual(300);
    expect(report.usage.heldMs).toBeLessThan(15_000);
  },

  "a run that is asked to stop ends as stopped": async (world, commands) => {
    const ref = await startRun(world.engine, aRun(commands.endingAfter(30_000)));
    await world.engine.stop(ref, soon());
    expect(await ended(world, ref)).toMatchObject({ state: "stopped", signal: "SIGTERM" });
  },

  "a run that will not hear is killed when its grace is over": async (world, commands) => {
    const ref = await startRun(world.engine, aRun(commands.deaf()));
    await world.pass(200); // Until it has closed its ears.
    await world.engine.stop(ref, soon());
    expect(await ended(world, ref)).toMatchObject({ state: "stopped", signal: "SIGKILL" });
    expect(world.processes()).toBe(0);
  },

  "stopping again, or too late, or what was never there, changes nothing": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const running = await startRun(engine, aRun(commands.endingAfter(30_000)));
    await Promise.all([engine.stop(running, soon()), engine.stop(running, soon())]);
    await engine.stop(running, soon());
    const stopped = await ended(world, running);

    await engine.stop(running, soon());
    expect(await reportOf(engine, running)).toEqual(stopped);

    const done = await startRun(engine, aRun(commands.endingAfter(0)));
    const before = await ended(world, done);
    await engine.stop(done, soon());
    expect(await reportOf(engine, done)).toEqual(before);

    const { ref: never } = { ref: { ...done, run: aRun(commands.deaf()).run, handle: "no" } };
    await engine.stop(never, soon());
    expect(await engine.observe([never], soon())).toEqual([]);
  },

  "a gang is one run: it fails as soon as it has failed in one replica": async (
    world,
    commands,
  ) => {
    const spec = aRun(commands.endingAfter(100, 5), { replicas: 3 });
    const report = await runToEnd(world, spec);
    expect(report).toMatchObject({ state: "failed", exitCode: 5 });
    expect(report.placement).toHaveLength(3);
    expect(world.processes()).toBe(0);
  },
};
