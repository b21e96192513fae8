import type { Disk, DiskFile } from "./disk.ts";

/**
 * A disk in memory, for tests, that fails as disks do: it fills up, tears the last write when the
 * process is killed, and loses what was not synced when the power goes.
 */
export interface PretendDisk extends Disk {
  /** From now on so many more calls are answered; the one after that, and all others, never are. */
  dieAfter(calls: number): Promise<void>;
  /**
   * What a new process finds. Killed: all that was written, the write under way torn. Without
   * power: of what was not synced, some beginning.
   */
  afterDeath(how: "killed" | "power-cut", chance: () => number): PretendDisk;
  /** Bytes it holds at most, all files together. */
  limit(bytes: number): void;
  /** The next syncs fail, so many of them. */
  failSyncs(count: number): void;
  used(): number;
  /** For damage by hand. */
  readonly files: Map<string, Content>;
}

interface Content {
  bytes: Buffer;
  /** So much of it is durable. */
  synced: number;
  /** Whether its name is. */
  named: boolean;
}

export function pretendDisk(files = new Map<string, Content>()): PretendDisk {
  const state = newState(files);
  const { call } = state;
  const below = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  return {
    files,
    used: state.used,
    names: async (folder) => {
      await call();
      return [...files.keys()].filter(below(folder)).map((path) => path.slice(folder.length + 1));
    },
    makeFolder: call,
    open: async (path) => {
      await call();
      const content = files.get(path) ?? { bytes: Buffer.alloc(0), synced: 0, named: false };
      files.set(path, content);
      return fileOf(content, state);
    },
    read: async (path) => {
      await call();
      return files.get(path)?.bytes;
    },
    replace: async (path, content) => {
      await call();
      const bytes = Buffer.from(content);
      files.set(path, { bytes, synced: bytes.length, named: true });
    },
    remove: async (path) => {
      await call();
      files.delete(path);
    },
    syncFolder: async (folder) => {
      await call();
      for (const path of [...files.keys()].filter(below(folder))) files.get(path)!.named = true;
    },
    dieAfter: (calls) => {
      state.left = calls;
      return state.death;
    },
    limit: (bytes) => {
      state.bytesMax = bytes;
    },
    failSyncs: (count) => {
      state.failing = count;
    },
    afterDeath: (how, chance) => pretendDisk(survivorsOf(state, how, chance)),
  };
}

interface State {
  readonly files: Map<string, Content>;
  left: number;
  bytesMax: number;
  failing: number;
  torn: { content: Content; from: number } | undefined;
  readonly death: Promise<void>;
  readonly used: () => number;
  /** To be awaited in every call: the ones after death never come back. */
  readonly call: () => Promise<void>;
}

function newState(files: Map<string, Content>): State {
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const state: State = {
    files,
    left: Infinity,
    bytesMax: Infinity,
    failing: 0,
    torn: undefined,
    death,
    used: () => [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0),
    call: async () => {
      state.left -= 1;
      if (state.left >= 0) return;
      die();
      await new Promise<never>(() => {});
    },
  };
  return state;
}

function fileOf(content: Content, state: State): DiskFile {
  const { call, used } = state;
  return {
    size: () => content.bytes.length,
    append: async (data) => {
      const room = state.bytesMax - used();
      state.torn = { content, from: content.bytes.length };
      content.bytes = Buffer.concat([content.bytes, data.slice(0, Math.max(0, room))]);
      await call();
      state.torn = undefined;
      if (data.length > room) throw failure("ENOSPC");
    },
    sync: async () => {
      await call();
      if (state.failing > 0) {
        state.failing -= 1;
        throw failure("EIO");
      }
      content.synced = content.bytes.length;
    },
    truncate: async (size) => {
      await call();
      content.bytes = content.bytes.subarray(0, size);
      content.synced = Math.min(content.synced, size);
    },
    read: async ({ from, to }) => {
      await call();
      return content.bytes.subarray(from, to);
    },
    close: call,
  };
}

function survivorsOf({ files, torn }: State, how: "killed" | "power-cut", chance: () => number) {
  const found = new Map<string, Content>();
  for (const [path, content] of files) {
    const lost = how === "power-cut" && !content.named && chance() < 0.5;
    if (!lost) found.set(path, survivorOf(content, how, { torn, chance }));
  }
  return found;
}

function survivorOf(
  content: Content,
  how: "killed" | "power-cut",
  { torn, chance }: { torn: State["torn"]; chance: () => number },
): Content {
  const { bytes, synced } = content;
  const sure = how === "power-cut" ? synced : torn?.content === content ? torn.from : bytes.length;
  const kept = sure + Math.floor(chance() * (bytes.length - sure + 1));
  const survivor = Buffer.from(bytes.subarray(0, kept));
  return { bytes: survivor, synced: survivor.length, named: true };
}

const failure = (code: string) =>
  Object.assign(new Error(`the pretend disk says ${code}`), { code });
