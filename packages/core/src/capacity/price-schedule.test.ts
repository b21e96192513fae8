import { describe, expect, test } from "vitest";
import { microYuan, yuan } from "../units/index.ts";
import {
  flatPrice,
  priceSchedule,
  type PriceRule,
  type PriceScheduleDraft,
} from "./price-schedule.ts";
import { weekdays, type Weekday } from "./week-hours.ts";

const instant = (text: string) => Temporal.Instant.from(text);

const aRule = (fromHour: number, toHour: number, differs: Partial<PriceRule> = {}): PriceRule => ({
  days: weekdays,
  fromHour,
  toHour,
  perCardHour: yuan(6),
  ...differs,
});

const dayAndNight = [aRule(0, 8, { perCardHour: yuan(2) }), aRule(8, 24)];

const aSchedule = (differs: Partial<PriceScheduleDraft> = {}): PriceScheduleDraft => ({
  timeZone: "Asia/Shanghai",
  periods: [{ from: null, to: null, rules: dayAndNight }],
  specialDates: [],
  ...differs,
});

const withRules = (...rules: PriceRule[]) =>
  aSchedule({ periods: [{ from: null, to: null, rules }] });

const problemsOf = (draft: PriceScheduleDraft) => {
  const result = priceSchedule(draft);
  return result.kind === "ok" ? [] : result.problems.map(({ path, message }) => [path, message]);
};

describe("a schedule that is taken", () => {
  test("has a price for each hour of the week, Monday first", () => {
    const result = priceSchedule(aSchedule());
    const period = result.kind === "ok" ? result.value.periods[0] : undefined;
    expect(period?.week).toHaveLength(168);
    expect(period?.week.slice(6, 10)).toStrictEqual([yuan(2), yuan(2), yuan(6), yuan(6)]);
    expect(period?.sums.at(-1)).toBe(yuan(7 * (8 * 2 + 16 * 6)));
    expect(period?.flat).toBeNull();
  });

  test("knows when all its hours cost the same", () => {
    const result = priceSchedule(withRules(aRule(0, 8), aRule(8, 24)));
    expect(result).toMatchObject({ kind: "ok", value: { periods: [{ flat: yuan(6) }] } });
    expect(flatPrice(yuan(6)).periods[0]?.flat).toBe(yuan(6));
  });

  test("has its periods in time order, whatever order they came in", () => {
    const change = instant("2026-07-01T00:00:00+08:00");
    const result = priceSchedule(
      aSchedule({
        periods: [
          { from: change, to: null, rules: [aRule(0, 24)] },
          { from: null, to: change, rules: dayAndNight },
        ],
      }),
    );
    expect(result).toMatchObject({
      kind: "ok",
      value: {
        periods: [
          { from: null, to: change },
          { from: change, to: null },
        ],
      },
    });
  });
});

describe("hours", () => {
  test("without a price are named, one stretch at a time", () => {
    const workingDays: Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    const draft = withRules(aRule(8, 22, { days: workingDays }), aRule(0, 8), aRule(22, 23));
    expect(problemsOf(draft)).toStrictEqual(
      [
        "monday 23:00 to monday 24:00",
        "tuesday 23:00 to tuesday 24:00",
        "wednesday 23:00 to wednesday 24:00",
        "thursday 23:00 to thursday 24:00",
        "friday 23:00 to friday 24:00",
        "saturday 08:00 to saturday 22:00",
        "saturday 23:00 to saturday 24:00",
        "sunday 08:00 to sunday 22:00",
        "sunday 23:00 to sunday 24:00",
      ].map((gap) => ["periods[0].rules", `${gap} has no price; add a rule for it`]),
    );
  });

  test("that run over midnight are named as one stretch", () => {
    const draft = withRules(aRule(6, 22), aRule(0, 6, { days: ["monday"] }));
    expect(problemsOf(draft)[0]).toStrictEqual([
      "periods[0].rules",
      "monday 22:00 to tuesday 06:00 has no price; add a rule for it",
    ]);
  });

  test("of a week without rules are all missing", () => {
    expect(problemsOf(withRules())).toStrictEqual([
      ["periods[0].rules", "monday 00:00 to sunday 24:00 has no price; add a rule for it"],
    ]);
  });

  test("with two prices are named with both rules", () => {
    const draft = withRules(...dayAndNight, aRule(7, 9, { days: ["sunday"] }));
    expect(problemsOf(draft)).toStrictEqual([
      [
        "periods[0].rules[2]",
        "sunday 07:00 to sunday 08:00 is priced by rules[0] too; price it once",
      ],
      [
        "periods[0].rules[2]",
        "sunday 08:00 to sunday 09:00 is priced by rules[1] too; price it once",
      ],
    ]);
  });
});

