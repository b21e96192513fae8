import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalId } from "@wadi/protocol";
import type { Change, Journal } from "./journal.ts";
import { openJournal } from "./open-journal.ts";
import { pretendDisk, type PretendDisk } from "./pretend-disk.ts";

const folder = "/journal";
const all = { entries: 1_000_000, bytes: 1e9 };

test("entries are numbered from 1 and kept until they are acknowledged", async () => {
  const journal = await open(pretendDisk());
  await commit(journal, { entries: ["a", "b"] });
  await commit(journal, { entries: ["c"] });
  expect(await numbersAndNames(journal)).toEqual(["1 a", "2 b", "3 c"]);

  await journal.ack(2n);
  expect(await numbersAndNames(journal)).toEqual(["3 c"]);
});

test("a batch keeps to its bounds, has at least one entry, tells of more", async () => {
  const journal = await open(pretendDisk());
  await commit(journal, { entries: ["a", "b", "c"] });
  expect((await journal.batch({ entries: 2, bytes: 1e6 })).entries).toHaveLength(2);
  const least = await journal.batch({ entries: 10, bytes: 1 });
  expect(least).toMatchObject({ entries: { length: 1 }, more: true });
  await journal.ack(2n);
  expect(await journal.batch(all)).toMatchObject({ entries: { length: 1 }, more: false });
});

test("what is kept survives, and files that are acknowledged whole are removed", async () => {
  const disk = pretendDisk();
  let journal = await open(disk, { segmentBytes: 300 });
  for (let i = 0; i < 50; i += 1) {
    await commit(journal, { entries: [`e${i}`], keep: { last: `${i}` } });
  }
  await journal.ack(49n);
  expect(segmentsOf(disk)).toHaveLength(1);

  journal = await open(disk, { segmentBytes: 300 });
  expect(journal.kept.get("last")).toBe('"49"');
  expect((await numbersAndNames(journal)).at(-1)).toBe("50 e49");
  await commit(journal, { entries: ["next"] });
  expect((await numbersAndNames(journal)).at(-1)).toBe("51 next");
});

test("after a reset what is not acknowledged is numbered anew, and marks stay true", async () => {
  const disk = pretendDisk();
  const journal = await open(disk);
  const before = journal.id;
  await commit(journal, { entries: ["a", "b"] });
  const { mark } = (await commit(journal, { entries: ["c"], keep: { k: "v" } })) as {
    mark: bigint;
  };
  await journal.ack(1n);
  await journal.reset();

  expect(journal.id).not.toBe(before);
  expect(await numbersAndNames(journal)).toEqual(["1 b", "2 c"]);
  expect(journal.isAcked(mark)).toBe(false);
  await journal.ack(2n);
  expect(journal.isAcked(mark)).toBe(true);

  const again = await open(disk);
  expect(again.id).toBe(journal.id);
  expect(again.kept.get("k")).toBe('"v"');
});

test("a damaged file is noticed, and all that can be read goes into a new journal", async () => {
  const disk = pretendDisk();
  const before = await open(disk);
  await commit(before, { entries: ["a"] });
  await commit(before, { entries: ["b"], keep: { k: "v" } });
  await commit(before, { entries: ["c"] });
  const [path] = segmentsOf(disk);
  const content = disk.files.get(path!)!;
  content.bytes = Buffer.from(content.bytes.toString().replace('"name":"b"', '"name":"X"'));

  const journal = await open(disk);
  expect(journal.damage).toContain("unreadable");
  expect(journal.id).not.toBe(before.id);
  expect(await numbersAndNames(journal)).toEqual(["1 a", "2 c"]);
  expect(journal.kept.get("k")).toBe('"v"');
  expect(segmentsOf(disk)).toHaveLength(1);
});

test("on a full disk logs are left out and the essential takes the reserve", async () => {
  const disk = pretendDisk();
  const troubles: (string | null)[] = [];
  const journal = await open(disk, {
    reserveBytes: 4000,
    onTrouble: (trouble) => troubles.push(trouble?.message ?? null),
  });
  disk.limit(disk.used() + 100);

  expect(await commit(journal, { entries: ["x".repeat(500)], weight: "log" })).toEqual({
    kind: "no-room",
  });
  expect(journal.takes("plain")).toBe(false);
  expect(await commit(journal, { entries: ["plain"], weight: "plain" })).toEqual({
    kind: "no-room",
  });
  expect(await commit(journal, { entries: ["the end"] })).toMatchObject({ kind: "durable" });
  expect(await numbersAndNames(journal)).toEqual(["1 the end"]);

  disk.limit(Infinity);
  await journal.tend();
  expect(journal.takes("log")).toBe(true);
  expect(troubles).toEqual(["the pretend disk says ENOSPC", null]);
});

test("when even the reserve is used up the essential waits, and comes in its order", async () => {
  const disk = pretendDisk();
  const journal = await open(disk, { reserveBytes: 10 });
  disk.limit(disk.used());
  const waiting = [
    commit(journal, { entries: ["first"] }),
    commit(journal, { entries: ["second"] }),
  ];
  await new Promise<void>((done) => setImmediate(done));
  expect(await numbersAndNames(journal)).toEqual([]);

  disk.limit(Infinity);
  await Promise.all(waiting);
  expect(await numbersAndNames(journal)).toEqual(["1 first", "2 second"]);
});

