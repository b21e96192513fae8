import { asId, type AgentId, type RunId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { rememberHanded } from "./sync.ts";

const agent = asId<AgentId>("a");
const run = asId<RunId>("r");

test("a lease that was handed out is not handed out again for a second", () => {
  const handed = rememberHanded();
  expect(handed.recent(agent, 0)).toEqual([]);
  handed.note(agent, [{ run }] as never, 5000);
  expect(handed.recent(agent, 5999)).toEqual([run]);
  expect(handed.againAt(agent)).toBe(6000);
  expect(handed.recent(agent, 6000)).toEqual([]);
  expect(handed.againAt(agent)).toBeUndefined();
});

test("what one agent was handed says nothing of another, nor does a clock set back", () => {
  const handed = rememberHanded();
  handed.note(agent, [{ run }] as never, 5000);
  expect(handed.recent(asId("b"), 5000)).toEqual([]);
  expect(handed.recent(agent, 1000)).toEqual([]);
});
