import { fits, type HostRoom } from "@wadi/core/dispatch";
import { allows, type HostState, type PackPod, type PodKind, type Scorer } from "./run.ts";

/** Typical pods: the most frequent, until they are this part of all. */
const typicalPart = 0.95;

interface Typical {
  readonly pod: PackPod;
  readonly part: number;
}

/**
 * Fragmentation gradient descent (Weng et al., "Beware of Fragmentation", USENIX ATC 2023) as its
 * artifact computes it: the host whose cards lose least use to the next typical pod, in steps
 * of a hundredth of a sigmoid.
 */
export function fgd(kinds: readonly PodKind[]): Scorer {
  const typical = typicalPods(kinds);
  const before = (state: HostState) =>
    (state.note ??= fragments(state.room, { model: state.model, typical })) as number;
  return {
    ordered: true,
    way(state, { need }) {
      let best: { score: number; left: HostRoom } | null = null;
      for (const { left } of fits(state.room, need)) {
        const gain = before(state) - fragments(left, { model: state.model, typical });
        const score = Math.trunc(100 / (1 + Math.exp(-gain / 1000)));
        if (best === null || score > best.score) best = { score, left };
      }
      return best;
    },
  };
}

/**
 * Thousandths of cards that the next typical pod could not use, on average. Summed by why, as the
 * artifact does: two states that lose as much are then equal to the last bit, and the steps of
 * the score do not fall apart.
 */
function fragments(
  room: HostRoom,
  { model, typical }: { readonly model: string; readonly typical: readonly Typical[] },
): number {
  const idle = room.cards.reduce((sum, left) => sum + left, 0);
  const byReason = [0, 0, 0, 0, 0, 0];
  for (const { pod, part } of typical) {
    let usable = 0;
    let useless = 0;
    for (const left of room.cards) {
      if (left >= pod.need.share) usable += 1;
      else useless += left;
    }
    const enough = { cpu: room.cpu >= pod.need.cpu, cards: usable >= pod.need.cards };
    const fitsHere = pod.need.cards > 0 && allows(pod, model) && enough.cpu && enough.cards;
    const reason = fitsHere ? reasons.cards : reasonOf(pod, { model, enough });
    byReason[reason]! += part * (fitsHere ? useless : idle);
  }
  return byReason.reduce((sum, amount) => sum + amount, 0);
}

/** Why cards are of no use, in the order in which the artifact adds them up. */
const reasons = { both: 0, cards: 1, cpu: 2, cardless: 3, cardlessAndCpu: 4, model: 5 } as const;

function reasonOf(
  pod: PackPod,
  { model, enough }: { model: string; enough: { readonly cpu: boolean; readonly cards: boolean } },
): number {
  if (pod.need.cards === 0) return enough.cpu ? reasons.cardless : reasons.cardlessAndCpu;
  if (!allows(pod, model)) return reasons.model;
  if (enough.cards) return reasons.cpu;
  return enough.cpu ? reasons.cards : reasons.both;
}

/** By frequency; of equals those that ask for more first. Memory is not looked at. */
function typicalPods(kinds: readonly PodKind[]): Typical[] {
  const counts = new Map<string, { pod: PackPod; count: number }>();
  for (const { need, models, count } of kinds) {
    const key = [need.cpu, need.cards && need.share, need.cards, models.join("|")].join(" ");
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { pod: { need, models }, count });
  }
  const all = kinds.reduce((sum, { count }) => sum + count, 0);
  const ranked = [...counts.values()].sort((a, b) => b.count - a.count || byAsking(b.pod, a.pod));
  let taken = 0;
  const typical = ranked.filter(({ count }) => {
    if (taken >= typicalPart * all) return false;
    taken += count;
    return true;
  });
  return typical.map(({ pod, count }) => ({ pod, part: count / all / (taken / all) }));
}

function byAsking(a: PackPod, b: PackPod): number {
  const [x, y] = [a.need, b.need];
  return x.cpu - y.cpu || x.share - y.share || x.cards - y.cards || byModels(a, b);
}

const byModels = (a: PackPod, b: PackPod) => (a.models.join("|") < b.models.join("|") ? -1 : 1);
