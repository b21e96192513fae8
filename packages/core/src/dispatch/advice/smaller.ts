import { durationOf, formatDuration, mebibytes, milliCores } from "../../units/index.ts";
import type { Reason } from "../reason.ts";
import { needOf } from "../refuse.ts";
import type { Need, PoolNow, Shape } from "../snapshot.ts";
import type { Answer, Asked } from "./ask.ts";
import { emptyRooms, freeRooms, replicasIn, type Room } from "./free-room.ts";
import { ofJob, type Proposal } from "./proposal.ts";

/**
 * Less cpu or memory for each replica, fewer replicas, fewer cards for each: of each the most that
 * finds room in one of the pools that are too full or too small for it, and what quotas leave.
 */
export function smaller(answer: Answer): Proposal[] {
  const { asked } = answer;
  const { shape } = asked;
  const gangs = gangsIn(answer);
  const most = (fits: (gang: Gang) => number) =>
    [...new Set(gangs.map(fits))]
      .filter((size) => size > 0)
      .toSorted((a, b) => b - a)
      .slice(0, 2);
  const left = cardsLeft(answer);
  const byQuota = left === undefined ? [] : [left];
  const counts = [
    ...most(cardsThatFit),
    ...byQuota.map((cards) => Math.floor(cards / shape.replicas)),
  ];
  const gang = [...most(replicasThatFit), ...byQuota.map((cards) => cards / leastCount(shape))];
  return [
    ...most(cpuThatFits).map((cpu) => lessCpu(asked, cpu)),
    ...most(memoryThatFits).map((memory) => lessMemory(asked, memory)),
    ...[...new Set(gang.map(Math.floor))]
      .filter((replicas) => replicas > 0 && replicas < shape.replicas)
      .map((replicas) => fewerReplicas(asked, replicas)),
    ...[...new Set(counts)]
      .filter((cards) => cards > 0 && cards < mostCount(shape))
      .map((cards) => fewerCards(asked, cards)),
  ];
}

/** A gang and hosts that do not hold it. */
interface Gang {
  readonly replicas: number;
  readonly need: Need;
  readonly rooms: readonly Room[];
}

const lacksRoom = new Set<Reason["code"]>(["no-room", "no-host-with-room"]);
const isTooSmall = new Set<Reason["code"]>(["host-too-small", "pool-too-small"]);

/** Pools that take such cards: as they are free now, and empty where even that is too small. */
function gangsIn({ asked, quoted }: Answer): Gang[] {
  const { shape, snapshot } = asked;
  const free = freeRooms(snapshot);
  return quoted.candidates.flatMap(({ pool, reason }): Gang[] => {
    const need = needIn(pool, shape);
    if (!need || !reason) return [];
    const now = { replicas: shape.replicas, need, rooms: free.get(pool.id)! };
    if (lacksRoom.has(reason.code)) return [now];
    return isTooSmall.has(reason.code) ? [now, { ...now, rooms: emptyRooms(pool) }] : [];
  });
}

function needIn(pool: PoolNow, shape: Shape): Need | undefined {
  const option = shape.cards.options.find(({ model }) => model === pool.model.id);
  return option && needOf(shape, option);
}

/** What the quota that holds it back still leaves; undefined where none does. */
function cardsLeft({ quoted: { why } }: Answer): number | undefined {
  if (!why) return undefined;
  const fact = (name: string) => Number(why.facts[name]);
  switch (why.code) {
    case "tenant-quota":
      return fact("quota") - fact("inUse");
    case "organisation-quota":
      return fact("nominal") + fact("borrow") - fact("inUse") - fact("kept");
    case "quota-taken":
      return fact("nominal") - fact("inUse") - fact("taken");
    case "cards-kept":
      return fact("total") - fact("inUse") - fact("kept");
    default:
      return undefined;
  }
}

const leastCount = ({ cards }: Shape) => Math.min(...cards.options.map(({ count }) => count));
const mostCount = ({ cards }: Shape) => Math.max(...cards.options.map(({ count }) => count));

const replicasThatFit = ({ rooms, need }: Gang) => replicasIn(rooms, need);

const cardsThatFit = ({ rooms, need, replicas }: Gang) =>
  need.share < 1000
    ? 0
    : mostBelow(need.cards, 1, (cards) => replicasIn(rooms, { ...need, cards }) >= replicas);

/** No less than a quarter of what was asked: a program needs what it needs. */
const cpuThatFits = ({ rooms, need, replicas }: Gang) =>
  atLeastQuarter(
    need.cpu,
    mostBelow(need.cpu, need.cpu >= 2000 ? 1000 : 100, (cpu) => {
      return replicasIn(rooms, { ...need, cpu: milliCores(cpu) }) >= replicas;
    }),
  );

const memoryThatFits = ({ rooms, need, replicas }: Gang) =>
  atLeastQuarter(
    need.memory,
    mostBelow(need.memory, need.memory >= 2048 ? 1024 : 64, (memory) => {
      return replicasIn(rooms, { ...need, memory: mebibytes(memory) }) >= replicas;
    }),
  );

const atLeastQuarter = (asked: number, found: number) => (found * 4 >= asked ? found : 0);

/** The largest multiple of `step` below `asked` that fits, by halving; 0 where none does. */
function mostBelow(asked: number, step: number, fits: (size: number) => boolean): number {
  let low = 0;
  let high = Math.ceil(asked / step);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * step)) low = middle;
    else high = middle;
  }
  return low * step;
}

const lessCpu = ({ shape }: Asked, cpu: number): Proposal =>
  ofJob(
    "less-cpu",
    { cores: cpu / 1000, was: shape.cpu / 1000 },
    {
      amount: shape.cpu - cpu,
      change: () => ({ cpu: milliCores(cpu) }),
    },
  );

const lessMemory = ({ shape }: Asked, memory: number): Proposal =>
  ofJob(
    "less-memory",
    { memoryMiB: memory, was: shape.memory },
    {
      amount: shape.memory - memory,
      change: () => ({ memory: mebibytes(memory) }),
    },
  );

const fewerReplicas = ({ shape }: Asked, replicas: number): Proposal =>
  ofJob(
    "fewer-replicas",
    { replicas, was: shape.replicas, ...limits(shape, shape.replicas / replicas) },
    {
      amount: shape.replicas - replicas,
      change: (one) => ({ replicas, ...stretched(one, { by: one.replicas / replicas }) }),
    },
  );

const fewerCards = ({ shape }: Asked, cards: number): Proposal => {
  const was = mostCount(shape);
  const facts = { cards, was, ...limits(shape, was / cards) };
  return ofJob("fewer-cards", facts, {
    amount: was - cards,
    change: (one) => stretched(one, { by: mostCount(one) / cards, cards }),
  });
};

const limits = ({ maxRunTime }: Shape, by: number) => ({
  limit: formatDuration(longer(maxRunTime, by)),
  limitWas: formatDuration(maxRunTime),
});

/** The same work on fewer cards takes as much longer, and may. */
function stretched(
  { maxRunTime, cards: wish }: Shape,
  { by, cards }: { by: number; cards?: number },
): Pick<Shape, "maxRunTime" | "cards"> {
  const options = wish.options.map((option) => {
    const count = Math.min(option.count, cards ?? option.count);
    const slower = cards === undefined ? by : option.count / count;
    const { expectedRunTime: time } = option;
    return { ...option, count, expectedRunTime: time && longer(time, slower) };
  });
  return { maxRunTime: longer(maxRunTime, by), cards: { ...wish, options } };
}

/** Up to the full minute. */
const longer = (time: number, by: number) => durationOf(Math.ceil((time * by) / 60_000) * 60_000);
