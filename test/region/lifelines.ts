import { createServer, type AddressInfo, type Socket } from "node:net";

import { openSpellBook, readGreeting, type SpellBook } from "./spells.ts";

/**
 * Sees real processes live and die, however they die: each run opens a connection and greets, and
 * the kernel closes it when the last process that holds it is gone.
 */
export interface Lifelines {
  readonly port: number;
  readonly book: SpellBook;
  close(): Promise<void>;
}

export async function openLifelines(): Promise<Lifelines> {
  const book = openSpellBook();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (bytes) => {
      const greeting = readGreeting(String(bytes));
      if (!greeting) return;
      const spell = book.begin({ ...greeting, fromMs: nowMs() });
      socket.once("end", () => spell.end(nowMs()));
      socket.once("close", () => spell.end(nowMs()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    book,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Finer than a whole millisecond: ends and beginnings may be close. */
const nowMs = () => performance.timeOrigin + performance.now();

/**
 * A script for Bash that holds a lifeline while it runs `script`. What it starts inherits the line,
 * so it lasts as long as anything of the run does.
 */
export const withLifeline = (port: number, script: string): string => `
exec 9<>/dev/tcp/127.0.0.1/${port}
echo "$WADI_JOB_ID $WADI_RUN_ID $WADI_REPLICA $WADI_HOST" >&9
${script}
`;
