import { once } from "node:events";
import { Readable } from "node:stream";
import type { Client, Connection, Submittable } from "pg";

/**
 * `copy … to stdout` and `copy … from stdin`: what the driver lets through but has no function for.
 * Both go at the pace of the slower side and hold about a chunk in memory.
 */

/** What a COPY moved: known when its stream has ended. */
export interface Copied {
  rows: number;
}

const chunkBytes = 128 * 1024;

/** The bytes of a `copy … to stdout`, and how many rows they are. */
export function copyOut(client: Client, text: string): { data: Readable; copied: Copied } {
  const copied: Copied = { rows: 0 };
  const socket = client.connection.stream;
  const data = new Readable({ read: () => void socket.resume() });
  const chunk = collector((bytes) => {
    if (!data.push(bytes)) socket.pause();
  });
  const query: CopyQuery = {
    submit: (connection) => connection.query(text),
    handleCopyData: ({ chunk: row }) => chunk.add(row),
    handleCommandComplete: (message) => {
      copied.rows = rowsOf(message);
    },
    handleReadyForQuery: () => {
      chunk.flush();
      data.push(null);
      socket.resume(); // nobody reads any more who could
    },
    handleError: (error) => {
      socket.resume();
      data.destroy(error);
    },
  };
  client.query(query);
  return { data, copied };
}

/**
 * Feeds `copy … from stdin`. @returns the number of rows
 * @throws what `data` throws, or PostgreSQL's refusal of it; the transaction is then to be rolled
 *   back
 */
export async function copyIn(
  client: Client,
  { text, data }: { text: string; data: AsyncIterable<Uint8Array> },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const over = new AbortController();
  let rows = 0;
  let sourceError: Error | undefined;
  const query: CopyQuery = {
    submit: (connection) => connection.query(text),
    handleCopyInResponse: (connection) => {
      feed(connection as CopyConnection, data, over.signal).catch((error: unknown) => {
        if (over.signal.aborted) return; // PostgreSQL has spoken already
        sourceError = error as Error;
        (connection as CopyConnection).sendCopyFail("the source failed");
      });
    },
    handleCommandComplete: (message) => {
      rows = rowsOf(message);
    },
    handleReadyForQuery: () => resolve(rows),
    handleError: (error) => {
      over.abort();
      reject(sourceError ?? error);
    },
  };
  client.query(query);
  return promise;
}

async function feed(
  connection: CopyConnection,
  data: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of data) {
    if (signal.aborted) return;
    connection.sendCopyFromChunk(chunk);
    if (connection.stream.writableNeedDrain) await once(connection.stream, "drain", { signal });
  }
  if (!signal.aborted) connection.endCopyFrom();
}

/**
 * Rows come as one message each, in a buffer that the driver uses again: they are copied together
 * into chunks, which are handed on.
 */
function collector(give: (bytes: Buffer) => void): { add(row: Buffer): void; flush(): void } {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let used = 0;
  function flush(): void {
    if (used > 0) give(chunk.subarray(0, used));
    chunk = Buffer.allocUnsafe(chunkBytes);
    used = 0;
  }
  return {
    flush,
    add: (row) => {
      if (used + row.length > chunkBytes) flush();
      if (row.length > chunkBytes) return give(Buffer.from(row));
      used += row.copy(chunk, used);
    },
  };
}

function rowsOf({ text }: { text: string }): number {
  return Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
}

/** The driver's own calls to a query of ours; it documents them by its classes only. */
interface CopyQuery extends Submittable {
  handleCopyData?(message: { chunk: Buffer }): void;
  handleCopyInResponse?(connection: Connection): void;
  handleCommandComplete(message: { text: string }): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}
