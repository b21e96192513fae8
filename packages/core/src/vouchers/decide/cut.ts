import { least, minus, noMoney, total, type MicroYuan } from "../../units/index.ts";
import type { Counters } from "../counters.ts";
import type { Refusal } from "../decision.ts";
import type { Bar } from "./eligibility.ts";
import type { Grant } from "./grant.ts";
import { roomUnder, type Meter } from "./meters.ts";

/** What is left, and what was refused on the way. */
export interface Course {
  readonly grants: readonly Grant[];
  readonly refused: readonly Refusal[];
}

export const grantedOf = (grants: readonly Grant[]) => total(grants.map(({ granted }) => granted));

/** Nothing is left; the reason carries all that was. It is told even where nothing was. */
export function refuseAll({ grants, refused }: Course, { code, by }: Bar): Course {
  return {
    grants: grants.map((grant) => ({ ...grant, granted: noMoney })),
    refused: [...refused, { code, by, amount: grantedOf(grants) }],
  };
}

/** At most what there is room for under a meter. */
export const cutTo = (course: Course, meter: Meter, counters: Counters): Course =>
  keepAtMost(course, roomUnder(meter, counters), meter);

/**
 * Keeps the first parts and cuts the last ones, so that those that count come to `most`. What is
 * kept of each part never grows when `most` falls.
 */
export function keepAtMost(
  { grants, refused }: Course,
  most: MicroYuan,
  { code, by, parts }: Pick<Meter, "code" | "by" | "parts">,
): Course {
  let room = most;
  const kept = grants.map((grant) => {
    if (parts !== null && !parts.includes(grant.part.code)) return grant;
    const granted = least(grant.granted, room);
    room = minus(room, granted);
    return granted === grant.granted ? grant : { ...grant, granted };
  });
  const amount = minus(grantedOf(grants), grantedOf(kept));
  return { grants: kept, refused: amount > 0n ? [...refused, { code, by, amount }] : refused };
}

/** Changes what is left of each part by a rule of its own, downward only. */
export function cutEach(
  { grants, refused }: Course,
  { code, by }: Bar,
  left: (grant: Grant) => MicroYuan,
): Course {
  const kept = grants.map((grant) => ({ ...grant, granted: least(grant.granted, left(grant)) }));
  const amount = minus(grantedOf(grants), grantedOf(kept));
  return amount > 0n
    ? { grants: kept, refused: [...refused, { code, by, amount }] }
    : { grants, refused };
}