test("a sync that failed is not taken for success", async () => {
  const disk = pretendDisk();
  const journal = await open(disk);
  disk.failSyncs(3);
  await commit(journal, { entries: ["a"] });
  const found = await open(disk.afterDeath("power-cut", () => 0));
  expect(await numbersAndNames(found)).toEqual(["1 a"]);
});

test("above half of its bound the journal takes no logs, later only the essential", async () => {
  const journal = await open(pretendDisk(), { bytesMax: 2000, reserveBytes: 1 });
  await commit(journal, { entries: ["x".repeat(1000)] });
  expect(journal.takes("log")).toBe(false);
  expect(journal.takes("plain")).toBe(true);
  await commit(journal, { entries: ["x".repeat(600)] });
  expect(journal.takes("plain")).toBe(false);
  expect(await commit(journal, { entries: ["end"] })).toMatchObject({ kind: "durable" });
});

const anyAct = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant("commit"), size: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("ack"), size: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("reset"), size: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("full"), size: fc.nat(600) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("room"), size: fc.nat(1) }) },
);
const anyLife = fc.record({
  acts: fc.array(anyAct, { maxLength: 25 }),
  calls: fc.nat(150),
  how: fc.constantFrom("killed" as const, "power-cut" as const),
  seed: fc.integer(),
});

test("whenever the process dies, what was confirmed is there, in order, once", async () => {
  const property = fc.asyncProperty(fc.array(anyLife, { maxLength: 5 }), async (lives) => {
    let disk = pretendDisk();
    let said: Said = { sure: [], maybe: [], acked: 0 };
    expect(lives.length).toBeLessThan(6);
    for (const life of lives) {
      await Promise.race([disk.dieAfter(life.calls), live(disk, life, said)]);
      disk = disk.afterDeath(life.how, chanceOf(life.seed));
      said = await check(disk, said);
    }
  });
  await fc.assert(property, { numRuns: 300 });
});

/** What was told to the journal; `maybe` is what it had not confirmed when it died. */
interface Said {
  sure: string[];
  maybe: string[];
  acked: number;
}

async function live(
  disk: PretendDisk,
  life: { acts: { act: string; size: number }[] },
  said: Said,
) {
  const journal = await open(disk, { segmentBytes: 400, reserveBytes: 2000 });
  for (const { act, size } of life.acts) {
    if (act === "commit") await speak(journal, said, size);
    if (act === "reset") await journal.reset().catch(() => {}); // there may be no room for it
    if (act === "full") disk.limit(disk.used() + size);
    if (act === "room") disk.limit(Infinity);
    if (act === "ack") {
      const { entries } = await journal.batch(all);
      const count = Math.min(size, entries.length);
      said.acked = Math.max(said.acked, said.sure.length - entries.length + count);
      await journal.ack(journal.acked + BigInt(count));
    }
  }
  disk.limit(Infinity);
  await journal.tend();
}

/** Commits some changes at once, each with an entry and a value that both hold its own number. */
async function speak(journal: Journal, said: Said, size: number) {
  const names = Array.from({ length: 1 + (size % 4) }, (_, i) => `${said.sure.length + i}`);
  said.maybe = names;
  const changes = names.map((name) => {
    const padded = name.padEnd(size, ".");
    return commit(journal, { entries: [padded], keep: { last: name } });
  });
  await Promise.all(changes);
  said.sure.push(...names);
  said.maybe = [];
}

async function check(disk: PretendDisk, said: Said): Promise<Said> {
  const journal = await open(disk, { segmentBytes: 400 });
  expect(journal.damage).toBeNull();
  const read = await numbersAndNames(journal);
  const numbers = read.map((line) => BigInt(line.split(" ")[0]!));
  expect(numbers).toEqual(numbers.map((_, i) => journal.acked + 1n + BigInt(i)));

  const found = read.map((line) => line.split(" ")[1]!.replace(/\.+$/, ""));
  const told = [...said.sure, ...said.maybe];
  const kept = journal.kept.get("last");
  const count = kept === undefined ? 0 : Number(JSON.parse(kept)) + 1;
  expect(count).toBeGreaterThanOrEqual(said.sure.length);
  expect(count).toBeLessThanOrEqual(told.length);
  expect(found).toEqual(told.slice(count - found.length, count));
  expect(count - found.length).toBeLessThanOrEqual(said.acked);
  await journal.close();
  return { sure: told.slice(0, count), maybe: [], acked: count - found.length };
}

let ids = 0;
function open(disk: PretendDisk, differs: Partial<Parameters<typeof openJournal>[0]> = {}) {
  return openJournal({
    disk,
    folder,
    bytesMax: 1e9,
    segmentBytes: 1e6,
    reserveBytes: 100,
    newId: () => `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, "0")}` as JournalId,
    pause: () => new Promise<void>((done) => setImmediate(done)),
    onTrouble: () => {},
    ...differs,
  });
}

function commit(
  journal: Journal,
  change: { entries: string[]; keep?: Record<string, string>; weight?: Change["weight"] },
) {
  return journal.commit({
    entries: change.entries.map((name) => JSON.stringify({ name })),
    keep: Object.entries(change.keep ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
    weight: change.weight ?? "essential",
  });
}

async function numbersAndNames(journal: Journal): Promise<string[]> {
  const { entries } = await journal.batch(all);
  return entries
    .map((text) => JSON.parse(text) as { seq: string; name: string })
    .map(({ seq, name }) => `${seq} ${name}`);
}

const segmentsOf = (disk: PretendDisk) =>
  [...disk.files.keys()].filter((path) => path.endsWith(".seg"));

function chanceOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
