import { expect, test } from "vitest";
import { placesOf } from "./mistakes.testing.ts";
import { openbFleet } from "./openb-fleet.ts";
import { openbPods } from "./openb-rows.ts";
import { readOpenb } from "./openb.ts";

const head =
  "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase," +
  "creation_time,deletion_time,scheduled_time\n";
const source = (lines: string) => ({ file: "pods.csv", text: head + lines });

test("pods become jobs with parts of cards, allowed models and classes", () => {
  const lines =
    "p0,6000,12288,1,460,,LS,Running,10,110,20\n" +
    "p1,8000,16384,2,1000,V100M16|V100M32,BE,Running,20,40,30\n" +
    "p2,2500,4096,0,0,,Burstable,Running,30,40,30\n";
  const { jobs, impossible } = readOpenb(source(lines), {});
  expect(impossible).toStrictEqual([]);
  expect(jobs).toMatchObject([
    { id: "p0", tenant: "ls", cards: 1, share: 460, runMs: 90_000, priority: "high" },
    { cards: 2, share: 1000, cpuPerCard: 4000, priority: "low", preemptible: true },
    { cards: 3, share: 1000, models: [{ model: "cpu" }], priority: "normal" },
  ]);
  expect(jobs[0]?.models).toHaveLength(7);
  expect(jobs[1]?.models.map(({ model }) => model)).toStrictEqual(["v100m16", "v100m32"]);
});

test("models of our own stand for those of the trace, by its names", () => {
  const lines = "p1,8000,16384,2,1000,T4,BE,Running,20,40,30\n";
  const models = [
    { model: "a800-80g", speed: 3, named: "V100M32" },
    { model: "l40s", speed: 2, named: "T4" },
  ];
  expect(readOpenb(source(lines), { models }).jobs[0]?.models).toStrictEqual([models[1]]);
  const { impossible } = readOpenb(source(lines), { models: models.slice(0, 1) });
  expect(impossible).toStrictEqual([
    { id: "p1", why: "asks for T4, which the models do not name" },
  ]);
});

test("what was never scheduled is impossible", () => {
  const { jobs, impossible } = readOpenb(source("p1,1,1,1,1000,,LS,Pending,20,40,\n"), {});
  expect(jobs).toStrictEqual([]);
  expect(impossible[0]?.why).toContain("never scheduled");
});

test("a list without times is for packing: its rows are read, its jobs are not", () => {
  const text = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np0,12000,16384,1,1000\n";
  const file = { file: "pods.csv", text };
  expect(openbPods(file)).toMatchObject([{ name: "p0", cards: 1, cardMilli: 1000, times: null }]);
  expect(placesOf(() => readOpenb(file, {}))).toContain("1 creation_time");
});

test("hosts become a pool for each model, in thousandths of a card", () => {
  const text =
    "sn,cpu_milli,memory_mib,gpu,model\n" +
    "n-0,64000,262144,2,P100\nn-1,96000,393216,8,T4\nn-2,96000,393216,8,T4\nn-3,32000,65536,0,\n";
  const { pools } = openbFleet({ file: "nodes.csv", text });
  expect(
    pools.map(({ id, minimumSlice, hosts }) => [id, minimumSlice, hosts.length]),
  ).toStrictEqual([
    ["openb-p100", 1, 1],
    ["openb-t4", 1, 2],
    ["openb-cpu", 1000, 1],
  ]);
  expect(pools[2]?.hosts[0]?.cards).toBe(32);
  const wrong = { file: "nodes.csv", text: "sn,cpu_milli,memory_mib,gpu,model\nn-0,64000,1,2,\n" };
  expect(placesOf(() => openbFleet(wrong))).toStrictEqual(["2 model"]);
});
