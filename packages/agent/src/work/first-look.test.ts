import { expect, test } from "vitest";
import type { EngineRef, RunReport } from "../engines/engine.ts";
import { makeFirstLook } from "./first-look.ts";

const ref = (handle: string) => ({ engine: "fake", run: handle, handle }) as unknown as EngineRef;
const reportOf = (one: EngineRef) => ({ ref: one, state: "running" }) as RunReport;
const never = new AbortController().signal;

test("runs that are started while the engine answers are asked after together", async () => {
  const asked: string[][] = [];
  const gate = Promise.withResolvers<void>();
  const observe = async (refs: readonly EngineRef[]) => {
    asked.push(refs.map(({ handle }) => handle));
    await gate.promise;
    return refs.filter(({ handle }) => handle !== "c").map(reportOf);
  };
  const look = makeFirstLook({ observe }, never);
  const first = look(ref("a"));
  await expect.poll(() => asked).toEqual([["a"]]);
  const others = [look(ref("b")), look(ref("c"))];
  gate.resolve();
  expect((await first)?.ref.handle).toBe("a");
  const [b, c] = await Promise.all(others);
  expect([b?.ref.handle, c]).toEqual(["b", undefined]);
  expect(asked).toEqual([["a"], ["b", "c"]]);
});

test("an engine that does not answer leaves nothing known, and is asked again", async () => {
  let tries = 0;
  const observe = async (refs: readonly EngineRef[]) => {
    tries += 1;
    if (tries === 1) throw new Error("out of reach");
    return refs.map(reportOf);
  };
  const look = makeFirstLook({ observe }, never);
  expect(await look(ref("a"))).toBeUndefined();
  expect((await look(ref("a")))?.state).toBe("running");
});

test("an engine that takes long is waited for no longer than a moment", async () => {
  const observe = (_refs: readonly EngineRef[], signal: AbortSignal) =>
    new Promise<RunReport[]>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  expect(await makeFirstLook({ observe }, never)(ref("a"))).toBeUndefined();
});
