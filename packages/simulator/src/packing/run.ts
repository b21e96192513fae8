import type { HostRoom, Need } from "@wadi/core/dispatch";

export interface PackHost {
  readonly model: string;
  readonly room: HostRoom;
}

export interface PackPod {
  readonly need: Need;
  /** The models it may have; empty: any, or it needs no card. */
  readonly models: readonly string[];
}

/** Hosts alike in all that matters are one state, and are judged once. */
export interface HostState {
  readonly model: string;
  readonly room: HostRoom;
  /** By kind of pod: the best way to put one here; null where none fits. Filled when asked. */
  readonly ways: (Way | null | undefined)[];
  /** For what a scorer keeps of it. */
  note: unknown;
}

export interface Way {
  /** Between hosts the greatest wins. */
  readonly score: number;
  readonly left: HostRoom;
}

/** A kind of pod: all pods that ask for the same. */
export interface PodKind extends PackPod {
  readonly index: number;
  /** How many pods of the workload's list are of it. */
  readonly count: number;
}

/** How a host is chosen: what each policy of the experiment has of its own. */
export interface Scorer {
  /** The best way on a host of this state, for a kind of pod that may have its cards. */
  way(state: HostState, kind: PodKind): Way | null;
  /** Whether the order of a host's cards matters; else states are fewer. */
  readonly ordered: boolean;
  /** Looks at the fleet again, from time to time; all scores are worked out anew then. */
  readonly review?: {
    readonly everyArrivals: number;
    look(hosts: readonly HostState[]): void;
  };
}

/** What a run needs besides its scorer. */
export interface PackRun {
  readonly hosts: readonly PackHost[];
  readonly kinds: readonly PodKind[];
  /** Of each pod in `arrivals`: its kind. */
  readonly kindOf: readonly PodKind[];
  readonly arrivals: readonly number[];
  /** In which order the hosts stand. */
  readonly order: readonly number[];
}

/** Kinds by first appearance, and which each pod is of. */
export function kindsOf(pods: readonly PackPod[]): {
  readonly kinds: readonly PodKind[];
  readonly kindOf: readonly PodKind[];
} {
  const found = new Map<string, { index: number; count: number; pod: PackPod }>();
  const keys = pods.map((pod) => {
    const { cards, share, cpu, memory } = pod.need;
    const key = [cards, share, cpu, memory, ...pod.models].join(" ");
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { index: found.size, count: 1, pod });
    return key;
  });
  const kinds = [...found.values()].map(({ index, count, pod }) => ({ ...pod, index, count }));
  return { kinds, kindOf: keys.map((key) => kinds[found.get(key)!.index]!) };
}

/**
 * Brings one pod after the other, never to be moved, queued or tried again, until a little more
 * than the fleet's cards have been asked for.
 *
 * @returns allocated cards in % of the fleet's, the mean over the arrivals at which what was
 *   asked for so far rounds to 100 % of the fleet's cards; NaN where there is none
 */
export function allocatedAtFull(run: PackRun, scorer: Scorer): number {
  const states = new States(scorer.ordered);
  const hosts = run.order.map((place) => states.of(run.hosts[place]!));
  const capacity = hosts.reduce((sum, { room }) => sum + 1000 * room.cards.length, 0);
  let arrived = 0;
  let allocated = 0;
  const atFull: number[] = [];
  for (const [step, pod] of run.arrivals.entries()) {
    if (scorer.review && step % scorer.review.everyArrivals === 0) {
      states.keepOnly(hosts);
      scorer.review.look(hosts);
    }
    const kind = run.kindOf[pod]!;
    const asked = kind.need.cards * kind.need.share;
    arrived += asked;
    const host = choose(hosts, { kind, scorer });
    if (host !== undefined) {
      const { model, ways } = hosts[host]!;
      hosts[host] = states.of({ model, room: ways[kind.index]!.left });
      allocated += asked;
    }
    const percent = Math.round((100 * arrived) / capacity);
    if (percent > 100) break;
    if (percent === 100) atFull.push((100 * allocated) / capacity);
  }
  return mean(atFull);
}

/** The host with the greatest score; of equals the first. */
function choose(
  hosts: readonly HostState[],
  { kind, scorer }: { readonly kind: PodKind; readonly scorer: Scorer },
): number | undefined {
  let best: number | undefined;
  let most = -Infinity;
  for (let index = 0; index < hosts.length; index++) {
    const way = wayOn(hosts[index]!, { kind, scorer });
    if (way === null || way.score <= most + 1e-12) continue;
    most = way.score;
    best = index;
  }
  return best;
}

function wayOn(
  state: HostState,
  { kind, scorer }: { readonly kind: PodKind; readonly scorer: Scorer },
): Way | null {
  const known = state.ways[kind.index];
  if (known !== undefined) return known;
  const way = allows(kind, state.model) ? scorer.way(state, kind) : null;
  state.ways[kind.index] = way;
  return way;
}

/** Whether the kind may have cards of this model. Pods without cards may run anywhere. */
export const allows = ({ need, models }: PackPod, model: string) =>
  need.cards === 0 || models.length === 0 || models.includes(model);

/** One object for each state there is. */
class States {
  #known = new Map<string, HostState>();
  readonly #ordered: boolean;

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  of({ model, room }: PackHost): HostState {
    const cards = this.#ordered ? room.cards : room.cards.toSorted((a, b) => a - b);
    const key = `${model} ${room.cpu} ${room.memory} ${cards.join(" ")}`;
    const known = this.#known.get(key);
    if (known) return known;
    const state: HostState = { model, room: { ...room, cards }, ways: [], note: undefined };
    this.#known.set(key, state);
    return state;
  }

  /** Forgets states no host is in, and every score. */
  keepOnly(hosts: readonly HostState[]): void {
    const kept = new Set(hosts);
    for (const [key, state] of this.#known) {
      if (kept.has(state)) state.ways.length = 0;
      else this.#known.delete(key);
    }
  }
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
