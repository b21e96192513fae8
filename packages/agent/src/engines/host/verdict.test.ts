import { expect, test } from "vitest";
import type { CommandEnd } from "./isolation/init.ts";
import { lostVerdict, verdictOf, type RunEnd, type StopCause } from "./verdict.ts";

const end = (exitCode: number | null, signal: string | null = null): CommandEnd => ({
  exitCode,
  signal,
  cpuMs: 0,
});

const aRunEnd = (differing: Partial<RunEnd>): RunEnd => ({
  cause: null,
  ends: [{ replica: 0, end: end(0), pulledDown: false }],
  oomKills: 0,
  machineOomKills: 0,
  memoryMiB: 64,
  maxRunMs: 1000,
  ...differing,
});

const endedWith = (...ends: (CommandEnd | null)[]) => ({
  ends: ends.map((one, replica) => ({ replica, end: one, pulledDown: false })),
});

test.each([
  // how it ended                  state        exit code  signal
  [endedWith(end(0)), "succeeded", 0, null],
  [endedWith(end(7)), "failed", 7, null],
  [endedWith(end(137)), "failed", 137, null],
  [endedWith(end(null, "SIGKILL")), "failed", null, "SIGKILL"],
  [endedWith(null), "failed", null, "SIGKILL"],
  [endedWith(end(0), end(3), end(0)), "failed", 3, null],
])("%j is %s", (differing, state, exitCode, signal) => {
  expect(verdictOf(aRunEnd(differing))).toMatchObject({ state, exitCode, signal });
});

test.each([
  ["asked", "stopped"],
  ["superseded", "stopped"],
  ["time", "timed-out"],
  ["lease", "lease-lost"],
  ["memory", "out-of-memory"],
  ["closing", "lost"],
] as const satisfies [Exclude<StopCause, null>, string][])(
  "a run stopped for %s is %s, whatever its command made of that",
  (cause, state) => {
    for (const how of [end(0), end(3), end(null, "SIGTERM"), null]) {
      expect(verdictOf(aRunEnd({ cause, ...endedWith(how) })).state).toBe(state);
    }
  },
);

test("a kill for want of memory is told when the run failed, and not when it coped", () => {
  const killed = endedWith(end(null, "SIGKILL"));
  expect(verdictOf(aRunEnd({ ...killed, oomKills: 1 })).state).toBe("out-of-memory");
  expect(verdictOf(aRunEnd({ ...endedWith(end(1)), oomKills: 1 })).state).toBe("out-of-memory");
  expect(verdictOf(aRunEnd({ oomKills: 1 })).state).toBe("succeeded");
});

test("a kill elsewhere on the machine is only hinted at", () => {
  const verdict = verdictOf(aRunEnd({ ...endedWith(end(null, "SIGKILL")), machineOomKills: 1 }));
  expect(verdict.state).toBe("failed");
  expect(verdict.message).toContain("the machine ran out of memory");
});

test("of a gang, the replica that failed first is told, not those it pulled down", () => {
  const ends = [
    { replica: 2, end: end(9), pulledDown: false },
    { replica: 0, end: end(null, "SIGTERM"), pulledDown: true },
  ];
  const verdict = verdictOf(aRunEnd({ ends }));
  expect(verdict).toMatchObject({ state: "failed", exitCode: 9, signal: null });
  expect(verdict.message).toBe("replica 2: exit code 9");
});

test("a lost run says whether it was the keeper or the machine", () => {
  expect(lostVerdict(true).message).toContain("keeper");
  expect(lostVerdict(false).message).toContain("machine");
});
