import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { asId, mebibytes, type CardModelId, type HostId } from "@wadi/core/units";
import type { Engine, EngineHost } from "./engines/engine.ts";
import { FakeCentre } from "./engines/fake/fake-centre.ts";
import { pretendClock } from "./engines/fake/fake-clock.ts";
import { openFakeEngine } from "./engines/fake/fake-engine.ts";
import { keptInventory } from "./kept-inventory.ts";

const model = asId<CardModelId>("a800-80g");
const aHost = (...serials: (string | undefined)[]): EngineHost => ({
  id: asId<HostId>("h1"),
  cpuCores: 64,
  memory: mebibytes(65_536),
  emulated: false,
  cards: serials.map((serial, slot) => ({
    ...{ slot, device: slot, model, emulated: false },
    ...(serial !== undefined && { serial }),
  })),
});

/** An engine whose hosts the test changes; each pause of the follower waits to be let on. */
async function following(first: EngineHost) {
  let host = first;
  let isReachable = true;
  const fake = openFakeEngine(new FakeCentre([first], pretendClock()));
  const describe: Engine["describe"] = async (signal) => {
    if (!isReachable) throw new Error("out of reach");
    return { ...(await fake.describe(signal)), hosts: [host] };
  };
  const engine: Engine = { ...fake, describe };
  const pauses: (() => void)[] = [];
  const clock = {
    nowMs: () => 0,
    steadyMs: () => 0,
    pause: () => new Promise<void>((done) => void pauses.push(done)),
  };
  const ending = new AbortController();
  const urge = vi.fn();
  const parts = { engine, clock, urge, log: pino({ level: "silent" }), version: "1" };
  const found = await engine.describe(ending.signal);
  const kept = keptInventory({ ...parts, ending: ending.signal }, found);
  const over = kept.follow();
  return {
    ...{ kept, urge },
    /** Another look, at what there is by then. */
    async look(now: EngineHost | null) {
      isReachable = now !== null;
      host = now ?? host;
      pauses.shift()!();
      await vi.waitFor(() => expect(pauses).toHaveLength(1));
    },
    async end() {
      ending.abort();
      pauses.shift()!();
      await over;
    },
  };
}

test("serial numbers are told by slot, those that are known", async () => {
  const { kept, end } = await following(aHost("SN-0", undefined, "SN-2"));
  expect(kept.now).toMatchObject({
    hosts: [
      {
        cards: [{ model, count: 3, emulated: false }],
        serials: [
          { slot: 0, serial: "SN-0" },
          { slot: 2, serial: "SN-2" },
        ],
      },
    ],
  });
  await end();
});

test("what has changed is told once, what has not is the same value", async () => {
  const { kept, urge, look, end } = await following(aHost(undefined));
  const first = kept.now;
  await look(aHost(undefined));
  expect(kept.now).toBe(first);
  expect(urge).not.toHaveBeenCalled();
  await look(aHost("SN-0"));
  expect(kept.now).toMatchObject({ hosts: [{ serials: [{ serial: "SN-0" }] }] });
  await look(aHost("SN-0"));
  expect(urge).toHaveBeenCalledTimes(1);
  await end();
});

test("while the engine cannot be asked, what was known stands", async () => {
  const { kept, urge, look, end } = await following(aHost("SN-0"));
  const first = kept.now;
  await look(null);
  expect(kept.now).toBe(first);
  await look(aHost("SN-1"));
  expect(kept.now).toMatchObject({ hosts: [{ serials: [{ serial: "SN-1" }] }] });
  expect(urge).toHaveBeenCalledTimes(1);
  await end();
});
