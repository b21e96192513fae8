import { openRegion, type Snapshot } from "@wadi/core/dispatch";
import { afterAll, expect, test } from "vitest";

import { aQueue, aSnapshot, nowMs } from "../testing/snapshots.ts";
import { openFarLook, outlookSince } from "./far-outlook.ts";

const far = openFarLook();
afterAll(() => far.close());

const startsIn = (snapshot: Snapshot) =>
  openRegion(snapshot)
    .outlook(nowMs)
    .groups.map(({ startsMs }) => startsMs);

test("a look from another thread is what this one would have seen", async () => {
  const then = aSnapshot({ queue: aQueue({ jobs: 20 }) });
  const seen = outlookSince(await far.look(then), { then, now: then });
  const here = openRegion(then).outlook(nowMs);
  expect(seen).toMatchObject({ atMs: nowMs, cost: here.cost, groups: here.groups });
  for (const { id } of then.queue[0]!.jobs) expect(seen.startOf(id)).toBe(here.startOf(id));
});

test("those who left the queue meanwhile are left out, and who came is not told of", async () => {
  const then = aSnapshot({ queue: aQueue({ jobs: 20 }) });
  const [{ shape, jobs }] = then.queue as [Snapshot["queue"][number]];
  const came = { ...jobs[0]!, id: "new" as never, submittedMs: nowMs + 1 };
  const now = { ...then, queue: [{ shape, jobs: [...jobs.slice(3), came] }] };
  const seen = outlookSince(await far.look(then), { then, now });
  expect(seen.groups.map(({ startsMs }) => startsMs)).toEqual([startsIn(then)[0]!.slice(3)]);
  expect(seen.startOf(came.id)).toBeUndefined();
  const empty = outlookSince(await far.look(then), { then, now: { ...then, queue: [] } });
  expect(empty.groups).toEqual([]);
});

test("questions that come together are answered one after the other", async () => {
  const sizes = [3, 20, 1, 9];
  const asked = sizes.map((jobs) => far.look(aSnapshot({ queue: aQueue({ jobs }) })));
  const counts = (await Promise.all(asked)).map(({ groups }) => groups[0]!.startsMs.length);
  expect(counts).toEqual(sizes);
});
