import * as fc from "fast-check";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import type { JournalId, SyncReply } from "@wadi/protocol";
import { aLease, newUuid } from "./a-lease.ts";
import type { AgentClock } from "./agent-clock.ts";
import { openHubLink } from "./hub-link.ts";
import type { Journal } from "./journal/journal.ts";
import { openJournal } from "./journal/open-journal.ts";
import { pretendDisk } from "./journal/pretend-disk.ts";
import { startScriptedHub, type Fault, type ScriptedHub } from "./scripted-hub.ts";
import { makeSyncLoop, type SyncEnd, type SyncLoop } from "./sync-loop.ts";

/** Pauses pass in no time: what is tested is what comes after them. */
const hurried: AgentClock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  pause: () => new Promise((done) => setImmediate(done)),
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

test("what is committed reaches the hub at once, though a sync is waiting there", async () => {
  const { hub, journal, loop } = await link();
  await vi.waitFor(() => expect(hub.requests.at(-1)?.wait).toBe("10s"));
  await say(journal, loop, "a");
  await vi.waitFor(() => expect(journal.acked).toBe(1n));
  expect(hub.taken).toEqual([{ seq: "1", name: "a" }]);
});

test("the first sync says what is held and what the centre has, later ones do not", async () => {
  const { hub } = await link();
  await vi.waitFor(() => expect(hub.requests.length).toBeGreaterThan(1));
  const [first, second] = hub.requests;
  expect(first).toMatchObject({ holding: [{ run: held.run }], inventory: { engine: "fake" } });
  expect(second).toMatchObject({ holding: null, inventory: null });
});

test("an inventory that has changed is told again, once", async () => {
  const { hub, loop, inventory } = await link();
  await vi.waitFor(() => expect(hub.requests.at(-1)?.wait).toBe("10s"));
  const before = hub.requests.length;
  inventory.now = { engine: "fake", hosts: [{ id: "h1" }] };
  loop.urge("soon");
  await vi.waitFor(() => expect(hub.requests.length).toBeGreaterThan(before + 1));
  const told = hub.requests.slice(before).filter((request) => request.inventory !== null);
  expect(told.map((request) => request.inventory)).toEqual([inventory.now]);
});

test("leases and stops are handed on; the engine's lease counts from the asking", async () => {
  const lease = aLease();
  const hub = await newHub();
  hub.next = { leases: [lease], stops: [{ run: lease.run, generation: 1, why: "cancelled" }] };
  const { taken, renewed } = await link(hub);
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0));
  expect(taken[0]!.leases[0]).toMatchObject({ run: lease.run, spec: lease.spec });
  expect(taken[0]!.stops[0]).toMatchObject({ why: "cancelled" });
  expect(renewed[0]).toBe(1000 + 60_000);
});

test("a hub that has forgotten what it took gets a new journal with all that is left", async () => {
  const { hub, journal, loop } = await link();
  await say(journal, loop, "a", "b", "c");
  await vi.waitFor(() => expect(journal.acked).toBe(3n));
  const before = journal.id;
  hub.acked = 1n; // it was restored from a backup
  await say(journal, loop, "d");
  await vi.waitFor(() => expect(hub.taken.at(-1)).toEqual({ seq: "1", name: "d" }));
  expect(journal.id).not.toBe(before);
});

test("an agent whose journal is older than the hub's begins another, loses nothing", async () => {
  const hub = await newHub();
  const { journal, loop } = await link(hub);
  await vi.waitFor(() => expect(hub.journal).toBe(journal.id));
  hub.acked = 7n; // the agent's folder was restored from a backup
  await say(journal, loop, "a", "b");
  await vi.waitFor(() => expect(hub.taken.map(({ name }) => name)).toEqual(["a", "b"]));
});

test.each([
  ["agent-replaced", { kind: "replaced" }],
  ["not-signed-in", { kind: "not-known" }],
] as [Fault, SyncEnd][])("the hub answers %s: the loop ends", async (fault, end) => {
  const hub = await newHub();
  hub.faults.push("fine", fault);
  const { over } = await link(hub);
  expect(await over).toEqual(end);
});

