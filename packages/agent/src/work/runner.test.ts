import * as fc from "fast-check";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { asId, durationOf, mebibytes, type HostId } from "@wadi/core/units";
import type { JournalId, Lease, LinkEntry } from "@wadi/protocol";
import type { Engine, EngineHost } from "../engines/engine.ts";
import { FakeCentre } from "../engines/fake/fake-centre.ts";
import { pretendClock } from "../engines/fake/fake-clock.ts";
import { openFakeEngine } from "../engines/fake/fake-engine.ts";
import { aLease, newUuid } from "./a-lease.ts";
import type { AgentClock } from "./agent-clock.ts";
import { openJournal } from "./journal/open-journal.ts";
import { pretendDisk, type PretendDisk } from "./journal/pretend-disk.ts";
import { makeRunner } from "./runner.ts";

const hurried: AgentClock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  pause: () => new Promise((done) => setTimeout(done, 1)),
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

test("a lease becomes a run: told, metered, ended, and forgotten when the hub knows", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  const lease = aLease({ spec: { env: { FAKE_RUN_MS: "90000", FAKE_STDOUT: "hello" } } });
  agent.take([lease]);
  await agent.until("running");
  world.clock.advance(45_000);
  await agent.until("reading");
  world.clock.advance(45_000);
  await agent.until("succeeded");

  expect(await agent.told()).toEqual([
    "running",
    "log hello",
    "reading 1 45s",
    "reading 2 45s final",
    "succeeded",
  ]);
  expect(agent.runner.holding()).toEqual([{ run: lease.run, generation: 1 }]);
  await agent.acknowledge();
  expect(agent.runner.holding()).toEqual([]);
  expect(world.centre.holding()).toEqual([]);
  expect(agent.journal.kept.size).toBe(0);
});

test("a lease that is offered again and again is one run", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  const lease = aLease();
  for (let i = 0; i < 3; i += 1) agent.take([lease, lease]);
  await agent.until("running");
  agent.take([lease]);
  world.clock.advance(1000);
  await agent.until("succeeded");
  expect(await agent.told()).toEqual(["running", "reading 1 1s final", "succeeded"]);
});

test("a run that is stopped is told as stopped, with what it used", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  const lease = aLease({ spec: { env: { FAKE_RUN_MS: "90000", FAKE_STOP_MS: "2000" } } });
  agent.take([lease]);
  await agent.until("running");
  world.clock.advance(5000);
  agent.runner.take({ leases: [], stops: [{ run: lease.run, generation: 1, why: "cancelled" }] });
  await vi.waitFor(() => {
    world.clock.advance(2000);
    expect(world.centre.observe([refOf(lease)])[0]?.state).toBe("stopped");
  });
  await agent.until("stopped");
  expect((await agent.told()).slice(-2)).toEqual([
    expect.stringMatching(/^reading 1 .* final$/),
    "stopped",
  ]);
});

test.each(["together with", "after"])(
  "a lease that comes %s the order to stop its run is not taken: it was told as not held",
  async (when) => {
    const world = newWorld();
    const agent = await startAgent(world);
    const lease = aLease();
    const stop = { run: lease.run, generation: 1, why: "cancelled" } as const;
    agent.runner.take({ leases: when === "after" ? [] : [lease], stops: [stop] });
    await agent.until("stopped");
    agent.runner.take({ leases: [lease], stops: [stop] }); // the answer is not there yet
    expect(agent.runner.held).toBe(0);
    expect(await agent.told()).toEqual(["stopped"]);
    expect(world.centre.holding()).toEqual([]);

    await agent.acknowledge();
    const other = aLease();
    agent.take([other]);
    await agent.until("running");
    expect(agent.runner.holding()).toEqual([{ run: other.run, generation: 1 }]);
  },
);

