import { expect, test } from "vitest";
import { formatOf, readWorkload } from "./index.ts";
import { placesOf } from "./mistakes.testing.ts";

const source = (text: string) => ({ file: "traces/a.csv", text });

test.each([
  ["; Version: 2.2\n1 0 -1\n", "swf"],
  [`${"1 ".repeat(18)}\n`, "swf"],
  ["timestamp,duration,num_gpus,gpu_time,cluster\n", "philly"],
  ['# from us\n"id",submitted,tenant,cards,run_time\n', "plain"],
  ["tenant,id,cards,runtime\n", "plain"],
  ["name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos\n", "openb"],
  ['\uFEFF{ "version": 1 }', "snapshot"],
])("%j is read as %s", (text, format) => {
  expect(formatOf(source(text))).toBe(format);
});

test("what is none of them is told so, with what they look like", () => {
  expect(placesOf(() => readWorkload(source("# a\na,b,c\n")))).toStrictEqual(["2 header"]);
  expect(placesOf(() => readWorkload(source("")))).toStrictEqual(["1 header"]);
});

test("a Philly trace needs to be told its cards", () => {
  const text = "timestamp,duration,num_gpus,cluster\n2017-10-09 07:01:55,66,1,a\n";
  expect(() => readWorkload(source(text))).toThrow("models is empty");
  const workload = readWorkload(source(text), { models: [{ model: "h20", speed: 1 }] });
  expect(workload).toMatchObject({ name: "a", jobs: [{ id: "line-000002" }], impossible: [] });
});
