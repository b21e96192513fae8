import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { centreSpec } from "@wadi/protocol";
import { parseConfig, WrongConfig } from "./config.ts";

const page = readFileSync(new URL("../../../docs/joining-a-centre.md", import.meta.url), "utf8");
const [centre, agent] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

test("what the page shows as an agent's configuration is one, and tells the defaults", () => {
  const shown = parseConfig(agent!, "joining-a-centre.md");
  const { hosts, datasets, ...rest } = shown;
  const { hosts: _, datasets: __, ...defaults } = parseConfig("", "nothing");
  expect(rest).toEqual(defaults);
  expect(hosts).toMatchObject([{ id: "lakeside-1", memory: 1_572_864 }]);
  expect(datasets["wiki-zh"]).toEqual({ path: "/data/wiki-zh", as: "link" });
});

test("what the page shows as a centre's description is one", () => {
  expect(z.safeDecode(centreSpec, parse(centre!)).success).toBe(true);
});

test.each([
  [
    "hosts: [{id: a, cpu: 1, memory: 1GiB}, {id: a, cpu: 1, memory: 1GiB}]",
    'hosts: "a" is there twice',
  ],
  ["hosts: [{id: a, cpu: 1, memory: 1GiB, cards: [{model: h20o, count: 1}]}]", "did you mean h20?"],
  ["datasets: {wiki: {path: data}}", "datasets.wiki.path: must be an absolute path"],
  ["runs: {stopGrace: 10}", "runs.stopGrace"],
  ["cards: {look: 500ms}", "cards.look: must be 0s, or 1s or more"],
  ["engine: [", "cannot be read"],
  ["engin: host", 'Unrecognized key: "engin"'],
])("%s: it says %s", (text, said) => {
  expect(() => parseConfig(text, "agent.yaml")).toThrow(WrongConfig);
  expect(() => parseConfig(text, "agent.yaml")).toThrow(said);
});
