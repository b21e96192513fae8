import type { CentreSeat } from "../region/centre-seat.ts";
import type { HubSeat } from "../region/hub-seat.ts";
import { clearWeather, type Proxy, type Weather } from "../region/proxy.ts";
import type { Seat } from "../region/seat.ts";
import type { TestRegion } from "../region/test-region.ts";
import { killDatabase } from "./kill-database.ts";

/** A fault: what is done, and for how long it lasts before it is mended. */
interface Kind {
  readonly shortestMs: number;
  readonly longestMs: number;
  /** @returns what mends it */
  readonly begin: (region: TestRegion, place: number) => Promise<Mend>;
}

export type Mend = () => Promise<void> | void;

/** A lease of the region, its margin, and until the hub looks: then what was there is given up. */
export const longMs = 3400;
const beyondLeaseMs = 4200;

/** All that may befall a region. */
export const faultKinds = {
  "hub killed": {
    shortestMs: 0,
    longestMs: 2000,
    begin: ({ hubs }) => kill(hubs[0]!),
  },
  "hub frozen": {
    shortestMs: 100,
    longestMs: 1500,
    begin: ({ hubs }) => freeze(hubs[0]!),
  },
  "agent killed": {
    shortestMs: 0,
    longestMs: beyondLeaseMs,
    begin: ({ centres }, place) => kill(centres[place]!),
  },
  "agent frozen": {
    shortestMs: 100,
    longestMs: beyondLeaseMs,
    begin: ({ centres }, place) => freeze(centres[place]!),
  },
  "hub and agent killed": {
    shortestMs: 0,
    longestMs: beyondLeaseMs,
    begin: async ({ hubs, centres }, place) => {
      const mends = await Promise.all([kill(hubs[0]!), kill(centres[place]!)]);
      return async () => void (await Promise.all(mends.map(async (mend) => mend())));
    },
  },
  "link cut": {
    shortestMs: 50,
    longestMs: beyondLeaseMs,
    begin: async ({ centres }, place) => {
      const { link } = centres[place]!;
      link.cut(true);
      return () => link.cut(false);
    },
  },
  "bad weather on the link": {
    shortestMs: 500,
    longestMs: beyondLeaseMs,
    begin: async ({ centres }, place) => spoil(centres[place]!.link, storm),
  },
  "bad weather for clients": {
    shortestMs: 500,
    longestMs: 2000,
    begin: async ({ front }) => spoil(front, storm),
  },
  "runs lost": {
    shortestMs: 0,
    longestMs: 0,
    begin: async ({ centres }, place) => {
      await loseRuns(centres[place]!);
      return () => {};
    },
  },
  "engine out of reach": {
    shortestMs: 50,
    longestMs: 1500,
    begin: async ({ centres }, place) => {
      const { far } = centres[place]!;
      if (far) far.centre.isReachable = false;
      return () => {
        if (far) far.centre.isReachable = true;
      };
    },
  },
  "database killed": {
    shortestMs: 0,
    longestMs: 0,
    begin: async ({ hubs }) => {
      await killDatabase(hubs[0]!);
      return () => {};
    },
  },
  "leader killed": {
    shortestMs: 0,
    longestMs: 2000,
    begin: async (region) => {
      const [leader, second] = await byLead(region);
      const mend = await kill(leader);
      region.turnTo(second);
      return mend;
    },
  },
  "leader frozen": {
    shortestMs: 500,
    longestMs: beyondLeaseMs,
    begin: async (region) => {
      const [leader, second] = await byLead(region);
      leader.freeze();
      region.turnTo(second);
      return () => leader.thaw();
    },
  },
  "requests turned to the other hub": {
    shortestMs: 0,
    longestMs: 0,
    begin: async (region) => {
      const [leader, second] = await byLead(region);
      region.turnTo(region.goesTo() === leader ? second : leader);
      return () => {};
    },
  },
} as const satisfies Record<string, Kind>;

export type FaultKind = keyof typeof faultKinds;

const storm: Weather = {
  loseRequest: 0.1,
  loseReply: 0.15,
  double: 0.2,
  replay: 0.25,
  delayRequest: 0.2,
  delayReply: 0.2,
  latestMs: 3500,
};

async function kill(seat: Seat): Promise<Mend> {
  await seat.kill();
  return () => seat.start();
}

async function freeze(seat: Seat): Promise<Mend> {
  seat.freeze();
  return () => seat.thaw();
}

function spoil(proxy: Proxy, weather: Weather): Mend {
  proxy.weather = weather;
  return () => {
    proxy.weather = clearWeather;
  };
}

/** Everything that runs at the centre dies; on real hosts with the keeper that it is a child of. */
async function loseRuns({ far, killKeeper }: CentreSeat): Promise<void> {
  if (far) far.centre.loseAll();
  else await killKeeper();
}

/** The hub that leads, then the other; the order they are in when nobody says to lead. */
async function byLead({ hubs }: TestRegion): Promise<[HubSeat, HubSeat]> {
  const [first, second] = hubs as [HubSeat, HubSeat];
  return (await leads(second)) ? [second, first] : [first, second];
}

async function leads(hub: HubSeat): Promise<boolean> {
  try {
    const reply = await fetch(`${hub.url()}/readyz`, { signal: AbortSignal.timeout(300) });
    return ((await reply.json()) as { leader?: boolean }).leader === true;
  } catch {
    return false; // it is away, or frozen
  }
}
