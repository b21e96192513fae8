import { asId, mebibytes, type HostId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { engineContract } from "../engine-contract.ts";
import { aRun, cardsPerHost, model, soon, type ContractWorld } from "../contract/world.ts";
import type { EngineHost } from "../engine.ts";
import { FakeCentre } from "./fake-centre.ts";
import { pretendClock, realClock } from "./fake-clock.ts";
import { openFakeEngine } from "./fake-engine.ts";

const hosts = (count: number, cards: number): EngineHost[] =>
  Array.from({ length: count }, (_, host) => ({
    id: asId<HostId>(`h${host}`),
    cpuCores: 64,
    memory: mebibytes(65_536),
    emulated: true,
    cards: Array.from({ length: cards }, (_card, device) => ({
      slot: host * cards + device,
      device,
      model,
      emulated: true,
    })),
  }));

const command = { kind: "command", argv: ["fake"] } as const;
const told = (env: Record<string, string>) => ({ command, env });

engineContract("fake", {
  commands: {
    endingAfter: (ms, exitCode = 0) =>
      told({ FAKE_RUN_MS: String(ms), FAKE_EXIT: String(exitCode) }),
    endedBy: (signal) => told({ FAKE_RUN_MS: "0", FAKE_SIGNAL: signal }),
    printing: ({ stdout, stderr }, ms) =>
      told({ FAKE_RUN_MS: String(ms), FAKE_STDOUT: stdout, FAKE_STDERR: stderr }),
    deaf: () => told({ FAKE_RUN_MS: "3600000", FAKE_STOP_MS: "3600000" }),
  },
  makeWorld: async () => makeFakeWorld(hosts(2, cardsPerHost)),
  async makeSeenWorld() {
    const seen = hosts(2, cardsPerHost).map((host) => ({
      ...host,
      cards: host.cards.map((card) => ({ ...card, emulated: false, serial: `SN-${card.slot}` })),
    }));
    return {
      ...makeFakeWorld(seen),
      working: ({ command: fake, env }, thousandths) => ({
        command: fake,
        env: thousandths === null ? env : { ...env, FAKE_BUSY: String(thousandths) },
      }),
    };
  },
});

function makeFakeWorld(given: readonly EngineHost[]): ContractWorld {
  const clock = pretendClock();
  const centre = new FakeCentre(given, clock);
  return {
    engine: openFakeEngine(centre),
    reopen: async () => openFakeEngine(centre),
    loseRuns: async () => centre.loseAll(),
    pass: async (ms) => clock.advance(ms),
    processes: () => 0,
    end: async () => undefined,
  };
}

test("what is asked of it while it is out of reach is refused as unreachable", async () => {
  const centre = new FakeCentre(hosts(1, 1), pretendClock());
  const engine = openFakeEngine(centre);
  centre.isReachable = false;
  const spec = aRun(told({}));
  await expect(engine.start(spec, soon())).rejects.toMatchObject({ name: "EngineUnreachable" });
  centre.isReachable = true;
  expect((await engine.start(spec, soon())).run).toBe(spec.run);
});

test.each([
  ["out-of-memory", { FAKE_END: "out-of-memory" }],
  ["lost", { FAKE_END: "lost" }],
])("a run can be made to end as %s", async (state, env) => {
  const clock = pretendClock();
  const engine = openFakeEngine(new FakeCentre(hosts(1, 1), clock));
  const ref = await engine.start(aRun(told(env)), soon());
  clock.advance(1000);
  expect(await engine.observe([ref], soon())).toMatchObject([{ state }]);
});

test("a start can be made to be refused", async () => {
  const engine = openFakeEngine(new FakeCentre(hosts(1, 1), pretendClock()));
  const spec = aRun(told({ FAKE_REFUSE: "cannot-start" }));
  await expect(engine.start(spec, soon())).rejects.toMatchObject({ reason: "cannot-start" });
});

test("a hundred thousand runs hold a hundred thousand different cards", async () => {
  const clock = pretendClock();
  const engine = openFakeEngine(new FakeCentre(hosts(12_500, 8), clock));
  const specs = Array.from({ length: 100_000 }, () =>
    aRun(told({ FAKE_RUN_MS: "5000" }), { cards: { model, count: 1 } }),
  );
  const refs = [];
  for (const spec of specs) refs.push(await engine.start(spec, soon()));
  const reports = await engine.observe(refs, soon());
  const slots = reports.map(({ placement }) => placement[0]?.slots[0]);
  expect(new Set(slots).size).toBe(100_000);
  clock.advance(5000);
  const after = await engine.observe(refs, soon());
  expect(after.every(({ state }) => state === "succeeded")).toBe(true);
});

test("with a real clock runs end by themselves", async () => {
  const engine = openFakeEngine(new FakeCentre(hosts(1, 8), realClock()));
  let mark = await engine.changes(-1, soon());
  const refs = await Promise.all(
    [30, 5, 20, 10].map((ms) => engine.start(aRun(told({ FAKE_RUN_MS: String(ms) })), soon())),
  );
  for (;;) {
    const reports = await engine.observe(refs, soon());
    if (reports.every(({ state }) => state === "succeeded")) break;
    mark = await engine.changes(mark, soon());
  }
  expect(mark).toBeGreaterThan(8);
});
