import { spawn } from "node:child_process";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { liveProcess, liveProcessByPs, ownProcessId, whetherAlive } from "./processes.ts";

test.each([
  ["/proc", liveProcess],
  ["ps", liveProcessByPs],
])("a process is seen as long as it lives (by %s)", async (_how, look) => {
  const child = spawn("sleep", ["1000"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid!;
  while (look(pid)?.program !== "sleep") await new Promise(setImmediate); // until it has become one
  const first = look(pid);
  expect(look(pid)).toEqual(first);
  expect(first?.began).not.toBe("");
  child.kill("SIGKILL");
  while (look(pid)) await new Promise(setImmediate);
  expect(look(pid)).toBeUndefined();
});

test("a process knows its own folder", () => {
  expect(liveProcess(process.pid)?.folder).toBe(path.resolve("."));
});

test("a number that another process has by now is not taken for the former", () => {
  const me = ownProcessId();
  expect(whetherAlive(me)).toBe("alive");
  expect(whetherAlive({ ...me, began: "1" })).toBe("over");
  expect(whetherAlive({ ...me, pid: 4_194_303 })).toBe("over");
  expect(whetherAlive({ ...me, machine: "another boot" })).toBe("elsewhere");
});
