import { expect, test } from "vitest";
import { placesOf } from "./mistakes.testing.ts";
import { noDayMs } from "./options.ts";
import { readPlain } from "./plain.ts";

const models = [{ model: "h20", speed: 2 }];
const read = (text: string) => readPlain({ file: "w.csv", text }, { models });

test("what is left out is as the README says", () => {
  const { jobs } = read("id,submitted,tenant,cards,run_time\na,90,t1,2,1h\n");
  expect(jobs).toStrictEqual([
    {
      ...{ id: "a", tenant: "t1", submittedMs: noDayMs + 90_000, runMs: 3_600_000 },
      ...{ replicas: 1, cards: 2, share: 1000, models, estimateMs: null, limitMs: null },
      ...{ cpuPerCard: null, memoryPerCard: null, priority: "normal", preemptible: false },
      ...{ checkpoints: false, deadlineMs: null, domesticOnly: false, data: [] },
    },
  ]);
});

test("every column is read", () => {
  const text = `id,submitted,tenant,cards,run_time,replicas,models,estimate,limit,priority,cpu,\
memory,data,data_place,data_name,deadline,preemptible,checkpoint,domestic
a,2026-12-01T08:00:00+08:00,t1,4,90,3,ascend-910b3 a800-80g:1.2,2m,5m,high,8,64GiB,\
1.5TB,hangzhou ningbo,films,2026-12-02T00:00:00Z,yes,true,no
`;
  expect(read(text).jobs).toStrictEqual([
    {
      ...{ id: "a", tenant: "t1", submittedMs: Date.UTC(2026, 11, 1), runMs: 90_000 },
      ...{ replicas: 3, cards: 4, share: 1000, estimateMs: 120_000, limitMs: 300_000 },
      models: [
        { model: "ascend-910b3", speed: 1 },
        { model: "a800-80g", speed: 1.2 },
      ],
      ...{ cpuPerCard: 2000, memoryPerCard: 16_384, priority: "high", preemptible: true },
      ...{ checkpoints: true, deadlineMs: Date.UTC(2026, 11, 2), domesticOnly: false },
      data: [{ name: "films", places: ["hangzhou", "ningbo"], bytes: 1_500_000_000_000n }],
    },
  ]);
});

const cell = (column: string, value: string) =>
  `id,submitted,tenant,cards,run_time,${column}\na,0,t,1,60,${value}\n`;

test.each([
  ["submitted", "id,submitted,tenant,cards,run_time\na,soon,t,1,60\n"],
  ["tenant", "id,submitted,tenant,cards,run_time\na,0,T 1,1,60\n"],
  ["cards", "id,submitted,tenant,cards,run_time\na,0,t,0,60\n"],
  ["run_time", "id,submitted,tenant,cards,run_time\na,0,t,1,0\n"],
  ["models", cell("models", "a900")],
  ["models", cell("models", "h20:0")],
  ["priority", cell("priority", "top")],
  ["memory", cell("memory", "64")],
  ["cpu", cell("cpu", "0")],
  ["limit", cell("limit", "59s")],
  ["deadline", cell("deadline", "0")],
  ["preemptible", cell("preemptible", "maybe")],
  ["share", cell("share", "1001")],
  ["data_place", cell("data", "5GB")],
  ["data", cell("data_place", "hangzhou")],
  ["header", cell("cup", "1")],
])("a wrong %s is told by its name", (field, text) => {
  const line = field === "header" ? 1 : 2;
  expect(placesOf(() => read(text))).toStrictEqual([`${line} ${field}`]);
});

test("an id that comes twice is told with the line of the first", () => {
  const text = "id,submitted,tenant,cards,run_time\na,0,t,1,60\na,1,t,1,60\n";
  expect(() => read(text)).toThrow('w.csv:3: id: read "a"; is that of line 2 too');
});

test("a part of a card is asked for by one replica of one card", () => {
  const head = "id,submitted,tenant,cards,run_time,share,replicas\n";
  expect(placesOf(() => read(`${head}a,0,t,2,60,500,1\n`))).toStrictEqual(["2 share"]);
  expect(read(`${head}a,0,t,1,60,500,1\n`).jobs[0]?.share).toBe(500);
});
