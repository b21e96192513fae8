import { constants } from "node:os";
import { expect, test } from "vitest";
import { readReport } from "./init.ts";

const times = "0m0.010s 0m0.000s\n0m1.250s 0m0.500s\n";
const read = (text: string) => readReport(text, constants.signals);

test.each([
  // what shells write               exit code  signal
  [`exit 0\n${times}`, 0, null],
  [`exit 137\n${times}`, 137, null],
  [`Killed\nexit 137\n${times}`, null, "SIGKILL"], // dash
  [`Aborted (core dumped)\nexit 134\n${times}`, null, "SIGABRT"],
  [
    `wadi-init: line 5:     7 Segmentation fault      ( . "$1" )\nexit 139\n${times}`,
    null,
    "SIGSEGV",
  ], // bash
  [`Real-time signal 1\nexit 163\n${times}`, null, "SIG35"],
])("%j", (text, exitCode, signal) => {
  expect(read(text)).toEqual({ exitCode, signal, cpuMs: 1750 });
});

test("minutes count, and so do shells that write a comma", () => {
  expect(read("exit 0\n0m0,000s 0m0,000s\n2m3,500s 0m0,000s\n")?.cpuMs).toBe(123_500);
});

test("half a report is none yet", () => {
  const text = `Killed\nexit 137\n${times}`;
  for (let length = 0; length < text.length; length++) {
    expect(read(text.slice(0, length))).toBeUndefined();
  }
});