describe("periods", () => {
  const june = instant("2026-06-01T00:00:00+08:00");
  const july = instant("2026-07-01T00:00:00+08:00");
  const rules = [aRule(0, 24)];

  test("that leave a gap are refused, and the gap is named", () => {
    const periods = [
      { from: null, to: june, rules },
      { from: july, to: null, rules },
    ];
    expect(problemsOf(aSchedule({ periods }))).toStrictEqual([
      [
        "periods[1].from",
        "nothing is priced from 2026-05-31T16:00:00Z to 2026-06-30T16:00:00Z; close the gap",
      ],
    ]);
  });

  test("that overlap are refused", () => {
    const periods = [
      { from: null, to: july, rules },
      { from: june, to: null, rules },
    ];
    expect(problemsOf(aSchedule({ periods }))).toStrictEqual([
      [
        "periods[1].from",
        "starts before 2026-06-30T16:00:00Z, the end of periods[0]; start it there",
      ],
    ]);
  });

  test("after one without end are refused", () => {
    const periods = [
      { from: null, to: null, rules },
      { from: june, to: null, rules },
    ];
    expect(problemsOf(aSchedule({ periods }))).toStrictEqual([
      ["periods[1].from", "comes after periods[0], which has no end; end that one there"],
    ]);
  });

  test("that end before they start are refused", () => {
    const periods = [{ from: july, to: june, rules }];
    expect(problemsOf(aSchedule({ periods }))).toStrictEqual([
      ["periods[0].to", "2026-05-31T16:00:00Z is not after 2026-06-30T16:00:00Z; end it later"],
    ]);
  });

  test("are needed", () => {
    expect(problemsOf(aSchedule({ periods: [] }))).toStrictEqual([
      ["periods", "is empty; give one or more"],
    ]);
  });
});

const christmas = Temporal.PlainDate.from("2026-12-25");

test.each<[string, PriceScheduleDraft]>([
  ["timeZone", aSchedule({ timeZone: "+08:00" })],
  ["periods[0].rules[0].fromHour", withRules(aRule(-1, 24))],
  ["periods[0].rules[0].toHour", withRules(aRule(0, 25))],
  ["periods[0].rules[0].toHour", withRules(aRule(22, 6))],
  ["periods[0].rules[0].perCardHour", withRules(aRule(0, 24, { perCardHour: microYuan(-1) }))],
  ["periods[0].rules[0].days", withRules(aRule(0, 24, { days: [] }))],
  ["periods[0].rules[0].days[0]", withRules(aRule(0, 24, { days: ["mon" as Weekday] }))],
  ["periods[0].rules[0].days[1]", withRules(aRule(0, 24, { days: ["monday", "monday"] }))],
  ["specialDates[0].as", aSchedule({ specialDates: [{ date: christmas, as: "x" as Weekday }] })],
  [
    "specialDates[1].date",
    aSchedule({
      specialDates: [
        { date: christmas, as: "sunday" },
        { date: christmas, as: "monday" },
      ],
    }),
  ],
])("a wrong %s is refused by its name", (path, draft) => {
  expect(problemsOf(draft).map(([first]) => first)).toStrictEqual([path]);
});
