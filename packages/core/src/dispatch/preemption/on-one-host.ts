import type { RoomAfter } from "./room-after.ts";
import type { Part, Stoppable } from "./stoppable.ts";

/** Runs to stop together. */
export interface Choice {
  readonly runs: readonly Stoppable[];
  /** In micro-yuan, by the weight that was asked for. */
  readonly loss: number;
}

export interface OneHost {
  readonly host: number;
  /** How many it is to hold in the end. */
  readonly replicas: number;
  /** The runs on it that are not stopped yet. */
  readonly runs: readonly Stoppable[];
  readonly runsMax: number;
  /** What stopping a run counts as: its loss, or a part of it. */
  readonly weigh: (run: Stoppable) => number;
  /** Only what loses less, or as much with fewer runs, is of interest. */
  readonly better: Choice | undefined;
}

interface Item extends Omit<Part, "host"> {
  readonly run: Stoppable;
  readonly loss: number;
}

/** A search of a host gives up after so many steps, with the best that it has met. */
const stepsMax = 5000;

/**
 * The runs of one host to stop so that it holds so many replicas: least loss, then fewest runs,
 * then those that come first by loss per card and id. Branch and bound: a branch is left when what
 * it still lacks cannot come free in it, or costs at least as much as the best known even if runs
 * could be stopped in part. Exact, unless it takes more than 5,000 steps.
 * @returns undefined where nothing (or nothing better) is found
 */
export function cheapestOnHost(room: RoomAfter, asked: OneHost): Choice | undefined {
  const items = itemsOf(asked);
  const enough = sumsFrom(items);
  const picked: Item[] = [];
  let best = asked.better;
  let found: Choice | undefined;
  let steps = 0;

  function visit(at: number, loss: number, lacks: Omit<Part, "host">): void {
    if (lacks.cards <= 0 && lacks.cpu <= 0 && lacks.memory <= 0) {
      if (!isBetter(loss, picked.length)) return;
      best = { runs: picked.map(({ run }) => run), loss };
      found = best;
      return;
    }
    const { cards, cpu, memory } = enough[at]!;
    if (lacks.cards > cards || lacks.cpu > cpu || lacks.memory > memory) return;
    if (picked.length >= asked.runsMax || (steps += 1) > stepsMax) return;
    if (!isBetter(loss + leastFor(items, at, lacks.cards), picked.length + 1)) return;

    const item = items[at]!;
    if (room.mayStop(item.run)) {
      picked.push(item);
      room.claim(item.run);
      visit(at + 1, loss + item.loss, {
        cards: lacks.cards - item.cards,
        cpu: lacks.cpu - item.cpu,
        memory: lacks.memory - item.memory,
      });
      room.unclaim(item.run);
      picked.pop();
    }
    visit(at + 1, loss, lacks);
  }
  const isBetter = (loss: number, runs: number) =>
    best === undefined || loss < best.loss || (loss === best.loss && runs < best.runs.length);

  visit(0, 0, room.lacks(asked.host, asked.replicas));
  return found;
}

/** Cheapest per card first: what the bound is worked out from. */
function itemsOf({ host, runs, weigh }: OneHost): Item[] {
  const items = runs.map((run): Item => {
    const here = { cards: 0, cpu: 0, memory: 0 };
    for (const part of run.parts) {
      if (part.host !== host) continue;
      here.cards += part.cards;
      here.cpu += part.cpu;
      here.memory += part.memory;
    }
    return { run, loss: weigh(run), ...here };
  });
  return items.sort((a, b) => perCard(a) - perCard(b) || a.run.index - b.run.index);
}

const perCard = ({ loss, cards }: Item) => (cards === 0 ? Number.MAX_VALUE : loss / cards);

/** By place in the list: what all from there on hold together. */
function sumsFrom(items: readonly Item[]): Omit<Part, "host">[] {
  const sums = [{ cards: 0, cpu: 0, memory: 0 }];
  for (const { cards, cpu, memory } of items.toReversed()) {
    const last = sums.at(-1)!;
    sums.push({ cards: last.cards + cards, cpu: last.cpu + cpu, memory: last.memory + memory });
  }
  return sums.reverse();
}

/** The least that so many cards cost from there on, if the last run could be stopped in part. */
function leastFor(items: readonly Item[], from: number, cards: number): number {
  let least = 0;
  let lack = cards;
  for (let at = from; at < items.length && lack > 0; at += 1) {
    const item = items[at]!;
    if (item.cards === 0) continue;
    least += item.cards <= lack ? item.loss : Math.floor((item.loss * lack) / item.cards);
    lack -= item.cards;
  }
  return least;
}
