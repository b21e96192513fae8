import { isFull } from "./disk.ts";
import { JournalFiles } from "./files.ts";
import type { Batch, Change, Committed, Journal, JournalOptions, Weight } from "./journal.ts";
import { entryItem, type Item } from "./line.ts";
import type { Reserve } from "./reserve.ts";

interface Waiting {
  readonly change: Change;
  readonly resolve: (outcome: Committed) => void;
}

/** So much goes into one write. */
const groupBytes = 4 << 20;

/** See `Journal`. */
export class FileJournal implements Journal {
  readonly damage: string | null;
  readonly kept: Map<string, string>;
  readonly #options: JournalOptions;
  readonly #reserve: Reserve;
  #files: JournalFiles;
  #acked: bigint;
  /** A mark is an entry's number and this: numbers begin anew with a reset, marks go on. */
  #shift = 0n;
  readonly #queue: Waiting[] = [];
  #pumping: Promise<void> | undefined;
  #closing = false;
  /** The files are changed by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake = Promise.withResolvers<void>();

  constructor(
    options: JournalOptions,
    parts: {
      reserve: Reserve;
      files: JournalFiles;
      kept: Map<string, string>;
      damage: string | null;
    },
  ) {
    this.#options = options;
    this.#reserve = parts.reserve;
    this.#files = parts.files;
    this.#acked = parts.files.before;
    this.kept = parts.kept;
    this.damage = parts.damage;
  }

  get id() {
    return this.#files.id;
  }

  get last() {
    return this.#files.next - 1n;
  }

  get acked() {
    return this.#acked;
  }

  get mark() {
    return this.last + this.#shift;
  }

  isAcked(mark: bigint): boolean {
    return mark - this.#shift <= this.#acked;
  }

  commit(change: Change): Promise<Committed> {
    const { promise, resolve } = Promise.withResolvers<Committed>();
    this.#queue.push({ change, resolve });
    this.#pumping ??= this.#pump();
    return promise;
  }

  takes(weight: Weight): boolean {
    if (weight === "essential") return true;
    if (!this.#reserve.isThere()) return false;
    return this.#files.bytes < this.#options.bytesMax * (weight === "log" ? 0.5 : 0.8);
  }

  async batch(most: { entries: number; bytes: number }): Promise<Batch> {
    const entries = await this.#files.read(this.#acked + 1n, most);
    return { entries, more: this.#acked + BigInt(entries.length) < this.last };
  }

  ack(through: bigint): Promise<void> {
    if (through > this.#acked) this.#acked = through < this.last ? through : this.last;
    return this.#alone(() => this.#files.drop(this.#acked));
  }

  reset(): Promise<void> {
    return this.#alone(async () => {
      const old = this.#files;
      const { newId } = this.#options;
      const entries = unacked(old, this.#acked);
      const from = { id: newId(), kept: this.kept, entries };
      this.#files = await JournalFiles.begin(this.#options, from);
      this.#shift += this.#acked;
      this.#acked = 0n;
      await old.remove();
    });
  }

  async tend(): Promise<void> {
    if (this.#reserve.isThere()) return;
    if (!(await this.#alone(() => this.#reserve.restore()))) return;
    this.#options.onTrouble(null);
    this.#wake.resolve();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wake.resolve();
    await this.#pumping;
    await this.#alone(() => this.#files.close());
  }

  async #pump(): Promise<void> {
    await Promise.resolve(); // whoever commits in the same turn comes along
    while (this.#queue.length > 0) {
      let group = this.#leaveOut(this.#takeGroup());
      while (group.length > 0) {
        const failure = await this.#alone(() => this.#write(group));
        if (failure === undefined) break;
        if (this.#closing) return;
        await this.#makeRoom(failure);
        group = this.#leaveOut(group);
      }
    }
    this.#pumping = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { change } of this.#queue) {
      for (const { length } of change.entries) bytes += length;
      if (count > 0 && bytes > groupBytes) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #leaveOut(group: Waiting[]): Waiting[] {
    const taken: Waiting[] = [];
    for (const waiting of group) {
      if (this.takes(waiting.change.weight)) taken.push(waiting);
      else waiting.resolve({ kind: "no-room" });
    }
    return taken;
  }

  /** @returns what went wrong; nothing of the group was taken then */
  async #write(group: readonly Waiting[]): Promise<unknown> {
    const { segmentBytes } = this.#options;
    const rotated = this.#files.rotate({ segmentBytes, kept: this.kept });
    await rotated.catch(() => {}); // no room for it: the old file goes on
    let seq = this.#files.next;
    const throughs: bigint[] = [];
    const commits = group.map(({ change }) => {
      const items: Item[] = change.entries.map((fields) => entryItem(seq++, fields));
      throughs.push(seq - 1n);
      return [...items, ...change.keep.map(keepItem)];
    });
    try {
      await this.#files.append(commits);
    } catch (error) {
      return error;
    }
    for (const [i, { change, resolve }] of group.entries()) {
      for (const [key, value] of change.keep) {
        if (value === null) this.kept.delete(key);
        else this.kept.set(key, value);
      }
      resolve({ kind: "durable", mark: throughs[i]! + this.#shift });
    }
    return undefined;
  }

  /** A full disk has the reserve to give; else there is nothing but to wait. */
  async #makeRoom(failure: unknown): Promise<void> {
    this.#options.onTrouble(failure instanceof Error ? failure : new Error(String(failure)));
    const hadReserve = this.#reserve.isThere();
    await this.#reserve.release();
    if (hadReserve && isFull(failure)) return;
    this.#wake = Promise.withResolvers<void>();
    await Promise.race([this.#wake.promise, this.#options.pause()]);
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}

const keepItem = ([key, value]: readonly [string, string | null]): Item =>
  value === null ? { kind: "drop", key } : { kind: "keep", key, value };

async function* unacked(files: JournalFiles, acked: bigint) {
  const most = { entries: 10_000, bytes: groupBytes };
  for (let from = acked + 1n; from < files.next;) {
    const texts = await files.read(from, most);
    yield texts;
    from += BigInt(texts.length);
  }
}
