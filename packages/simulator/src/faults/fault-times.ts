import type { Link } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import { random, type Random } from "../generator/random.ts";
import type { Breakable, Faults, Outage } from "./faults.ts";

/** Something breaks, or is whole again. */
export interface FaultEvent {
  readonly atMs: number;
  readonly what: Breakable;
  readonly isDown: boolean;
  /** What comes after it for the same thing; null: nothing more. */
  readonly next: (() => FaultEvent) | null;
}

export interface FaultField {
  readonly pools: readonly PoolNow[];
  readonly links: readonly Link[];
  readonly seed: number;
  readonly startMs: number;
}

/** The first event of each thing that may break; each tells the next one. */
export function firstFaults(faults: Faults, field: FaultField): FaultEvent[] {
  const drawn = [
    ...streams(faults.hosts, hostsOf(field), field),
    ...streams(faults.centres, centresOf(field), field),
    ...streams(faults.links, linksOf(field), field),
  ];
  const planned = faults.planned.map(({ what, fromMs, toMs }): FaultEvent => {
    const repair: FaultEvent = { atMs: toMs, what, isDown: false, next: null };
    return { atMs: fromMs, what, isDown: true, next: () => repair };
  });
  return [...drawn, ...planned];
}

/** One name for one thing. */
export const nameOf = (what: Breakable): string => {
  if (what.kind === "host") return `host/${what.pool}/${what.host}`;
  return what.kind === "centre" ? `centre/${what.centre}` : `link/${what.from}/${what.to}`;
};

const hostsOf = ({ pools }: FaultField): Breakable[] =>
  pools.flatMap(({ id, hosts }) =>
    hosts.map((host) => ({ kind: "host", pool: id, host: host.id }) as const),
  );

const centresOf = ({ pools }: FaultField): Breakable[] =>
  [...new Set(pools.map(({ centre }) => centre))].map((centre) => ({ kind: "centre", centre }));

const linksOf = ({ links }: FaultField): Breakable[] =>
  links.map(({ from, to }) => ({ kind: "link", from, to }));

function streams(outage: Outage | null, things: Breakable[], field: FaultField): FaultEvent[] {
  if (!outage) return [];
  const seeded = random(field.seed);
  return things.map((what) => {
    const chance = seeded.fork(nameOf(what));
    return breakOf(what, { outage, chance, afterMs: field.startMs });
  });
}

interface Stream {
  readonly outage: Outage;
  readonly chance: Random;
  readonly afterMs: number;
}

function breakOf(what: Breakable, { outage, chance, afterMs }: Stream): FaultEvent {
  const atMs = afterMs + waitFor(chance, outage.everyMs);
  const next = () => repairOf(what, { outage, chance, afterMs: atMs });
  return { atMs, what, isDown: true, next };
}

function repairOf(what: Breakable, { outage, chance, afterMs }: Stream): FaultEvent {
  const atMs = afterMs + waitFor(chance, outage.lastsMs);
  const next = () => breakOf(what, { outage, chance, afterMs: atMs });
  return { atMs, what, isDown: false, next };
}

/** A time until the next of events that come at random, `meanMs` apart on average. */
export const waitFor = (chance: Random, meanMs: number) =>
  Math.max(1, Math.ceil(-Math.log(1 - chance.uniform()) * meanMs));
