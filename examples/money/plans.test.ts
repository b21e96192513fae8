import { asId, yuan } from "@wadi/core/units";
import { expect, test } from "vitest";

import { dayAt, hours, lastEnd, monthSpan, turnedClock } from "./calendar.ts";
import { readOptions } from "./options.ts";
import { receiptOf } from "./payouts.ts";
import { modelsOf, planCentres } from "./plan-centres.ts";
import { planClaims } from "./plan-claims.ts";
import { planMonth, type PlannedJob } from "./plan-jobs.ts";
import { planTenants } from "./plan-tenants.ts";
import { playRun } from "./played-run.ts";
import { section } from "./summary.ts";

const tenants = planTenants(20);
const month = (differs = {}) =>
  planMonth({
    ...{ days: 5, jobs: 13, seed: 3, tenants, models: modelsOf(planCentres(10)) },
    ...differs,
  });

test("the same seed plans the same month, another one another", () => {
  expect(month()).toEqual(month());
  expect(month({ seed: 4 })).not.toEqual(month());
});

test("every day has as many jobs as were asked for, over its hours", () => {
  for (const day of month()) {
    expect(day).toHaveLength(hours.length);
    expect(day.flat()).toHaveLength(13);
  }
  const late = month()
    .flat(2)
    .filter(({ odd }) => odd === "after-close");
  expect(late).toHaveLength(1);
});

test("names of tenants, providers and centres are unlike, however many there are", () => {
  const ids = [...planTenants(1000), ...planCentres(100)].map(({ id }) => id);
  expect(new Set(ids).size).toBe(1100);
});

test("claims show a cut, a refusal and something missing", () => {
  const shown = planClaims(planTenants(100)).map(({ shows }) => shows);
  expect(new Set(shown)).toEqual(
    new Set(["plain", "refused", "cut", "withdrawn", "incomplete"] as const),
  );
});

const aJob = (differs: Partial<PlannedJob> = {}): PlannedJob => ({
  ...{ name: "1-2-1", tenant: "t", models: ["h20"], replicas: 2, cards: 8, minutes: 600 },
  ...{ end: "succeeded", odd: null },
  ...differs,
});
const play = (job: PlannedJob) => {
  const at = dayAt(1, 8);
  const run = playRun({ run: "r", generation: 1 }, { job, at, isRerun: false });
  const told = [8, 14, 20, 44].map((hour) => run.report(dayAt(1, hour)));
  return { run, told, readings: told.flat().filter(({ kind }) => kind === "reading") };
};
const seconds = (readings: readonly Readonly<Record<string, unknown>>[]) =>
  readings.reduce((sum, { from, to }) => {
    const span = Temporal.Instant.from(String(to)).since(Temporal.Instant.from(String(from)));
    return sum + span.total("seconds");
  }, 0);

test("a run's readings follow one another and cover all of its time", () => {
  const { readings, run } = play(aJob());
  expect(readings.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(seconds(readings)).toBe(600 * 60);
  expect(readings.at(-1)).toMatchObject({ final: true, cards: 16, cpuTime: "36000s" });
  expect(run.isOver()).toBe(true);
});

test("a late reading is told a day after the end, one after the close not before", () => {
  const { told, readings } = play(aJob({ odd: "late" }));
  expect(told[3]!.map(({ number }) => number)).toEqual([2]);
  expect(seconds(readings)).toBe(600 * 60);
  const { run, readings: before } = play(aJob({ odd: "after-close" }));
  expect(run.isOver()).toBe(true);
  expect(seconds([...before, ...run.rest()])).toBe(600 * 60);
  expect(run.rest()).toEqual([]);
});

test("no run reaches beyond the month, whatever was planned", () => {
  const at = dayAt(30, 20);
  const job = aJob({ minutes: 900 });
  const run = playRun({ run: "r", generation: 1 }, { job, at, isRerun: false });
  const [, , state] = run.report(monthSpan.until);
  expect(state).toMatchObject({ kind: "state", state: "succeeded", at: `${lastEnd}` });
});

test("the clock is never turned back", () => {
  const clock = turnedClock(dayAt(2));
  clock.turnTo(dayAt(1));
  expect(clock.now()).toEqual(dayAt(2));
});

test("an option out of its bounds is refused by name, with what was read", () => {
  const wrong = '--days must be a whole number from 2 to 30; read "31"';
  expect(() => readOptions(["--days", "31"])).toThrow(wrong);
  expect(readOptions(["--seed", "9"])).toMatchObject({ seed: 9, tenants: 100, centres: 10 });
});

test("the bank's receipt sends one line back", () => {
  const line = (number: number) => {
    const provider = asId<never>(`p${number}`);
    return { line: number, provider, amount: yuan(5), state: "sent", bankReference: null } as const;
  };
  expect(receiptOf({ number: 4n, lines: [line(1), line(2)] }, 2).split("\r\n")).toEqual([
    "batch,line,amount,status,reference",
    "4,1,5.00,arrived,B-4-1",
    "4,2,5.00,bounced,B-4-2",
    "",
  ]);
});

test("a table has names to the left and figures to the right", () => {
  expect(
    section(
      "T",
      ["who", "sum"],
      [
        ["a", "1.00"],
        ["bcd", "20.00"],
      ],
    ),
  ).toEqual(["", "T", "  who    sum", "  a     1.00", "  bcd  20.00"]);
});
