import { readFile } from "node:fs/promises";
import path from "node:path";
import { connectDb, joinDatabase, type Db } from "@wadi/hub";

import { startProcess } from "./processes.ts";
import { endsInstead, openSeat, type Seat } from "./seat.ts";
import { until } from "./until.ts";

/** A hub of the region: its process, where it is reached now, its database. */
export interface HubSeat extends Seat {
  url(): string;
  readonly state: string;
  /** Its files are there from its next start on. */
  moveTo(state: string): void;
  /** Of its own PostgreSQL. */
  databasePid(): Promise<number>;
  /** Whether its database is one of its own, in its state folder. */
  readonly ownsDatabase: boolean;
  /** Works on the hub's database from outside. The hub must be running when it has its own. */
  withDb<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

export interface HubWish {
  readonly name: string;
  readonly folder: string;
  readonly repository: string;
  /** Null: a database of its own in its state folder. */
  readonly databaseUrl: string | null;
  /** In place of a folder of the region's. */
  readonly state?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Told where it is reached, each time it is ready. */
  readonly onReady: (url: string) => void;
}

/** What makes a hub quick enough for tests; leases of two seconds. */
export const quickHub = {
  WADI_LEASE_MS: "2000",
  WADI_LEASE_MARGIN_MS: "300",
  WADI_LEADER_MS: "1000",
  WADI_LONG_POLL_MS: "400",
  WADI_RATE_KEY: "off",
  WADI_RATE_OPERATOR: "off",
  WADI_RATE_AGENT: "off",
  WADI_RATE_ANONYMOUS: "off",
} as const;

export function openHubSeat(wish: HubWish): HubSeat {
  const { name, folder, repository, databaseUrl, env, onReady } = wish;
  let state = wish.state ?? path.join(folder, name);
  let url = "";
  const seat = openSeat(name, {
    start: () =>
      startProcess({
        name,
        folder,
        command: [path.join(repository, "packages/hub/src/main.ts")],
        env: {
          WADI_STATE: state,
          WADI_LISTEN: "127.0.0.1:0",
          ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
          ...env,
        },
      }),
    ready: async (process) => {
      url = await until(`${name} serves`, () => servedBy(state, process.pid), {
        withinMs: 90_000,
        unless: endsInstead(process),
      });
      onReady(url);
    },
  });
  return {
    ...seat,
    get state() {
      return state;
    },
    moveTo: (to) => void (state = to),
    databasePid: async () => {
      const text = await readFile(path.join(state, "database/data/postmaster.pid"), "utf8");
      return Number(text.split("\n")[0]);
    },
    ownsDatabase: databaseUrl === null,
    url: () => url,
    withDb: async (work) => {
      const db = await open();
      try {
        return await work(db);
      } finally {
        await db.close();
      }
    },
  };

  async function open(): Promise<Db> {
    if (databaseUrl !== null) return connectDb(databaseUrl);
    return joinDatabase({ stateFolder: state });
  }
}

/** The address that this very process has written down. */
async function servedBy(state: string, pid: number): Promise<string | undefined> {
  const text = await readFile(path.join(state, "hub.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const running = JSON.parse(text) as { url: string; pid: number };
  return running.pid === pid ? running.url : undefined;
}
