import { durationOf } from "@wadi/core/units";
import { expect } from "vitest";
import {
  aRun,
  cardsPerHost,
  ended,
  model,
  reportOf,
  runToEnd,
  slotsOf,
  soon,
  startRun,
  type ContractTests,
} from "./world.ts";

/** What outlives an agent, what ends with the centre's lease, and what dies with the centre. */
export const lasting: ContractTests = {
  "a run goes on when its agent dies, and a new agent finds it as it was": async (
    world,
    commands,
  ) => {
    const cards = { model, count: cardsPerHost };
    const spec = aRun(commands.printing({ stdout: "still here", stderr: "" }, 700), { cards });
    const ref = await startRun(world.engine, spec);
    const before = await reportOf(world.engine, ref);

    const engine = await world.reopen();
    const after = await reportOf(engine, ref);
    expect(after).toMatchObject({ state: "running", placement: before.placement });
    expect(after.usage.heldMs).toBeGreaterThanOrEqual(before.usage.heldMs);
    expect(await engine.start(spec, soon())).toEqual(ref);

    const other = await startRun(engine, aRun(commands.endingAfter(30_000), { cards }));
    const { placement } = await reportOf(engine, other);
    expect(slotsOf([after, { ...after, placement }])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const last = await ended(world, ref, { engine });
    expect(last).toMatchObject({ state: "succeeded", output: [{ stdout: 10, stderr: 0 }] });
  },

  "an end that came while no agent was there is told to the next": async (world, commands) => {
    const ref = await startRun(world.engine, aRun(commands.endingAfter(50, 3)));
    await world.engine.close();
    await world.pass(400);
    const engine = await world.reopen();
    expect(await ended(world, ref, { engine })).toMatchObject({ state: "failed", exitCode: 3 });
  },

  "when what keeps the runs is killed they are lost, and nothing of them is left": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const done = await runToEnd(world, aRun(commands.endingAfter(0, 4)));
    const cards = { model, count: cardsPerHost };
    const specs = [commands.endingAfter(30_000), commands.deaf()].map((told) =>
      aRun(told, { cards }),
    );
    const refs = await Promise.all(specs.map((spec) => startRun(engine, spec)));
    await world.pass(300);
    const before = await engine.observe(refs, soon());

    await world.loseRuns();
    const after = await engine.observe(refs, soon());
    expect(after.map(({ state }) => state)).toEqual(["lost", "lost"]);
    expect(world.processes()).toBe(0);
    for (const [i, { usage }] of after.entries()) {
      expect(usage.heldMs).toBeGreaterThanOrEqual(before[i]?.usage.heldMs ?? 0);
      expect(usage.cpuMs).toBeGreaterThanOrEqual(before[i]?.usage.cpuMs ?? 0);
    }
    expect(await reportOf(engine, done.ref)).toEqual(done);
    // Nothing of them holds a card either.
    const all = aRun(commands.endingAfter(0), { cards, replicas: 2 });
    expect((await runToEnd(world, all)).state).toBe("succeeded");
  },

  "rerunnable runs are gone when the lease ends; the others go on": async (world, commands) => {
    const { engine } = world;
    const long = commands.endingAfter(30_000);
    const untilMs = engine.clockMs() + 1200;
    await engine.renewLease({ untilMs }, soon());
    const rerunnable = { rerunnable: true, stopGrace: durationOf(10_000) };
    const leased = await startRun(engine, aRun(long, rerunnable));
    const deaf = await startRun(engine, aRun(commands.deaf(), rerunnable));
    const other = await startRun(engine, aRun(long));
    await engine.close();

    await world.pass(Math.max(0, untilMs - engine.clockMs()) + 300);
    const again = await world.reopen();
    expect(await ended(world, leased, { engine: again, withinMs: 100 })).toMatchObject({
      state: "lease-lost",
    });
    expect(await ended(world, deaf, { engine: again, withinMs: 100 })).toMatchObject({
      state: "lease-lost",
      signal: "SIGKILL",
    });
    expect((await reportOf(again, other)).state).toBe("running");
  },

  "a lease that is renewed keeps its runs; without one none is started": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const spec = aRun(commands.endingAfter(30_000), { rerunnable: true });
    await expect(startRun(engine, spec)).rejects.toMatchObject({ reason: "lease-over" });

    await engine.renewLease({ untilMs: engine.clockMs() + 400 }, soon());
    const ref = await startRun(engine, spec);
    for (let i = 0; i < 8; i++) {
      await engine.renewLease({ untilMs: engine.clockMs() + 400 }, soon());
      await world.pass(100);
    }
    expect((await reportOf(engine, ref)).state).toBe("running");
    await engine.renewLease({ untilMs: engine.clockMs() - 1 }, soon());
    expect((await ended(world, ref)).state).toBe("lease-lost");
  },

  "a lease holds on when what keeps the runs is killed": async (world, commands) => {
    const { engine } = world;
    await engine.renewLease({ untilMs: engine.clockMs() + 30_000 }, soon());
    await startRun(engine, aRun(commands.endingAfter(0), { rerunnable: true }));
    await world.loseRuns();
    const ref = await startRun(engine, aRun(commands.endingAfter(0), { rerunnable: true }));
    expect((await ended(world, ref)).state).toBe("succeeded");
  },

  "two hundred runs at once all end, and leave nothing behind": async (world, commands) => {
    const { engine } = world;
    const specs = Array.from({ length: 200 }, (_, i) => aRun(commands.endingAfter(50, i % 4)));
    const refs = await Promise.all(specs.map((spec) => startRun(engine, spec)));
    const reports = [];
    for (const ref of refs) reports.push(await ended(world, ref));
    expect(reports.map(({ exitCode }) => exitCode)).toEqual(refs.map((_, i) => i % 4));
    expect(world.processes()).toBe(0);
    for (const ref of refs) await engine.forget(ref, soon());
    expect(await engine.holding(soon())).toEqual([]);
  },
};
