import type { Crossing, LayoutPolicy } from "../policy.ts";
import type { HostShare, Need } from "../snapshot.ts";
import { fill, spread, type Gang, type HostPart } from "./gang.ts";
import { groupLevels } from "./groups.ts";
import { leastWaste, type PoolWeights } from "./least-waste.ts";
import type { OpenRoom } from "./open-room.ts";
import { wholeCard } from "./parts.ts";

/** All replicas of a job, and what each takes: at least one card, or a part of one. */
export interface GangNeed {
  readonly replicas: number;
  readonly need: Need;
}

/** Where a gang goes. */
export interface Layout {
  /** By host, then by card. */
  readonly hosts: readonly HostShare[];
  /** The narrowest that all of them share. */
  readonly crosses: Crossing;
  /**
   * How much of the pool's use it costs, where that decided between hosts: millionths of a
   * millionth of a card.
   */
  readonly waste?: number;
}

/** How many replicas may go on a host at most, by its index; 0 or less: none. */
export type Allows = (host: number) => number;

/** A gang, with the share of each card as its pool rounds it. */
export interface Wanted extends GangNeed {
  readonly share: number;
  readonly allows: Allows | undefined;
  /** How room is valued; undefined where the fewest free cards decide. */
  readonly weights: PoolWeights | undefined;
  readonly gangs: LayoutPolicy["gangs"];
}

/** @returns undefined when not all replicas find room */
export function layOut(open: OpenRoom, wanted: Wanted): Layout | undefined {
  const { replicas, need, share, allows, gangs } = wanted;
  const whole = share < wholeCard ? 0 : replicas * need.cards;
  if (whole > open.freeCards) return undefined;
  if (replicas === 1) return one(open, wanted);
  const gang: Gang = {
    replicas,
    fits: (host) => {
      const fits = open.replicasOn(host, need, share);
      return allows === undefined || fits === 0 ? fits : Math.min(fits, allows(host));
    },
    free: open.room.cards,
  };
  if (gangs === "spread") {
    const rackOf = (host: number) => open.groups.groupOf("rack", host);
    return told(open, wanted, spread(open.room.hosts.keys(), gang, rackOf));
  }
  return told(open, wanted, pack(open, { wanted, gang, whole }));
}

/** One replica: where it wastes least; else a part the fullest card, and the tightest host. */
function one(open: OpenRoom, wanted: Wanted): Layout | undefined {
  const { need, share, weights } = wanted;
  if (weights) return wastingLeast(open, wanted, weights);
  const inParts =
    share < wholeCard ? open.parts.tightest({ need, share, allowed: allowed(wanted) }) : -1;
  const host = inParts >= 0 ? inParts : onOneHost(open, wanted);
  return host < 0 ? undefined : told(open, wanted, [{ host, replicas: 1 }]);
}

function wastingLeast(open: OpenRoom, wanted: Wanted, weights: PoolWeights): Layout | undefined {
  const { need, share } = wanted;
  const asked = { ...need, share };
  const found = leastWaste(open.states, asked, { weights, allowed: allowed(wanted) });
  if (!found) return undefined;
  const { host, of, waste } = found;
  const { id } = open.room.hosts[host]!;
  const at = of === null ? {} : { card: open.parts.cardWith(host, of) };
  return { hosts: [{ host: id, replicas: 1, ...at }], crosses: "host", waste };
}

/** The tightest host that holds all of a gang on whole cards, or -1. */
function onOneHost(open: OpenRoom, wanted: Wanted): number {
  const { replicas, need } = wanted;
  const all = {
    cards: need.cards * replicas,
    cpu: need.cpu * replicas,
    memory: need.memory * replicas,
  };
  return open.tightest(all, allowed(wanted));
}

/** Which hosts may hold the whole gang; undefined: all. */
const allowed = ({ allows, replicas }: Wanted) =>
  allows && ((host: number) => allows(host) >= replicas);

/** In the narrowest that holds it whole, and of those of one level in the tightest. */
function pack(
  open: OpenRoom,
  { wanted, gang, whole }: { wanted: Wanted; gang: Gang; whole: number },
): HostPart[] | undefined {
  const { replicas } = wanted;
  const host = wanted.share < wholeCard ? holder(open, gang) : onOneHost(open, wanted);
  if (host >= 0) return [{ host, replicas }];
  for (const level of groupLevels) {
    const hosts = open.groups.tightest(level, { cards: whole, replicas, fits: gang.fits });
    if (hosts !== undefined) return fill(hosts, gang);
  }
  return fill(open.room.hosts.keys(), gang);
}

/** The host with the fewest whole free cards that holds all of a gang on parts of cards, or -1. */
function holder(open: OpenRoom, { replicas, fits, free }: Gang): number {
  let best = -1;
  for (const host of open.room.hosts.keys()) {
    if (best >= 0 && free[host]! >= free[best]!) continue;
    if (fits(host) >= replicas) best = host;
  }
  return best;
}

function told(
  open: OpenRoom,
  { share }: Wanted,
  parts: readonly HostPart[] | undefined,
): Layout | undefined {
  if (parts === undefined) return undefined;
  const { hosts } = open.room;
  const byHost = parts.length === 1 ? parts : parts.toSorted((a, b) => a.host - b.host);
  return {
    hosts: byHost.flatMap(({ host, replicas }): HostShare[] => {
      const { id } = hosts[host]!;
      if (share >= wholeCard) return [{ host: id, replicas }];
      const cards = open.parts.cardsFor(host, share, replicas).sort((a, b) => a - b);
      return cards.map((card) => ({ host: id, replicas: 1, card }));
    }),
    crosses: open.groups.crossing(byHost.map(({ host }) => host)),
  };
}