test("a newer run of a job waits until the older is over; an old lease is not taken", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  const old = aLease({ spec: { env: { FAKE_RUN_MS: "90000", FAKE_STOP_MS: "1000" } } });
  agent.take([old]);
  await agent.until("running");
  const next = aLease({ job: old.job, generation: 2 });
  agent.take([next]);
  expect(agent.runner.holding()).toHaveLength(1);
  await vi.waitFor(async () => {
    world.clock.advance(1000);
    expect(await agent.told()).toContain("stopped");
  });
  agent.take([next]);
  await agent.until("running", next);
  agent.take([aLease({ job: old.job, generation: 1 })]);
  expect(agent.runner.holding().map(({ generation }) => generation)).toEqual([1, 2]);
});

test("what cannot be started is refused, with the engine's own words", async () => {
  const agent = await startAgent(newWorld());
  agent.take([aLease({ cardsPerReplica: 99 })]);
  const [entry] = await agent.until("refused");
  expect(entry).toMatchObject({ message: expect.stringContaining("too few free cards") });
});

test("inputs that this engine cannot take are refused", async () => {
  const agent = await startAgent(newWorld());
  const input = { kind: "upload" as const, sha256: "0".repeat(64), to: "x", bytes: null };
  agent.take([aLease({ spec: { inputs: [input] } })]);
  await agent.until("refused");
  expect(await agent.told()).toEqual(["starting", "refused"]);
});

test("an engine out of reach is waited for", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  world.centre.isReachable = false;
  agent.take([aLease()]);
  await agent.until("starting");
  world.centre.isReachable = true;
  await agent.until("running");
  expect(await agent.told()).toEqual(["starting", "running"]);
});

test("runs that outlive their lease are told as such", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  agent.take([aLease({ spec: { env: { FAKE_RUN_MS: "90000000" } } })]);
  await agent.until("running");
  world.clock.advance(3_600_001);
  await agent.until("lease-lost");
  expect(await agent.told()).toContain("lease-lost");
});

test("what the engine has and the journal does not is ended before the hub hears", async () => {
  const world = newWorld();
  const before = await startAgent(world);
  const lease = aLease({ spec: { env: { FAKE_RUN_MS: "90000" } } });
  before.take([lease]);
  await before.until("running");
  await before.die();

  const turning = setInterval(() => world.clock.advance(1), 1);
  await startAgent({ ...world, disk: pretendDisk() }); // its journal is gone
  clearInterval(turning);
  expect(world.centre.holding()).toEqual([]);
});

test("on a full disk no lease is taken, logs stay behind, and the end is told", async () => {
  const world = newWorld();
  const agent = await startAgent(world);
  agent.take([aLease({ spec: { env: { FAKE_STDOUT: "x".repeat(3000) } } })]);
  await agent.until("running");
  world.disk.limit(world.disk.used());
  world.clock.advance(1000);
  await agent.until("succeeded");
  expect(agent.runner.room()).toBe(0);
  agent.take([aLease()]);
  await vi.waitFor(() => expect(agent.runner.holding()).toHaveLength(1));
});

test("wherever its start is cut, a run is started once, from a lease that is on disk", async () => {
  for (let calls = 1; calls <= 24; calls += 1) {
    const world = newWorld();
    const env = { FAKE_RUN_MS: "5000", FAKE_STDOUT: "x" };
    const lease = aLease({ spec: { env } });
    const told: LinkEntry[] = [];
    const death = world.disk.dieAfter(calls);
    const first = startAgent(world, told).then((one) => {
      one.take([lease]);
      return one;
    });
    await Promise.race([death, hurried.pause(1).then(() => first.then((one) => one.until("log")))]);
    void first.then((one) => one.die()).catch(() => {});
    const wasStarted = world.centre.holding().length > 0;

    const disk = world.disk.afterDeath("killed", () => 0.5);
    const next = await startAgent({ ...world, disk }, told);
    // What the engine has and the journal has not would be an orphan, and ended here.
    expect(next.runner.held).toBeGreaterThanOrEqual(wasStarted ? 1 : 0);
    next.take([lease]);
    await next.until("running");
    world.clock.advance(5000);
    await next.until("succeeded");
    await next.acknowledge();
    checkStory(told, env);
    await next.die();
  }
}, 30_000);

