import { fits } from "@wadi/core/dispatch";
import type { Scorer } from "./run.ts";

const mostCpu = 128_000;
const mostCards = 8000;

/**
 * The host that is left with least cpu and cards, both as parts of the largest host's; a part of a
 * card comes from the card that has least left. As FGD's authors compare themselves with
 * (Weng et al., USENIX ATC 2023, artifact). There scores are then spread over 0 to 100 between the
 * hosts that have room and cut to whole numbers: only the greatest stay 100, so
 * the choice is the same.
 */
export const bestFit: Scorer = {
  ordered: true,
  way(state, { need }) {
    const tightest = fits(state.room, need).reduce<{
      left: number;
      room: typeof state.room;
    } | null>((best, fit) => {
      const left = fit.card === null ? 0 : state.room.cards[fit.card]!;
      return best === null || left < best.left ? { left, room: fit.left } : best;
    }, null);
    if (tightest === null) return null;
    const { cpu, cards } = tightest.room;
    const cardsLeft = cards.reduce((sum, left) => sum + left, 0);
    const score = 100 * (1 - (0.5 * cpu) / mostCpu - (0.5 * cardsLeft) / mostCards);
    return { score: Math.trunc(score), left: tightest.room };
  },
};
