import { createHash } from "node:crypto";

import type { Applied } from "../migrate.ts";

/**
 * What a backup holds, inside its gzip. All lines are text:
 *
 *     {"format":"wadi-backup-1",…}                 Header
 *     {"table":["public","jobs"],"columns":[…]}    TableStart, then its rows as COPY writes them,
 *     \.                                           then this,
 *     {"rows":3,"sha256":"…"}                      then TableEnd, of the bytes of its rows
 *     {"sequences":[…]}                            Sequences, once
 *     {"end":true,"sha256":"…"}                    End, of all lines of JSON before it
 *
 * A row never is `\.` (COPY doubles backslashes) and never holds a line's end, so nothing in the
 * data can be taken for the format.
 */

export const format = "wadi-backup-1";

export interface Header {
  readonly format: typeof format;
  readonly madeAt: string;
  /** Of the server that it was made on, for people: the rows do not depend on it. */
  readonly postgres: string;
  /** The schema that the rows fit. */
  readonly migrations: readonly Applied[];
}

export interface TableStart {
  /** Schema and name. */
  readonly table: readonly [string, string];
  readonly columns: readonly string[];
}

export interface TableEnd {
  readonly rows: number;
  readonly sha256: string;
}

export interface Sequence {
  readonly sequence: readonly [string, string];
  /** The last number given out, a bigint in decimal. One never used is not listed. */
  readonly last: string;
}

export interface End {
  readonly end: true;
  readonly sha256: string;
}

/** A backup that is cut off, altered or no backup at all. Nothing of it was kept. */
export class BadBackup extends Error {
  override readonly name = "BadBackup";
}

/** Writes the lines of JSON; `end` seals them. */
export function lineWriter(): { line(value: object): Buffer; end(): Buffer } {
  const hash = createHash("sha256");
  function line(value: object): Buffer {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    hash.update(bytes);
    return bytes;
  }
  return {
    line,
    end: () => line({ end: true, sha256: hash.copy().digest("hex") } satisfies End),
  };
}

export const terminator = Buffer.from("\\.\n");
const terminatorInside = Buffer.from("\n\\.\n");
const lineBytesMax = 16 * 2 ** 20; // a header with all its migrations is a few kB

/** Reads what `lineWriter` and COPY wrote. */
export interface ArchiveReader {
  /** The next line of JSON. @throws BadBackup when there is none, or it is none */
  line(): Promise<object>;
  /**
   * The rows from here to the terminator, which is consumed, and their digest once they are read.
   */
  rows(): { data: AsyncIterable<Buffer>; sha256: () => string };
  /** Whether `end` seals exactly the lines before it, and nothing follows it. @throws BadBackup */
  finish(end: End): Promise<void>;
}

export function readArchive(source: AsyncIterable<Buffer>): ArchiveReader {
  const chunks = source[Symbol.asyncIterator]();
  const lines = createHash("sha256");
  let before = lines.copy();
  let rest: Buffer = Buffer.alloc(0);

  /** Adds to `rest`. @returns false at the end */
  async function more(): Promise<boolean> {
    const next = await chunks.next();
    if (!next.done) rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    return !next.done;
  }

  async function line(): Promise<object> {
    let end = rest.indexOf(10);
    while (end < 0) {
      if (rest.length > lineBytesMax) throw new BadBackup("it holds a line without end");
      if (!(await more())) throw new BadBackup("it is cut off");
      end = rest.indexOf(10);
    }
    const bytes = rest.subarray(0, end + 1);
    rest = rest.subarray(end + 1);
    before = lines.copy();
    lines.update(bytes);
    return parseLine(bytes);
  }

  async function* rowsUntilTerminator(hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
    for (;;) {
      const whole = rest.subarray(0, rest.lastIndexOf(10) + 1); // lines not yet here are for later
      const end = endOfRows(whole);
      const data = whole.subarray(0, end);
      rest = rest.subarray(data.length + (end === undefined ? 0 : terminator.length));
      hash.update(data);
      if (data.length > 0) yield data;
      if (end !== undefined) return;
      if (!(await more())) throw new BadBackup("it is cut off within a table");
    }
  }

  return {
    line,
    rows: () => {
      const hash = createHash("sha256");
      return { data: rowsUntilTerminator(hash), sha256: () => hash.digest("hex") };
    },
    finish: async ({ end, sha256 }) => {
      if (!end || before.digest("hex") !== sha256)
        throw new BadBackup("its description was altered");
      if (rest.length > 0 || (await more())) throw new BadBackup("something follows its end");
    },
  };
}

/** Where the terminator begins; undefined when these lines are all rows. */
function endOfRows(lines: Buffer): number | undefined {
  if (lines.subarray(0, terminator.length).equals(terminator)) return 0;
  const newline = lines.indexOf(terminatorInside);
  return newline < 0 ? undefined : newline + 1;
}

function parseLine(bytes: Buffer): object {
  try {
    return JSON.parse(bytes.toString("utf8")) as object;
  } catch (cause) {
    throw new BadBackup("it is not a backup of this software, or was altered", { cause });
  }
}
