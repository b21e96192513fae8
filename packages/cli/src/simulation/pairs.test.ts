import { expect, test } from "vitest";
import { readFaults, readGenerated, readModels } from "./pairs.ts";

const hour = 3_600_000;
const day = 24 * hour;

test("faults: mean times to a fault and to its repair, of what is named", () => {
  expect(readFaults("hosts=30d/4h,links=60d/90m")).toEqual({
    hosts: { everyMs: 30 * day, lastsMs: 4 * hour },
    centres: null,
    links: { everyMs: 60 * day, lastsMs: 1.5 * hour },
    planned: [],
  });
});

test("models: each with its speed, and what a trace calls them", () => {
  expect(readModels("h100-sxm:1,a100-80g:0.45=A100")).toEqual([
    { model: "h100-sxm", speed: 1 },
    { model: "a100-80g", speed: 0.45, named: "A100" },
  ]);
});

test("generated: what is left out has a preset, days begin at midnight where the fleet is", () => {
  const read = (text: string) => readGenerated(text, { timeZone: "Asia/Shanghai" });
  expect(read("jobs=60000,load=1.1,from=2026-05-04")).toMatchObject({
    jobs: 60_000,
    load: 1.1,
    days: 7,
    from: Temporal.Instant.from("2026-05-04T00:00:00+08:00"),
  });
  expect(read("")).toMatchObject({ jobs: 10_000, load: 1, tenants: 500 });
});

const generated = (text: string) => readGenerated(text, { timeZone: "UTC" });

test.each([
  [readFaults, "hosts=30d", '--faults: hosts is "30d"; write mean times'],
  [readFaults, "hosts=0s/4h", "like 30d/4h"],
  [readFaults, "cards=30d/4h", "one of hosts, centres, links"],
  [readFaults, "hosts=1d/1h,hosts=2d/1h", "names hosts twice"],
  [readModels, "h100-sxm", "write a model and its speed"],
  [readModels, "h100-sxm:0", "write a model and its speed"],
  [readModels, "h-100:1", '"h-100" is no card model'],
  [generated, "job=1", "one of jobs, load, days, tenants, kinds, from"],
  [generated, "jobs=many", 'jobs is "many"; write a number'],
  [generated, "from=soon", "write a day, like 2026-03-02"],
])("%o of %j says what is right", (read, text, words) => {
  expect(() => read(text)).toThrow(words);
});