test("a checkpoint is told while the run goes on, and its last one before its end", async () => {
  const world = newWorld();
  let bytes = 1;
  const readCheckpoint = async () => ({ writtenAtMs: world.clock.epochMs(), bytes });
  const agent = await startAgent({ ...world, readCheckpoint });
  const env = { FAKE_RUN_MS: "60000" };
  const [kept, plain] = [aLease({ spec: { env, checkpoint: "state" } }), aLease({ spec: { env } })];
  agent.take([kept, plain]);
  const [entry] = await agent.until("checkpoint", kept);
  expect(entry).toMatchObject({ bytes: "1" });
  bytes = 2;
  agent.runner.take({ leases: [], stops: [{ run: kept.run, generation: 1, why: "preempted" }] });
  await vi.waitFor(async () => {
    world.clock.advance(10);
    expect(await agent.told()).toContain("stopped");
  });
  const told = (await agent.entries()).filter(({ run }) => run === kept.run);
  expect(told.map(({ kind }) => kind)).toEqual([
    ...["state", "checkpoint", "checkpoint", "reading", "state"],
  ]);
  expect(told[2]).toMatchObject({ bytes: "2" });
});

test("whenever the agent is killed, every run is told to its end, each thing once", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 3 }),
    async (lives, count) => {
      const world = newWorld();
      const env = { FAKE_RUN_MS: "5000", FAKE_STDOUT: "some output of the run\n" };
      const leases = Array.from({ length: count }, () => aLease({ spec: { env } }));
      const told: LinkEntry[] = [];
      let disk = world.disk;
      for (const calls of lives) {
        const death = disk.dieAfter(calls);
        const agent = startAgent({ ...world, disk }, told).then((one) => {
          one.take(leases.filter((lease) => !told.some(({ run }) => run === lease.run)));
          return one;
        });
        const turning = setInterval(() => world.clock.advance(200), 2);
        const isAcked = agent.then((one) => hurried.pause(1).then(() => one.acknowledge()));
        isAcked.catch(() => {});
        await Promise.race([death, new Promise((done) => setTimeout(done, 60))]);
        clearInterval(turning);
        void agent.then(
          (one) => one.die(),
          () => {},
        );
        disk = disk.afterDeath("killed", () => 0.5);
      }
      const last = await startAgent({ ...world, disk }, told);
      last.take(leases.filter((lease) => !told.some(({ run }) => run === lease.run)));
      await vi.waitFor(
        async () => {
          world.clock.advance(500);
          last.take(leases.filter((lease) => !told.some(({ run }) => run === lease.run)));
          await last.acknowledge();
          expect(last.runner.held).toBe(0);
        },
        { timeout: 10_000, interval: 5 },
      );
      for (const { run } of leases)
        checkStory(
          told.filter((entry) => entry.run === run),
          env,
        );
      await last.die();
    },
  );
  await fc.assert(property, { numRuns: 25 });
}, 90_000);

/** Of one run: states in order and once, readings without gap, output whole, all closed. */
function checkStory(told: readonly LinkEntry[], { FAKE_STDOUT }: { FAKE_STDOUT: string }) {
  const states = told.flatMap((entry) => (entry.kind === "state" ? [entry.state] : []));
  expect(["running,succeeded", "starting,running,succeeded"]).toContain(states.join());
  const readings = told.filter((entry) => entry.kind === "reading");
  expect(readings.map(({ number }) => number)).toEqual(readings.map((_, i) => i + 1));
  for (const [i, reading] of readings.entries()) {
    expect(reading.final).toBe(i === readings.length - 1);
    expect(reading.from).toEqual(readings[i - 1]?.to ?? readings[0]!.from);
  }
  const first = readings[0]!.from;
  expect(readings.at(-1)!.to.since(first).total("milliseconds")).toBe(5000);
  const logs = told.filter((entry) => entry.kind === "log");
  expect(logs.map(({ data }) => Buffer.from(data, "base64").toString()).join("")).toBe(FAKE_STDOUT);
}

interface World {
  readonly clock: ReturnType<typeof pretendClock>;
  readonly centre: FakeCentre;
  readonly disk: PretendDisk;
  readonly readCheckpoint?: NonNullable<Engine["readCheckpoint"]>;
}

