import { expect, test } from "vitest";
import { asId, durationOf, type TenantId } from "../units/index.ts";
import { aHost, aJob, aPool, aRun, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { round } from "./round.ts";
import type { RunNow } from "./snapshot.ts";

/** Eight cards: half of them north's, half south's, each lent whole. */
const policy: Policy = {
  ...defaultPolicy,
  fairness: {
    ...defaultPolicy.fairness,
    organisations: ["north", "south"].map((id) => ({
      ...{ id, parent: null, weight: 1, startsPerHour: null, tenants: [asId<TenantId>(id)] },
      quotas: [{ cards: "h100-sxm", nominal: 4, borrow: null, lend: null }],
    })),
  },
  preemption: { ...defaultPolicy.preemption, leastRun: durationOf(0) },
};
const pool = aPool({ hosts: [aHost({ cards: 8 })] });

const held = (tenant: string, cards: number, preemptible: boolean): RunNow[] =>
  Array.from({ length: cards }, () =>
    aRun({ tenant: asId(tenant), shape: aShape({ preemptible }), sinceMs: noonMs - 60_000 }),
  );

/** North asks for four cards at once; south has six, and who else has the other two. */
const victims = (others: RunNow[]) => {
  const shape = aShape({ replicas: 4, cards: aWish([["h100-sxm", 1]]) });
  const queue = [{ shape, jobs: [aJob({ tenant: asId("north") })] }];
  const runs = [...held("south", 6, true), ...others];
  return round(aSnapshot({ pools: [pool], policy, runs, queue })).preemptions;
};

test("one job takes no more back than is borrowed", () => {
  const stopped = victims([]);
  expect(stopped.map(({ rule }) => rule)).toEqual(["reclaim", "reclaim"]);
});

test("and stops nobody where that would not do: the other's own is left to it", () => {
  expect(victims(held("elsewhere", 2, false))).toEqual([]);
});

test("what it may take of each is counted apart", () => {
  expect(victims(held("elsewhere", 2, true))).toHaveLength(4);
});
