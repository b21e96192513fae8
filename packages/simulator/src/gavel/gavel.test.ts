import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { race } from "../baselines/index.ts";
import { meanOf } from "../measure/index.ts";
import {
  fifoBySpeed,
  gavelExperiment,
  gavelPublished,
  gavelWorkload,
  readThroughputs,
} from "./index.ts";

const folder = process.env["WADI_TRACES"];
const unset = "WADI_TRACES is not set";
const readTypes = async () =>
  readThroughputs(await readFile(path.join(folder!, "gavel/simulation_throughputs.json"), "utf8"));

const text = JSON.stringify({
  v100: { "('A', 1)": { null: 10 }, "('A', 2)": { null: 20 }, "('B', 1)": { null: 4 } },
  p100: { "('A', 1)": { null: 5 }, "('B', 1)": { null: 8 } },
  k80: { "('A', 1)": { null: 2 }, "('B', 1)": { null: 1 } },
});

test("the table's types of one card are read by name; what is missing is named", () => {
  expect(readThroughputs(text)).toEqual([
    { name: "('A', 1)", stepsPerSecond: { v100: 10, p100: 5, k80: 2 } },
    { name: "('B', 1)", stepsPerSecond: { v100: 4, p100: 8, k80: 1 } },
  ]);
  expect(() => readThroughputs(text.replace(`"('B', 1)":{"null":1}`, `"C":{"null":1}`))).toThrow(
    "has no ('B', 1) alone on k80",
  );
  expect(() => readThroughputs('{"v100":{}}')).toThrow("p100");
});

test("jobs are drawn as Gavel draws them; slower cards take as much longer", () => {
  const types = readThroughputs(text);
  const { jobs } = gavelWorkload({ types, jobsPerHour: 4.8, jobs: 20_000, seed: 7 });
  const minutes = jobs.map(({ trueRunMs }) => trueRunMs.get("v100" as never)! / 60_000);
  const share = (from: number, to: number) =>
    minutes.filter((m) => m >= 10 ** from && m < 10 ** to).length / jobs.length;
  expect(share(1.5, 3)).toBeCloseTo(0.8, 1);
  expect(share(1.5, 2.25)).toBeCloseTo(0.4, 1);
  expect(share(3, 4)).toBeCloseTo(0.2, 1);
  expect(jobs.at(-1)!.submittedMs / 3_600_000 / 20_000).toBeCloseTo(1 / 4.8, 2);
  const ratios = jobs.map(({ trueRunMs }) => {
    const [v100, p100, k80] = [...trueRunMs.values()] as [number, number, number];
    return `${(p100 / v100).toFixed(2)} ${(k80 / v100).toFixed(2)}`;
  });
  expect(new Set(ratios)).toEqual(new Set(["2.00 5.00", "0.50 4.00"]));
});

/** The seeds differ by more than a factor of two from one another: only their mean is compared. */
test(
  "FIFO on any free card comes near what Gavel's FIFO had",
  { timeout: 60_000 },
  async (context) => {
    context.skip(folder === undefined, unset);
    const types = await readTypes();
    const means = [1, 2, 3, 4, 5, 6].map((seed) => {
      const played = gavelExperiment({ types, jobsPerHour: 4.8, seed, dispatcher: race(seed) });
      expect(played.ended).toBe(1000);
      return played.meanCompletionHours;
    });
    const mean = meanOf(means);
    console.log(`FIFO: ${mean.toFixed(1)} h of ${gavelPublished[4.8].fifo} h: ${means.join(" ")}`);
    expect(mean / gavelPublished[4.8].fifo).toBeGreaterThan(0.7);
    expect(mean / gavelPublished[4.8].fifo).toBeLessThan(1.3);
  },
);

test("FIFO by speed is below FIFO", { timeout: 60_000 }, async (context) => {
  context.skip(folder === undefined, unset);
  const types = await readTypes();
  const of = (dispatcher: ReturnType<typeof race>) =>
    gavelExperiment({ types, jobsPerHour: 4.8, seed: 3, dispatcher }).meanCompletionHours;
  expect(of(fifoBySpeed())).toBeLessThan(of(race(3)));
});