test("a centre that was let go ends only when nothing is held and all is told", async () => {
  const hub = await newHub();
  const { runner, journal, loop, over } = await link(hub);
  hub.next = { mode: "left" };
  loop.urge("now");
  await say(journal, loop, "the last word");
  runner.held = 0;
  const leave = setInterval(() => {
    hub.next = { mode: "left" };
    loop.urge("now");
  }, 5);
  expect(await over).toEqual({ kind: "left" });
  clearInterval(leave);
  expect(hub.taken.map(({ name }) => name)).toEqual(["the last word"]);
});

test("too large for the hub: it is sent in smaller parts", async () => {
  const hub = await newHub();
  const { journal, loop } = await link(hub);
  hub.faults.push("body-too-large", "body-too-large");
  await say(journal, loop, "a", "b", "c", "d", "e", "f");
  await vi.waitFor(() => expect(journal.acked).toBe(6n));
  expect(hub.taken).toHaveLength(6);
});

const anyFault = fc.constantFrom<Fault>(
  "fine",
  "lost-request",
  "lost-reply",
  "twice",
  "late",
  "torn-reply",
  "database-unavailable",
  "outcome-unknown",
  "rate-limited",
  "internal-error",
);

test("whatever the network does, each entry is taken once and in order", async () => {
  const property = fc.asyncProperty(
    fc.array(anyFault, { maxLength: 25 }),
    fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
    async (faults, sizes) => {
      const hub = await newHub();
      hub.faults.push(...faults);
      const { journal, loop, stop } = await link(hub);
      const said: string[] = [];
      for (const size of sizes) {
        const names = Array.from({ length: size }, (_, i) => `${said.length + i}`);
        said.push(...names);
        await say(journal, loop, ...names);
        await new Promise(setImmediate);
      }
      await vi.waitFor(() => expect(hub.taken.length).toBe(said.length), { timeout: 10_000 });
      expect(hub.taken.map(({ name }) => name)).toEqual(said);
      expect(hub.taken.map(({ seq }) => Number(seq))).toEqual(said.map((_, i) => i + 1));
      await stop();
    },
  );
  await fc.assert(property, { numRuns: 40 });
}, 60_000);

const held = { run: newUuid(), generation: 1 };

async function newHub(): Promise<ScriptedHub> {
  const hub = await startScriptedHub();
  ends.push(() => hub.close());
  return hub;
}

async function link(given?: ScriptedHub) {
  const hub = given ?? (await newHub());
  const journal = await openJournal({
    disk: pretendDisk(),
    folder: "/journal",
    bytesMax: 1e9,
    segmentBytes: 1e6,
    reserveBytes: 1,
    newId: () => newUuid<JournalId>(),
    pause: async () => {},
    onTrouble: () => {},
  });
  const inventory = { now: { engine: "fake" } as object };
  const taken: Pick<SyncReply, "leases" | "stops">[] = [];
  const renewed: number[] = [];
  const runner = {
    held: 1,
    holding: () => [held] as never,
    room: () => 10,
    take: (reply: Pick<SyncReply, "leases" | "stops">) => void taken.push(reply),
    forgetTold: async () => {},
  };
  const loop = makeSyncLoop({
    link: openHubLink({ hub: hub.url, credential: "wadiagent_x" }),
    journal,
    runner,
    engine: { clockMs: () => 1000, renewLease: async ({ untilMs }) => void renewed.push(untilMs) },
    inventory: () => inventory.now,
    sign: () => null,
    clock: hurried,
    chance: () => 0.5,
    log: pino({ level: "silent" }),
    waitMs: 10_000,
  });
  const ending = new AbortController();
  const over = loop.run(ending.signal);
  const stop = () => {
    ending.abort();
    return over;
  };
  ends.unshift(stop);
  return { hub, journal, loop, runner, inventory, taken, renewed, over, stop };
}

async function say(journal: Journal, loop: SyncLoop, ...names: string[]) {
  const entries = names.map((name) => JSON.stringify({ name }));
  await journal.commit({ entries, keep: [], weight: "essential" });
  loop.urge("now");
}
