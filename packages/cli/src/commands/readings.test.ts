import { asId, bytes, durationOf } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { idOf } from "../testing/fixtures.ts";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const from = Temporal.Instant.from("2026-11-01T08:00:00Z");
const aReading = (busy: object) => ({
  ...{ run: asId<never>(idOf(2)), seq: 1, from, to: from.add({ hours: 1 }), receivedAt: from },
  ...{ cards: 8, cpuTime: durationOf(60_000), peakMemoryBytes: bytes(1024n), final: true, ...busy },
});

async function readings(busy: object) {
  const items = [aReading(busy)];
  double = await startDouble({ listReadings: () => ({ items, next: null }) });
  return runProgram(["readings", idOf(1)], { hub: double.url });
}

test("busy time is shown where the centre tells it, and has no column elsewhere", async () => {
  const told = await readings({ busyTime: durationOf(5 * 3_600_000) });
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout).toMatch(/CPU TIME +BUSY +PEAK/);
  expect(told.stdout).toMatch(/1m\S* +5h/);
  await double!.close();
  expect((await readings({})).stdout).not.toContain("BUSY");
});
