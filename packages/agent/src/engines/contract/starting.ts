import { expect } from "vitest";
import { sameRun } from "../engine.ts";
import {
  aRun,
  aRunAfter,
  ended,
  reportOf,
  runToEnd,
  soon,
  startRun,
  type ContractTests,
} from "./world.ts";

const once = { stdout: "once\n", stderr: "" };

/** Starting a run, again and in any order; what is known of it before and after. */
export const starting: ContractTests = {
  "a run is running when its start returns": async (world, commands) => {
    const spec = aRun(commands.endingAfter(30_000));
    const ref = await startRun(world.engine, spec);
    expect(ref).toMatchObject({ engine: world.engine.kind, run: spec.run, generation: 1 });
    const report = await reportOf(world.engine, ref);
    expect(report).toMatchObject({ state: "running", exitCode: null, endedAtMs: null });
    expect(report.startedAtMs).not.toBeNull();
  },

  "a run that is started again, at the same time or later, is run once": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const spec = aRun(commands.printing(once, 200));
    await engine.prepare(spec, soon());
    const refs = await Promise.all([1, 2, 3].map(() => engine.start(spec, soon())));
    expect(refs.every((ref) => sameRun(ref, refs[0]!))).toBe(true);

    const { output } = await ended(world, refs[0]!);
    await engine.prepare(spec, soon());
    expect(await engine.start(spec, soon())).toEqual(refs[0]);
    expect((await reportOf(engine, refs[0]!)).state).toBe("succeeded");
    expect(output).toEqual([{ stdout: 5, stderr: 0 }]);
  },

  "an older generation is refused, a newer one takes the place of what runs": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const second = aRun(commands.endingAfter(30_000), { generation: 2 });
    const ref = await startRun(engine, second);
    const first = aRunAfter(second, { generation: 1 });
    await expect(startRun(engine, first)).rejects.toMatchObject({ reason: "older-generation" });
    expect((await reportOf(engine, ref)).state).toBe("running");

    const third = await startRun(engine, aRunAfter(second, { generation: 3 }));
    expect((await ended(world, ref)).state).toBe("stopped");
    expect((await reportOf(engine, third)).state).toBe("running");
  },

  "a spec that makes no sense is refused, and the refusal names the field": async (
    { engine },
    commands,
  ) => {
    const command = { kind: "command", argv: [] } as const;
    const wrong = [
      aRun(commands.endingAfter(0), { replicas: 0 }),
      aRun(commands.endingAfter(0), { checkpoint: "../elsewhere" }),
      aRun({ command, env: {} }),
      aRun({ ...commands.endingAfter(0), env: { WADI_RUN_ID: "mine" } }),
      aRun({ ...commands.endingAfter(0), env: { "A B": "" } }),
    ];
    const said = await Promise.all(
      wrong.map((spec) =>
        engine.start(spec, soon()).then(
          () => "started",
          (error: unknown) => (error as { reason?: string }).reason + String(error),
        ),
      ),
    );
    const fields = ["replicas", "checkpoint", "command.argv", "WADI_RUN_ID", "A B"];
    for (const [i, text] of said.entries()) {
      expect(text).toContain("bad-spec");
      expect(text).toContain(fields[i]);
    }
  },

  "a run that was never started is absent, and so is one that was forgotten": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const ref = await startRun(engine, aRun(commands.endingAfter(0)));
    expect(await engine.holding(soon())).toEqual([ref]);
    await ended(world, ref);
    await engine.forget(ref, soon());
    await engine.forget(ref, soon());
    expect(await engine.observe([ref], soon())).toEqual([]);
    expect(await engine.holding(soon())).toEqual([]);
  },

  "a run that is alive, and its job, cannot be forgotten": async ({ engine }, commands) => {
    const spec = aRun(commands.endingAfter(30_000));
    const ref = await startRun(engine, spec);
    await expect(engine.forget(ref, soon())).rejects.toThrow("alive");
    await expect(engine.forgetJob(spec.job, soon())).rejects.toThrow("alive");
  },

  "a change is told to whoever waits for it": async (world, commands) => {
    const { engine } = world;
    const ref = await startRun(engine, aRun(commands.endingAfter(100)));
    let mark = await engine.changes(-1, soon());
    for (let state = "running"; state === "running";) {
      const next = engine.changes(mark, soon());
      await world.pass(200);
      mark = await next;
      ({ state } = await reportOf(engine, ref));
    }
    expect((await reportOf(engine, ref)).state).toBe("succeeded");
  },

  "output is read by offset, as often as one likes": async (world, commands) => {
    const { engine } = world;
    const spec = aRun(commands.printing({ stdout: "0123456789", stderr: "oh" }, 0));
    const { ref, output } = await runToEnd(world, spec);
    const read = async (stream: "stdout" | "stderr", fromByte: number, maxBytes: number) => {
      const piece = { replica: 0, stream, fromByte, maxBytes };
      return Buffer.from(await engine.output(ref, piece, soon())).toString();
    };
    expect(output).toEqual([{ stdout: 10, stderr: 2 }]);
    expect(await read("stdout", 0, 4)).toBe("0123");
    expect(await read("stdout", 4, 100)).toBe("456789");
    expect(await read("stdout", 0, 4)).toBe("0123");
    expect(await read("stdout", 10, 4)).toBe("");
    expect(await read("stderr", 0, 4)).toBe("oh");
  },
};
