import { expect, test } from "vitest";
import { readFleet } from "../fleet/index.ts";
import { splitImpossible } from "./impossible.ts";
import { readWorkload } from "./index.ts";

const centre = (id: string, pool: string) => `
  - id: ${id}
    name: { en: a, zh: a }
    kind: edge
    place: ${id}
    provider: p
    timeZone: UTC
    pools:
      - id: ${id}-pool
        ${pool}
        prices: { timeZone: UTC, periods: [{ rules: [{ perCardHour: "1" }] }] }`;
const host = "cards: 4, cpu: 32, memory: 64GiB";
const h20s = `model: h20\n        hosts: { count: 2, ${host} }`;
const ascends = `model: ascend-910b3\n        minimumSlice: 100
        hosts: { count: 1, ${host} }`;
const fleet = readFleet(
  `version: 1
name: f
centres:${centre("a", h20s)}${centre("b", ascends)}
links:
  - { from: a, to: b, megabitsPerSecond: 1, perGB: "0" }
`,
  "f.yaml",
);

const whyOf = (columns: string, values: string) => {
  const text = `id,submitted,tenant,run_time,cards,models,${columns}\nx,0,t,60,${values}\n`;
  const workload = splitImpossible(readWorkload({ file: "w.csv", text }), fleet);
  expect(workload.jobs.length + workload.impossible.length).toBe(1);
  return workload.impossible[0]?.why ?? null;
};

test.each([
  ["replicas", "4,h20,2", "can run"],
  ["replicas", "4,h20,3", "asks for 3 replicas at once; a-pool holds 2"],
  ["replicas", "3,h20,3", "asks for 3 replicas at once; a-pool holds 2"],
  ["replicas", "5,h20,1", "no host of a-pool has them"],
  ["cpu", "1,h20,33", "no host of a-pool has them"],
  ["memory", "1,h20,65GiB", "no host of a-pool has them"],
  ["replicas", "1,l40s,1", "no pool has l40s"],
  ["replicas", "1,l40s ascend-910b3,1", "can run"],
  ["share", "1,h20,500", "a-pool hands out whole cards only"],
  ["share", "1,ascend-910b3,500", "can run"],
  ["domestic", "1,h20,yes", "asks for domestic cards"],
  ["data,data_place", "1,ascend-910b3,5GB,a", "can run"],
  ["data,data_place", "1,h20,5GB,b", "no link leads from b to a"],
  ["data,data_place", "1,h20 ascend-910b3,5GB,b c", "can run"],
])("with %s a job of %s: %s", (columns, values, why) => {
  expect(whyOf(columns, values) ?? "can run").toContain(why);
});
