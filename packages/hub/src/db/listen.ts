import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";

import { connectionConfig } from "./connection.ts";

/** Hears a message, or `undefined` after a gap in which messages may have been missed. */
type Hear = (message: string | undefined) => void;

export interface Listener {
  /**
   * Calls `hear` for each message on `channel`, once per committed `notify`, in commit order. After
   * the connection was lost and made again `hear` is called with `undefined`: look at the tables.
   * Resolves when the channel is being heard, which while the database is away is when it is back.
   * @returns a function that stops it
   */
  listen(channel: string, hear: Hear): Promise<() => void>;
  close(): Promise<void>;
}

const reconnectMsMax = 2000;

/** One connection hears all channels; it is opened by the first `listen` and kept from then on. */
export function makeListener(url: string, onTrouble: (error: Error) => void): Listener {
  const heard = new Map<string, Set<Hear>>();
  const closing = new AbortController();
  let connected: Promise<Client | undefined> | undefined;

  async function connectOnce(): Promise<Client> {
    const client = new Client(connectionConfig(url));
    let state: "opening" | "open" | "ended" = "opening";
    client.on("error", onTrouble);
    client.on("end", () => {
      if (state === "open" && !closing.signal.aborted) connected = reconnect();
      state = "ended";
    });
    client.on("notification", ({ channel, payload }) => tell(channel, payload ?? ""));
    try {
      await client.connect();
      for (const channel of heard.keys()) await startHearing(client, channel);
      if (hasEnded()) throw new Error("the listening connection ended as it began");
      state = "open";
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    function hasEnded(): boolean {
      return state === "ended";
    }
  }

  async function connect(): Promise<Client | undefined> {
    for (let waitMs = 50; !closing.signal.aborted; waitMs = Math.min(waitMs * 2, reconnectMsMax)) {
      try {
        return await connectOnce();
      } catch (error) {
        onTrouble(error as Error);
        await sleep(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
      }
    }
    return undefined;
  }

  async function reconnect(): Promise<Client | undefined> {
    const client = await connect();
    if (client) for (const channel of heard.keys()) tell(channel, undefined);
    return client;
  }

  function tell(channel: string, message: string | undefined): void {
    for (const hear of heard.get(channel) ?? []) hear(message);
  }

  return {
    listen: async (channel, hear) => {
      const all = heard.get(channel) ?? new Set();
      heard.set(channel, all.add(hear));
      const client = await (connected ??= connect());
      await startHearing(client, channel).catch(onTrouble); // if lost now, made up by reconnecting
      return () => void all.delete(hear);
    },
    close: async () => {
      closing.abort();
      const client = await connected;
      await client?.end();
    },
  };
}

async function startHearing(client: Client | undefined, channel: string): Promise<void> {
  await client?.query(`listen ${escapeIdentifier(channel)}`);
}
