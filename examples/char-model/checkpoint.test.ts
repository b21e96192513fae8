import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCheckpoint, runName, saveCheckpoint, type Store } from "./checkpoint.ts";

let store: Store;
beforeEach(() => {
  store = { folder: mkdtempSync(join(tmpdir(), "char-model-")), run: runName({ seed: 1 }) };
});
afterEach(() => rmSync(store.folder, { recursive: true }));

const checkpointAt = (step: number) => ({
  step,
  recentLoss: { sum: 0.1 * step, count: step },
  arrays: [Float64Array.of(step, -0, 1e-308), Float64Array.of(Math.PI)],
});
const files = () => readdirSync(store.folder).sort();
const newest = () => join(store.folder, files().at(-1)!);

test("what is saved is found again, bit for bit", () => {
  saveCheckpoint(store, checkpointAt(7));
  expect(findCheckpoint(store)).toEqual({ checkpoint: checkpointAt(7), ignored: [] });
});

test("nothing is found where nothing was saved, not even the folder", () => {
  const missing = { ...store, folder: join(store.folder, "none") };
  expect(findCheckpoint(missing)).toEqual({ checkpoint: null, ignored: [] });
});

test("the newest wins, and the two newest are kept", () => {
  for (const step of [1, 2, 10]) saveCheckpoint(store, checkpointAt(step));
  expect(files()).toHaveLength(2);
  expect(findCheckpoint(store).checkpoint?.step).toBe(10);
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
  ["cut to a few bytes", (bytes: Buffer) => bytes.subarray(0, 5)],
  ["emptied", () => Buffer.alloc(0)],
  ["changed in one bit", flipOneBit],
  ["overwritten with other text", () => Buffer.from("not a checkpoint\n".repeat(9))],
])("a checkpoint that was %s is passed over for the one before it", (_, damage) => {
  for (const step of [1, 2]) saveCheckpoint(store, checkpointAt(step));
  writeFileSync(newest(), damage(readFileSync(newest())));
  const found = findCheckpoint(store);
  expect(found.checkpoint).toEqual(checkpointAt(1));
  expect(found.ignored).toEqual([expect.stringMatching(/000000002\.checkpoint: damaged or cut/)]);
});

test("another run's checkpoints are named, not used and not removed", () => {
  const other = { ...store, run: runName({ seed: 2 }) };
  saveCheckpoint(other, checkpointAt(99));
  expect(findCheckpoint(store).checkpoint).toBeNull();
  for (const step of [1, 2, 3]) saveCheckpoint(store, checkpointAt(step));
  expect(findCheckpoint(store).ignored).toEqual([
    expect.stringMatching(/made with other settings/),
  ]);
  expect(findCheckpoint(other).checkpoint?.step).toBe(99);
});

test("a file that was being written when the process died is no checkpoint", () => {
  saveCheckpoint(store, checkpointAt(1));
  writeFileSync(join(store.folder, `${store.run}-000000002.checkpoint.partial`), "half");
  expect(findCheckpoint(store)).toEqual({ checkpoint: checkpointAt(1), ignored: [] });
  saveCheckpoint(store, checkpointAt(3));
  expect(files()).toHaveLength(2);
});

function flipOneBit(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 40]! ^= 1;
  return copy;
}
