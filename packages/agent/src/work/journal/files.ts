import type { JournalId } from "@wadi/protocol";
import type { Disk, DiskFile } from "./disk.ts";
import { entriesIn, entryItem, fieldsOf, type Item } from "./line.ts";
import { currentFile } from "./recover.ts";
import { nextOf, render, segmentPath, type Segment } from "./segment.ts";

export interface Place {
  readonly disk: Disk;
  readonly folder: string;
}

/** Values kept beside the entries; a new segment begins with all of them. */
export type Kept = ReadonlyMap<string, string>;

/** The journal's files: appends go to the last one, what is acknowledged goes by whole files. */
export class JournalFiles {
  readonly id: JournalId;
  readonly #place: Place;
  readonly #segments: Segment[];
  #file: DiskFile;
  #headBytes: number;

  private constructor(
    place: Place,
    open: { id: JournalId; segments: Segment[]; file: DiskFile; headBytes: number },
  ) {
    this.id = open.id;
    this.#place = place;
    this.#segments = open.segments;
    this.#file = open.file;
    this.#headBytes = open.headBytes;
  }

  /** Goes on in the last of these segments. */
  static async goOn(place: Place, found: { id: JournalId; segments: Segment[] }) {
    const file = await place.disk.open(found.segments.at(-1)!.path);
    return new JournalFiles(place, { ...found, file, headBytes: 0 });
  }

  /**
   * A new journal that begins with these entries, numbered anew from 1. It counts, instead of the
   * one before, when this returns.
   */
  static async begin(
    place: Place,
    from: { id: JournalId; kept: Kept; entries: AsyncIterable<readonly string[]> },
  ) {
    const at = { journal: from.id, number: 1, first: 1n };
    const { segment, file } = await beginSegment(place, at, from.kept);
    const files = new JournalFiles(place, {
      id: from.id,
      segments: [segment],
      file,
      headBytes: segment.size,
    });
    for await (const texts of from.entries) {
      const next = files.next;
      const commits = texts.map((text, i) => [entryItem(next + BigInt(i), fieldsOf(text))]);
      if (commits.length > 0) await files.append(commits);
    }
    await place.disk.replace(currentFile(place.folder), from.id);
    return files;
  }

  /** The number of the entry to come. */
  get next(): bigint {
    return nextOf(this.#active());
  }

  /** The last number before those in the files. */
  get before(): bigint {
    return this.#segments[0]!.first - 1n;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Durable when it returns; when it throws nothing was appended. */
  async append(commits: readonly (readonly Item[])[]): Promise<void> {
    const segment = this.#active();
    if (this.#file.size() !== segment.size) await this.#file.truncate(segment.size);
    const { text, starts } = render(commits, segment.size);
    await this.#file.append(Buffer.from(text));
    await this.#file.sync();
    segment.size = this.#file.size();
    segment.starts.push(...starts);
  }

  /** Begins another file where the last one has grown large: old ones can go only whole. */
  async rotate(limits: { segmentBytes: number; kept: Kept }): Promise<void> {
    const last = this.#active();
    if (last.size < Math.max(limits.segmentBytes, 2 * this.#headBytes)) return;
    const at = { journal: this.id, number: last.number + 1, first: this.next };
    const { segment, file } = await beginSegment(this.#place, at, limits.kept);
    await this.#file.close();
    this.#file = file;
    this.#headBytes = segment.size;
    this.#segments.push(segment);
  }

  /** Removes the files all of whose entries are acknowledged, but never the last. */
  async drop(acked: bigint): Promise<void> {
    while (this.#segments.length > 1 && this.#segments[1]!.first <= acked + 1n) {
      await this.#place.disk.remove(this.#segments[0]!.path);
      this.#segments.shift();
    }
  }

  /** Entries from one number on, at least one where there is one. */
  async read(from: bigint, most: { entries: number; bytes: number }): Promise<string[]> {
    const read: string[] = [];
    let bytes = 0;
    for (const segment of this.#segments) {
      const at = from + BigInt(read.length);
      if (nextOf(segment) <= at) continue;
      const left = { entries: most.entries - read.length, bytes: most.bytes - bytes };
      if (read.length > 0 && (left.entries < 1 || left.bytes < 1)) break;
      const stretch = await this.#readStretch(segment, Number(at - segment.first), left);
      bytes += stretch.length;
      read.push(...entriesIn(stretch));
    }
    return read;
  }

  async #readStretch(
    { starts, size, path }: Segment,
    begin: number,
    most: { entries: number; bytes: number },
  ): Promise<Buffer> {
    const from = starts[begin]!;
    let end = Math.min(begin + most.entries, starts.length);
    const endsAt = () => starts[end] ?? size;
    while (end > begin + 1 && endsAt() - from > most.bytes) end = begin + ((end - begin) >> 1);
    const file = await this.#place.disk.open(path);
    try {
      return await file.read({ from, to: endsAt() });
    } finally {
      await file.close();
    }
  }

  async remove(): Promise<void> {
    await this.#file.close();
    for (const { path } of this.#segments) await this.#place.disk.remove(path);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #active(): Segment {
    return this.#segments.at(-1)!;
  }
}

async function beginSegment(
  { disk, folder }: Place,
  at: { journal: JournalId; number: number; first: bigint },
  kept: Kept,
): Promise<{ segment: Segment; file: DiskFile }> {
  const { journal, number, first } = at;
  const path = segmentPath({ folder, journal, number });
  const head: Item[] = [{ kind: "head", journal, first }];
  for (const [key, value] of kept) head.push({ kind: "keep", key, value });
  const file = await disk.open(path);
  try {
    await file.truncate(0); // left over from a crash, where there is anything
    await file.append(Buffer.from(render([head], 0).text));
    await file.sync();
    await disk.syncFolder(folder);
  } catch (error) {
    await file.close();
    await disk.remove(path).catch(() => {}); // else it is found unfinished at the next start
    throw error;
  }
  return { segment: { path, number, first, starts: [], size: file.size() }, file };
}
