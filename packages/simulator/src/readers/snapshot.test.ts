import { defaultPolicy, type RunNow, type Snapshot } from "@wadi/core/dispatch";
import { asId, durationOf, type CardModelId, type JobId, type TenantId } from "@wadi/core/units";
import { regionSnapshot } from "@wadi/protocol/snapshot";
import { expect, test } from "vitest";
import { readFleet } from "../fleet/index.ts";
import { readWorkload } from "./index.ts";
import { placesOf } from "./mistakes.testing.ts";
import { readSnapshot } from "./snapshot.ts";

const { pools, links } = readFleet(
  `version: 1
name: f
centres:
  - id: a
    name: { en: a, zh: a }
    kind: edge
    place: a
    provider: p
    timeZone: UTC
    pools:
      - id: a-pool
        model: h20
        hosts: { count: 1, cards: 4, cpu: 32, memory: 64GiB }
        prices: { timeZone: UTC, periods: [{ rules: [{ perCardHour: "1" }] }] }
`,
  "f.yaml",
);
const [job] = readWorkload({
  file: "w.csv",
  text: "id,submitted,tenant,cards,run_time,models\nx,0,t,2,1000,h20\n",
}).jobs;
const { shape } = job!;
const id = (last: number) => asId<JobId>(`00000000-0000-7000-8000-00000000000${last}`);
const tenant = asId<TenantId>("t");
const nowMs = Date.UTC(2026, 10, 22);

const run: RunNow = {
  ...{ job: id(1), tenant, shape, pool: pools[0]!.id },
  need: { cards: 2, share: 1000, cpu: shape.cpu, memory: shape.memory },
  hosts: [{ host: pools[0]!.hosts[0]!.id, replicas: 1 }],
  ...{ sinceMs: nowMs - 600_000, expectedEndMs: nowMs + 400_000, latestEndMs: nowMs + 900_000 },
  ...{ checkpointedMs: null, stopping: false },
};
const queued = (last: number, agoMs: number) => ({
  ...{ id: id(last), tenant, submittedMs: nowMs - agoMs, array: null },
});
const snapshot: Snapshot = {
  ...{ nowMs, pools, links, policy: defaultPolicy, scarcity: null, preemptedLately: 0 },
  ...{ tenants: new Map(), arrays: new Map(), learnt: new Map(), runs: [run] },
  queue: [{ shape, jobs: [queued(2, 1000), queued(3, 5000)] }],
};
const text = JSON.stringify(regionSnapshot.encode(snapshot));

test("runs come first with the time they have left, then the queue in its order", () => {
  const { workload, fleet, policy } = readSnapshot({ file: "s.json", text }, "live");
  const h20 = asId<CardModelId>("h20");
  expect(
    workload.jobs.map((one) => [one.id, one.submittedMs - nowMs, one.trueRunMs.get(h20)]),
  ).toStrictEqual([
    [id(1), 0, 400_000],
    [id(3), 1000, 1_000_000],
    [id(2), 1001, 1_000_000],
  ]);
  expect(fleet.pools).toStrictEqual(pools);
  expect(fleet.centres.map((one) => one.id)).toStrictEqual(["a"]);
  expect(policy).toStrictEqual(defaultPolicy);
  expect(readWorkload({ file: "s.json", text }).jobs).toStrictEqual(workload.jobs);
});

test("without a declared or learnt time a job is taken to need half of its limit", () => {
  const options = shape.cards.options.map((one) => ({ ...one, expectedRunTime: null }));
  const silent = { ...shape, maxRunTime: durationOf(100_000), cards: { ...shape.cards, options } };
  const queue = [{ shape: silent, jobs: [queued(2, 0)] }];
  const learnt = new Map([
    [
      silent.family,
      [
        {
          model: asId<CardModelId>("h20"),
          runs: 3,
          median: durationOf(7000),
          p90: durationOf(9000),
        },
      ],
    ],
  ]);
  const timesOf = (differs: Partial<Snapshot>) => {
    const written = JSON.stringify(
      regionSnapshot.encode({ ...snapshot, runs: [], queue, ...differs }),
    );
    return [
      ...readSnapshot({ file: "s", text: written }, "s").workload.jobs[0]!.trueRunMs.values(),
    ];
  };
  expect(timesOf({})).toStrictEqual([50_000]);
  expect(timesOf({ learnt })).toStrictEqual([7000]);
});

test("what is wrong is told by line and field", () => {
  const pretty = JSON.stringify(JSON.parse(text), null, 1).replace('"h20"', '"h21"');
  expect(placesOf(() => readSnapshot({ file: "s.json", text: pretty }, "s"))[0]).toMatch(
    /^\d+ pools\[0\]\.model$/,
  );
  expect(placesOf(() => readSnapshot({ file: "s.json", text: "{" }, "s"))[0]).toMatch(/YAML$/);
});
