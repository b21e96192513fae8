import { afterEach, expect, test } from "vitest";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const signal = {
  ...{ code: "serial-number-twice", subjects: ["run/1", "run/2"] },
  evidence: [{ subject: "run/1", what: "held card SN-2 at centre east of lowland", value: "9/10" }],
  sentence: { en: "One card, paid for twice.", zh: "同一张卡重复计费。" },
};

async function signals(items: (typeof signal)[], ...args: string[]) {
  double = await startDouble({ listCardSignals: () => ({ items }) });
  return runProgram(["signals", ...args], { hub: double.url });
}

test("signals of cards are told with where and when", async () => {
  const { code, stdout } = await signals([signal], "--since", "2026-11-01T00:00:00Z");
  expect(code).toBe(0);
  expect(stdout).toContain("One card, paid for twice.");
  expect(stdout).toContain("run/1: held card SN-2 at centre east of lowland 9/10");
  const [call] = double!.callsOf("listCardSignals");
  expect(`${call?.query?.["since"]}`).toContain("2026-11-01T00:00:00Z");
});

test("without any it says so, and a time that is none is refused by its option", async () => {
  expect(await signals([])).toMatchObject({ code: 0, stdout: "" });
  const wrong = await signals([], "--since", "yesterday");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("--since yesterday: write a date");
});
