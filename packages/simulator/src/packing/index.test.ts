import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packingTable } from "./index.ts";

describe("FGD's experiment", () => {
  const traces = process.env["WADI_TRACES"];
  beforeEach(({ skip }) => {
    skip(traces === undefined, "WADI_TRACES is not set");
  });

  test("BestFit and FGD come out as published, and the own fit allocates more", () => {
    const [row] = packingTable(traces!, { workloads: ["multigpu50"], seeds: 1 });
    const [seed] = row!.seeds;
    expect(seed!.seed).toBe(42);
    expect(Math.abs(seed!.bestFit - seed!.publishedBestFit)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(seed!.fgd - seed!.publishedFgd)).toBeLessThanOrEqual(0.05);
    expect(seed!.own).toBeGreaterThan(seed!.fgd);
    expect(row!.wins).toBe(1);
  }, 120_000);
});

describe("a folder of four pods and two hosts", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "packing-"));
    for (const sub of ["openb/pod-order", "openb/node-order", "fgd"]) {
      mkdirSync(path.join(folder, sub), { recursive: true });
    }
    put("openb/openb_node_list_gpu_node.csv", hosts);
    put("openb/openb_pod_list_default.csv", pods);
    put("openb/pod-order/default.txt.gz", gzipSync("0000 0001 0002 0003\n"));
    put("openb/node-order/default.txt.gz", gzipSync("0001 0000\n"));
    put("fgd/allocation.csv", allocation);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test("what was asked for and found room is counted where all cards have been asked for", () => {
    const [row] = packingTable(folder, { workloads: ["default"] });
    expect(row!.seeds).toStrictEqual([
      { seed: 42, publishedBestFit: 90.5, publishedFgd: 95.25, bestFit: 50, fgd: 100, own: 100 },
    ]);
    expect(row!.wins).toBe(0);
  });

  test("a wrong cell is named by file, line, field, what was read and what is right", () => {
    put(
      "openb/openb_pod_list_default.csv",
      pods.replace("openb-pod-0001,4000", "openb-pod-0001,x"),
    );
    expect(() => packingTable(folder, { workloads: ["default"] })).toThrow(
      /openb_pod_list_default\.csv:3: cpu_milli: read "x"; must be a whole number/,
    );
  });

  test("an order that names no pod of the trace is named likewise", () => {
    put("openb/pod-order/default.txt.gz", gzipSync("0000 0001\n0002 0009\n"));
    expect(() => packingTable(folder, { workloads: ["default"] })).toThrow(
      /pod-order\/default\.txt\.gz:2: id 2: read "0009"; must be the number of one/,
    );
  });

  const put = (file: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, file), content);
  };
});

const hosts = `sn,cpu_milli,memory_mib,gpu,model
openb-node-0000,32000,65536,2,A
openb-node-0001,32000,65536,2,B
`;

// The first two may run anywhere, the last two only on host 1, which wins ties: BestFit, blind to
// models, gives it away.
const pods = `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec
openb-pod-0000,4000,1024,1,1000,
openb-pod-0001,4000,1024,1,1000,
openb-pod-0002,4000,1024,1,1000,B
openb-pod-0003,4000,1024,1,1000,B
`;

const allocation = `workload,sc_policy,tune,seed,total_gpus,100
openb_pod_list_default,05-BestFit,1.3,42,4,90.5
openb_pod_list_default,06-FGD,1.3,42,4,95.25
`;
