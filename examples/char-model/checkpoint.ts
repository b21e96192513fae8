import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

/** All that a run must know to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Sum of the losses since the last progress line, and how many. */
  readonly recentLoss: { readonly sum: number; readonly count: number };
  /** Weights, then Adam's means, then its squares: arrays of one length. */
  readonly arrays: readonly Float64Array[];
}

/** One folder of checkpoints of one run; `run` names what must be equal for it to go on. */
export interface Store {
  readonly folder: string;
  readonly run: string;
}

export interface Found {
  readonly checkpoint: Checkpoint | null;
  /** Files passed over, each with the reason. */
  readonly ignored: readonly string[];
}

const FORMAT = "char-model-checkpoint-1";
const DIGEST_BYTES = 32;
/** The newest may be half lost with its disk; the one before it is kept as well. */
const KEPT = 2;

/** A short name for settings and text: equal names give equal models. */
export function runName(facts: Readonly<Record<string, string | number>>): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 12);
}

/**
 * Writes a checkpoint so that a reader finds it whole or not at all: to a file of another name,
 * synced, then renamed, then the folder synced. Older ones of the same run are removed, and halves
 * that a killed process left.
 */
export function saveCheckpoint({ folder, run }: Store, checkpoint: Checkpoint): void {
  fs.mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName(run, checkpoint.step));
  const partial = `${path}.partial`;
  try {
    const file = fs.openSync(partial, "w");
    try {
      fs.writeFileSync(file, encode(run, checkpoint));
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(partial, path);
  } catch (cause) {
    fs.rmSync(partial, { force: true });
    throw cause;
  }
  syncFolder(folder);
  const halves = fs.readdirSync(folder).filter((name) => isHalf(name, run));
  for (const name of [...filesOf({ folder, run }).slice(KEPT), ...halves]) {
    fs.rmSync(join(folder, name));
  }
}

/**
 * The newest valid checkpoint of this run. Damaged ones and those of other runs are passed over;
 * `ignored` says which and why, one line each.
 */
export function findCheckpoint(store: Store): Found {
  const ignored: string[] = [];
  const own = filesOf(store);
  for (const name of filesOf({ ...store, run: "" })) {
    if (!own.includes(name)) ignored.push(`${name}: made with other settings or another text`);
  }
  for (const name of own) {
    const read = readCheckpoint(store, name);
    if (typeof read !== "string") return { checkpoint: read, ignored };
    ignored.push(`${name}: ${read}`);
  }
  return { checkpoint: null, ignored };
}

function readCheckpoint({ folder, run }: Store, name: string): Checkpoint | string {
  try {
    return decode(run, fs.readFileSync(join(folder, name)));
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

function fileName(run: string, step: number): string {
  return `${run}-${String(step).padStart(9, "0")}.checkpoint`;
}

/** What a process left that died while it wrote. */
function isHalf(name: string, run: string): boolean {
  return name.startsWith(`${run}-`) && name.endsWith(".checkpoint.partial");
}

/** Names of the run's checkpoints, newest first; of every run's when `run` is empty. */
function filesOf({ folder, run }: Store): string[] {
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(run) && /^[0-9a-f]{12}-\d{9}\.checkpoint$/.test(name))
    .sort()
    .reverse();
}

type Head = Omit<Checkpoint, "arrays"> & { format: string; run: string; lengths: number[] };

/** A line of JSON, the arrays one after the other, and a SHA-256 of all that precedes it. */
function encode(run: string, { step, recentLoss, arrays }: Checkpoint): Buffer {
  const lengths = arrays.map((array) => array.length);
  const head: Head = { format: FORMAT, run, step, recentLoss, lengths };
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...arrays.map(toBytes)]);
  return Buffer.concat([body, digest(body)]);
}

/** The checkpoint, or in words what is wrong with the file. */
function decode(run: string, file: Buffer): Checkpoint | string {
  const body = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES));
  if (!digest(body).equals(file.subarray(body.length))) {
    return "damaged or cut short (its checksum does not fit)";
  }
  const head = JSON.parse(body.subarray(0, body.indexOf(10)).toString()) as Head;
  if (head.format !== FORMAT || head.run !== run) return "of another version of this program";
  let start = body.indexOf(10) + 1;
  const arrays = head.lengths.map((length) => {
    const array = fromBytes(body.subarray(start, start + length * 8));
    start += length * 8;
    return array;
  });
  return { step: head.step, recentLoss: head.recentLoss, arrays };
}

/** Little-endian whatever the machine, so that a job may go on at another centre. */
function toBytes(array: Float64Array): Buffer {
  const bytes = Buffer.alloc(array.length * 8);
  array.forEach((value, i) => bytes.writeDoubleLE(value, i * 8));
  return bytes;
}

function fromBytes(bytes: Buffer): Float64Array {
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
}

function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Without this the rename itself may be lost in a power cut. */
function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
