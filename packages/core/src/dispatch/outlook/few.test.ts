import { expect, test } from "vitest";
import { asId, durationOf, yuan, type JobId, type TenantId } from "../../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noonMs } from "../builders.testing.ts";
import { defaultPolicy, type Policy } from "../policy.ts";
import { round } from "../round.ts";
import type { ShapeQueue, Snapshot } from "../snapshot.ts";
import { openState } from "../state.ts";
import { planFew } from "./few.ts";

const hourMs = 3_600_000;
const shortest: Policy = { ...defaultPolicy, order: "shortest" };

/** A job that takes so many hours on the fast card and on the slow one. */
const one = (id: string, [fast, slow]: [number, number], worth: bigint): ShapeQueue => ({
  shape: aShape({
    name: id,
    cards: aWish([
      ["h100-sxm", 1, fast],
      ["h20", 1, slow],
    ]),
    maxRunTime: durationOf(24 * hourMs),
    waitingCostPerHour: yuan(worth),
  }),
  jobs: [aJob({ id: asId<JobId>(id), tenant: asId<TenantId>("all") })],
});

const fast = aPool({ id: "fast", price: yuan(1n), hosts: [aHost({ cards: 1 })] });
const slow = aPool({ id: "slow", model: "h20", price: yuan(1n), hosts: [aHost({ cards: 1 })] });
/** By Smith's rule `same`, the shorter, takes the fast card first: it is as quick on the other. */
const queue = [one("same", [2, 2], 2n), one("differs", [3, 12], 2n)];
const snapshot = (differs: Partial<Snapshot> = {}) =>
  aSnapshot({ pools: [fast, slow], queue, policy: shortest, ...differs });

const placesOf = (snap: Snapshot) =>
  round(snap)
    .placements.map(({ job, pool }) => `${job} ${pool}`)
    .toSorted();

test("jobs change places where that saves something, and the round does as was planned", () => {
  const plan = planFew(openState(snapshot()), noonMs)!;
  const starts = [...plan.starts].map(([{ jobs }, [start]]) => [
    jobs[0]!.id,
    start!.pool.now.id,
    start!.startMs - noonMs,
  ]);
  expect(starts.toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1))).toEqual([
    ["differs", "fast", 0],
    ["same", "slow", 0],
  ]);
  expect(placesOf(snapshot())).toEqual(["differs fast", "same slow"]);
});

test("where the policy promises an order there is no such plan", () => {
  expect(planFew(openState(snapshot({ policy: defaultPolicy })), noonMs)).toBeNull();
});

test("nobody waits where the policy says that a job never waits where it could start", () => {
  const hasty = { ...shortest, waitForCheaper: durationOf(0) };
  expect(planFew(openState(snapshot({ policy: hasty })), noonMs)).toBeNull();
  expect(placesOf(snapshot({ policy: hasty }))).toHaveLength(2);
});
