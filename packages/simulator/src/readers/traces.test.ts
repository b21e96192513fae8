import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { openbFleet, openbPods, readWorkload, splitImpossible } from "./index.ts";

const folder = process.env["WADI_TRACES"];
const source = (file: string) => ({
  file,
  text: readFileSync(path.join(folder ?? "", file), "utf8"),
});

describe("public traces", () => {
  beforeEach(({ skip }) => {
    skip(folder === undefined, "WADI_TRACES is not set");
  });

  test("Philly is read whole", () => {
    const models = [
      { model: "a800-80g", speed: 1 },
      { model: "ascend-910b3", speed: 0.5 },
    ];
    const { jobs, impossible } = readWorkload(source("philly/philly.csv"), { models });
    expect([jobs.length, impossible.length]).toStrictEqual([58_771, 0]);
    expect(new Set(jobs.map(({ tenant }) => tenant)).size).toBe(13);
    expect(jobs[0]?.submittedMs).toBe(Date.UTC(2017, 8, 4, 10, 30, 41));
    expect(new Set(jobs.map(({ shape }) => shape)).size).toBeLessThan(1000);
  });

  test("openb's pods with times become jobs, and all but one fit its hosts", () => {
    const workload = readWorkload(source("openb/openb_pod_list_gpuspec33.csv"));
    expect(workload.jobs.length + workload.impossible.length).toBe(8152);
    const fleet = openbFleet(source("openb/openb_node_list_all_node.csv"));
    const { jobs, impossible } = splitImpossible(workload, fleet);
    expect(jobs).toHaveLength(workload.jobs.length - 1);
    expect(impossible.at(-1)).toStrictEqual({
      id: "openb-pod-1639",
      why: "asks for 8 cards, 120 cores and 737280 MiB on one host; no host of openb-g2 has them",
    });
    expect(fleet.pools.reduce((sum, { hosts }) => sum + hosts.length, 0)).toBe(1523);
  });

  test("openb's lists for packing are read as they stand", () => {
    expect(openbPods(source("openb/openb_pod_list_multigpu50.csv"))).toHaveLength(9061);
  });
});