function newWorld(): World {
  const clock = pretendClock();
  const cards = Array.from({ length: 4 }, (_, slot) => ({
    slot,
    device: slot,
    model: asId<EngineHost["cards"][number]["model"]>("h100"),
    emulated: true,
  }));
  const id = asId<HostId>("a-host");
  const host: EngineHost = { id, cpuCores: 64, memory: mebibytes(65_536), emulated: true, cards };
  return { clock, centre: new FakeCentre([host], clock), disk: pretendDisk() };
}

/** An agent without its link: what it would tell the hub is read from its journal. */
async function startAgent({ centre, disk, readCheckpoint }: World, heard: LinkEntry[] = []) {
  const ending = new AbortController();
  const journal = await openJournal({
    disk,
    folder: "/journal",
    bytesMax: 1e9,
    segmentBytes: 20_000,
    reserveBytes: 4000,
    newId: () => newUuid<JournalId>(),
    pause: () => hurried.pause(1),
    onTrouble: () => {},
  });
  const hub = { readInput: () => never("readInput"), writeOutput: () => never("writeOutput") };
  const runner = makeRunner({
    engine: { ...openFakeEngine(centre), ...(readCheckpoint && { readCheckpoint }) },
    journal,
    clock: hurried,
    log: pino({ level: "silent" }),
    stopGrace: durationOf(10_000),
    readingMs: 30_000,
    logBytesMax: 1e6,
    runsMax: 100,
    inputs: { hub, datasets: {}, urls: "none", urlBytesMax: 0 },
    outputs: { hub, bytesMax: 0, filesMax: 0 },
    urge: () => {},
    ending: ending.signal,
  });
  centre.renewLease(centre.clock.nowMs() + 3_600_000);
  await runner.reattach();
  const following = runner.follow();
  const entries = async () => {
    const { entries: texts } = await journal.batch({ entries: 1e6, bytes: 1e9 });
    return texts.map(entryOf);
  };
  const agent = {
    runner,
    journal,
    entries,
    take: (leases: readonly Lease[]) => runner.take({ leases: [...leases], stops: [] }),
    told: async () => (await entries()).map(inShort),
    /** As the hub does: each entry counts once, by its number in its journal. */
    acknowledge: async () => {
      const fresh = await entries();
      heard.push(...fresh.filter((entry) => !heard.some((one) => isSame(one, entry))));
      await journal.ack(journal.acked + BigInt(fresh.length));
      await runner.forgetTold();
    },
    until: (what: string, lease?: Lease) =>
      vi.waitFor(async () => {
        const found = (await entries()).filter(
          (entry) => inShort(entry).startsWith(what) && (!lease || entry.run === lease.run),
        );
        expect(found.length).toBeGreaterThan(0);
        return found;
      }),
    die: async () => {
      ending.abort();
      await Promise.race([following, hurried.pause(1)]); // on a dead disk it never ends
    },
  };
  ends.push(agent.die);
  return agent;
}

const never = async (what: string): Promise<never> => {
  throw new Error(`${what} was called`);
};

const refOf = ({ run, generation }: Lease) => ({
  engine: "fake" as const,
  run,
  generation,
  handle: `${run}.${generation}`,
});

function entryOf(text: string): LinkEntry {
  const { seq, ...fields } = JSON.parse(text) as Record<string, string>;
  const instants = ["at", "from", "to"].flatMap((name) =>
    fields[name] === undefined ? [] : [[name, Temporal.Instant.from(fields[name])]],
  );
  return { ...fields, ...Object.fromEntries(instants), seq: BigInt(seq!) } as never;
}

function inShort(entry: LinkEntry): string {
  if (entry.kind === "state") return entry.state;
  if (entry.kind === "log") return `log ${Buffer.from(entry.data, "base64").toString()}`;
  if (entry.kind !== "reading") return entry.kind;
  const seconds = entry.to.since(entry.from).total("seconds");
  return `reading ${entry.number} ${seconds}s${entry.final ? " final" : ""}`;
}

const isSame = (a: LinkEntry, b: LinkEntry) => a.seq === b.seq && a.run === b.run;
