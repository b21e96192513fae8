import { join } from "node:path";
import type { JournalId } from "@wadi/protocol";
import type { Disk } from "./disk.ts";
import { scan, type Placed } from "./line.ts";
import { nextOf, segmentOfName, segmentPath, type Segment } from "./segment.ts";

/** What a journal's folder holds, read after a start. */
export interface Recovered {
  readonly journal: JournalId;
  readonly segments: Segment[];
  readonly kept: Map<string, string>;
  /**
   * Null where all is as it was written. Else what is wrong; `entries` are then those that could
   * be read, and the segments are of no further use.
   */
  readonly damage: { readonly what: string; readonly entries: string[] } | null;
}

/** Holds the id of the journal whose segments count; others are left over from a reset. */
export const currentFile = (folder: string): string => join(folder, "current");

/** Undefined where there is no journal yet. A tail that a crash has torn is cut off. */
export async function recover(disk: Disk, folder: string): Promise<Recovered | undefined> {
  const found = (await disk.names(folder)).flatMap((name) => segmentOfName(name) ?? []);
  const named = (await disk.read(currentFile(folder)))?.toString("utf8").trim() as JournalId;
  // Ids grow with time: without the file that names it, the journal begun last is the one.
  const journal =
    named ||
    found
      .map((one) => one.journal)
      .toSorted()
      .at(-1);
  if (!journal) return undefined;
  const files = found
    .filter((one) => one.journal === journal)
    .sort((a, b) => a.number - b.number)
    .map(({ number }) => ({ number, path: segmentPath({ folder, journal, number }) }));
  const { segments, kept, damage } = await readAll(disk, files, { salvage: false });
  if (named && damage === null) return { journal, segments, kept, damage };

  const { entries } = await readAll(disk, files, { salvage: true });
  if (!named && entries.length === 0 && kept.size === 0) return undefined; // died as it was begun
  const what = damage ?? "the file that names the journal is gone";
  return { journal, segments, kept, damage: { what, entries } };
}

interface State {
  readonly segments: Segment[];
  readonly kept: Map<string, string>;
  /** All that can be read, where it is to be salvaged: else they stay on disk. */
  readonly entries: string[];
  readonly salvage: boolean;
  damage: string | null;
}

interface File {
  readonly path: string;
  readonly number: number;
}

async function readAll(
  disk: Disk,
  files: readonly File[],
  { salvage }: { salvage: boolean },
): Promise<State> {
  const state: State = { segments: [], kept: new Map(), entries: [], salvage, damage: null };
  for (const file of files) await readSegment(disk, file, state);
  if (state.segments.length === 0) state.damage ??= "its files are gone";
  return state;
}

async function readSegment(disk: Disk, at: File, state: State): Promise<void> {
  const content = (await disk.read(at.path)) ?? Buffer.alloc(0);
  const { items, goodBytes, damaged } = scan(content);
  const head = items[0]?.item;
  if (head?.kind !== "head") {
    if (items.length > 0) state.damage ??= `${at.path} has lost its head`;
    else await disk.remove(at.path); // a crash as it was begun: all is in the one before
    applyAll(items, undefined, state);
    return;
  }
  const segment: Segment = { ...at, first: head.first, starts: [], size: goodBytes };
  if (damaged) state.damage ??= `${at.path} has unreadable lines`;
  follow(segment, state);
  applyAll(items, segment, state);
  state.segments.push(segment);
  if (!damaged && goodBytes < content.length) await cutOff(disk, segment);
}

/** What a later segment says of the same numbers holds: the earlier ones were never confirmed. */
function follow(segment: Segment, state: State): void {
  const last = state.segments.at(-1);
  if (last === undefined) return;
  const next = nextOf(last);
  if (segment.first > next) state.damage ??= `entries ${next} to ${segment.first - 1n} are gone`;
  const over = Number(next - segment.first);
  if (over > 0) {
    const left = Math.max(0, last.starts.length - over);
    last.size = last.starts[left]!;
    last.starts.length = left;
    state.entries.length = Math.max(0, state.entries.length - over);
  }
}

function applyAll(items: readonly Placed[], segment: Segment | undefined, state: State): void {
  for (const { item, from } of items) {
    switch (item.kind) {
      case "head":
        state.kept.clear();
        break;
      case "keep":
        state.kept.set(item.key, item.value);
        break;
      case "drop":
        state.kept.delete(item.key);
        break;
      case "entry":
        if (state.salvage) state.entries.push(item.text);
        if (segment && item.seq !== segment.first + BigInt(segment.starts.length)) {
          state.damage ??= `entry ${item.seq} of ${segment.path} is out of order`;
        }
        segment?.starts.push(from);
        break;
    }
  }
}

async function cutOff(disk: Disk, segment: Segment): Promise<void> {
  const file = await disk.open(segment.path);
  try {
    await file.truncate(segment.size);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes the files of other journals than this one. */
export async function removeOthers(disk: Disk, folder: string, journal: JournalId): Promise<void> {
  for (const name of await disk.names(folder)) {
    const segment = segmentOfName(name);
    if (segment && segment.journal !== journal) await disk.remove(join(folder, name));
  }
}
