import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { createTestDatabase } from "@wadi/hub/testing";
import { createClient, type Client } from "@wadi/protocol";
import { asId } from "@wadi/core/units";
import type { Spell } from "@wadi/core/job";

import { chanceOf } from "./chance.ts";
import { openCentreSeat, type CentreSeat } from "./centre-seat.ts";
import { openHubSeat, quickHub, type HubSeat } from "./hub-seat.ts";
import { cardsPerHost, centreIds, hostsOf, model } from "./layout.ts";
import { assertNoneLeft } from "./leftovers.ts";
import { openLifelines, type Lifelines } from "./lifelines.ts";
import { tailOf } from "./processes.ts";
import { Proxy } from "./proxy.ts";
import { makeKeys, setUp, type Clients, type Keys } from "./set-up.ts";

/** A region of real processes on this machine, for one test file. */
export interface TestRegion {
  readonly folder: string;
  /** One, or two on one database; the first is where requests go unless told otherwise. */
  readonly hubs: readonly HubSeat[];
  readonly centres: readonly CentreSeat[];
  readonly clients: Clients;
  readonly keys: Keys;
  /** Where clients go; it stays when hubs come and go. */
  readonly front: Proxy;
  /** Of runs of host engines. */
  readonly lifelines: Lifelines;
  /** When processes of runs were alive, at all centres. */
  spells(): Spell[];
  /** Sends all requests to this hub from now on; those under way break. */
  turnTo(hub: HubSeat): void;
  goesTo(): HubSeat;
  /** Stops all of it. @throws Error when a process is left */
  close(): Promise<void>;
}

export interface RegionWish {
  /** `own`: embedded, in the hub's folder; `shared`: a fresh one on the tests' server. */
  readonly database?: "own" | "shared";
  readonly hubs?: 1 | 2;
  readonly engine?: "far" | "host";
  /** Scatters what the proxies do. */
  readonly seed?: number;
  /** In place of a folder in the region's, for the first hub. */
  readonly hubState?: string;
  readonly hubEnv?: Readonly<Record<string, string>>;
  /** More of every agent's configuration, as YAML. */
  readonly agentConfig?: string;
  /** In place of a folder in the region's, for the agent of that centre. */
  readonly agentState?: (centre: string) => string | undefined;
}

/** Before anybody has a key. */
type Bare = Omit<TestRegion, "clients" | "keys">;

const repository = path.resolve(import.meta.dirname, "../..");
const outsideServer = process.env["DATABASE_URL"] !== undefined;

export async function startRegion(wish: RegionWish = {}): Promise<TestRegion> {
  const { hubs: count = 1, seed = 1 } = wish;
  const folder = await makeFolder();
  const isOwn = wish.database === "own" && count === 1 && !outsideServer;
  const database = isOwn ? null : await createTestDatabase();
  const chance = chanceOf(seed);
  const front = await Proxy.open(chance);
  const lifelines = await openLifelines();
  const links = await Promise.all(centreIds.map(() => Proxy.open(chance)));

  const turn = (url: string) => {
    for (const proxy of [front, ...links]) proxy.target = url;
  };
  const hubs = Array.from({ length: count }, (_, i) =>
    openHubSeat({
      name: `hub-${i + 1}`,
      folder,
      repository,
      databaseUrl: database?.url ?? null,
      state: i === 0 ? wish.hubState : undefined,
      env: { ...quickHub, ...wish.hubEnv },
      onReady: (url) => {
        if (current === hubs[i]) turn(url);
      },
    }),
  );
  let current = hubs[0]!;
  const centres: CentreSeat[] = [];
  const region: Bare = {
    folder,
    hubs,
    centres,
    front,
    lifelines,
    spells: () => [...lifelines.book.all(), ...centres.flatMap((centre) => centre.spells())],
    turnTo: (hub) => {
      current = hub;
      turn(hub.url());
      for (const proxy of [front, ...links]) proxy.dropAll();
    },
    goesTo: () => current,
    close: async () => {
      await stopAll(region);
      await database?.drop();
      await assertNoneLeft(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
  try {
    await Promise.all(hubs.map((hub) => hub.start()));
    const keys = await furnish(region, wish, links);
    return { ...region, keys, clients: signIn(keys, front.url) };
  } catch (error) {
    await region.close().catch(() => {});
    throw error;
  }
}

/** Of hubs that start together one makes it. */
async function firstKey(hubs: readonly HubSeat[]): Promise<string> {
  for (const { state } of hubs) {
    const key = await readFile(path.join(state, "operator.key"), "utf8").catch(() => undefined);
    if (key !== undefined) return key.trim();
  }
  throw new Error("no hub has made the operator's first key");
}

/** The last that each process of the region has written. */
export function tailsOf({ folder, hubs, centres }: TestRegion): string {
  const names = [...hubs, ...centres].map(({ name }) => name);
  return names.map((name) => `--- the last of ${name}:\n${tailOf(folder, name)}`).join("\n");
}

/** Of a test's own, removed after it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "wadi-region-"));
  await chmod(folder, 0o711); // runs may be other users
  return folder;
}

async function furnish(region: Bare, wish: RegionWish, links: readonly Proxy[]): Promise<Keys> {
  const { folder, front, hubs, centres } = region;
  const key = await firstKey(hubs);
  const operator: Client = createClient({ hub: front.url, key });
  await setUp(operator);
  const seats = await Promise.all(
    centreIds.map(async (id, i) => {
      const state = wish.agentState?.(id);
      return openCentreSeat({
        id: asId(id),
        engine: wish.engine ?? "far",
        folder,
        repository,
        operator,
        link: links[i]!,
        hosts: hostsOf(id),
        model,
        cardsPerHost,
        ...(wish.agentConfig !== undefined && { config: wish.agentConfig }),
        ...(state !== undefined && { state }),
      });
    }),
  );
  (centres as CentreSeat[]).push(...seats);
  await Promise.all(seats.map((seat) => seat.start()));
  return { operator: key, ...(await makeKeys(operator)) };
}

const signIn = (keys: Keys, hub: string): Clients => ({
  operator: createClient({ hub, key: keys.operator }),
  tenant: createClient({ hub, key: keys.tenant }),
  other: createClient({ hub, key: keys.other }),
  auditor: createClient({ hub, key: keys.auditor }),
  provider: createClient({ hub, key: keys.provider }),
  officer: createClient({ hub, key: keys.officer }),
});

async function stopAll(region: Bare): Promise<void> {
  const { centres, hubs, front, lifelines } = region;
  for (const seat of [...centres, ...hubs]) seat.thaw();
  await Promise.all(centres.map((centre) => centre.stop()));
  await Promise.all(centres.map((centre) => centre.close()));
  await Promise.all(hubs.map((hub) => hub.stop()));
  await front.close();
  await lifelines.close();
}
