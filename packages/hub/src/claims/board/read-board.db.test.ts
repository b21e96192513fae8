import { total, yuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { billed, rulesOf, worldForFile } from "../claims-world.testing.ts";
import { readBoard } from "./read-board.ts";
import { holdRound, sharing, stage } from "../rounds/rounds.testing.ts";

const of = worldForFile();

const words = { en: "x", zh: "x" };
const control = {
  indicators: [
    { code: "domestic-share", text: words, unit: "rate", goal: { atLeast: "60 %" } },
    { code: "grants", text: words, unit: "count", goal: { atLeast: 2 } },
    { code: "patents", text: words, unit: "count" },
  ],
};

/** A claim whose one line runs on cards of that origin; its storage does not qualify. */
const ofOrigin = (origin: string, amount: string) => ({
  more: {
    lines: [
      {
        id: "compute",
        facts: { "line.class": "compute", "line.place": "131003", "line.chipOrigin": origin },
        amounts: { contract: amount },
      },
      {
        id: "far",
        facts: { "line.class": "compute", "line.place": "110101", "line.chipOrigin": "domestic" },
        amounts: { contract: "9999.00" },
      },
    ],
  },
});

test("one screen: what was appropriated is always the sum of where it stands", async () => {
  const id = await of.world.open({ control });
  await of.world.open(); // another programme of the fund
  const one = await of.world.apply(id, { tenant: "t0", ...ofOrigin("domestic", "1000.00") });
  await of.world.apply(id, { tenant: "t1", ...ofOrigin("other", "3000.00") });
  await of.world.redeem(one.id, { id: "b1", lines: billed("400.00") });
  const board = await readBoard(of.db.sql, rulesOf(id, { control }), of.world.clock.now());

  const [fund] = board.funds;
  const { fund: name, appropriated, ofProgramme, ...places } = fund!;
  expect([name, appropriated]).toEqual(["city", 100_000_000_000_000n]);
  expect(total(Object.values(places))).toBe(appropriated);
  expect(ofProgramme).toEqual({
    ...{ issued: 1_800_000_000n, reserved: 0n, redeemed: 200_000_000n, expired: 0n },
  });
  expect(board.open).toBe(1_800_000_000n);
  const figures = Object.fromEntries(board.figures.map(({ code, value }) => [code, value]));
  expect(figures).toMatchObject({
    ...{ applicants: "2", grants: "2", granted: "2000.00", redeemed: "200.00" },
    ...{ "redeemed-share": "0.1", leverage: "1", "domestic-share": "0.25", "card-hours": "0" },
  });
  expect(board.indicators.map(({ code, isMet }) => [code, isMet])).toEqual([
    ["domestic-share", false],
    ["grants", true],
    ["patents", null],
  ]);
});

describe("what claims hold before they are issued", () => {
  const boardOf = async (id: string, differs: object) => {
    const { setAside, budget, granted } = await readBoard(
      ...[of.db.sql, rulesOf(id, differs), of.world.clock.now()],
    );
    return { granted, setAside, taken: budget?.taken, left: budget?.left };
  };
  const none = { granted: 0n, setAside: 0n, taken: 0n, left: yuan(100n) };

  test("is set aside from the application on where the rules reserve it then", async () => {
    const differs = {
      ...{ caps: [], budget: { amount: "100.00", period: "calendar-year" } },
      lifecycle: { mode: "claim-then-redeem", reserves: "application" },
      redemption: { stages: [stage] },
    };
    const id = await of.world.open(differs);
    expect(await boardOf(id, differs)).toEqual(none);
    const [one, other] = [
      await of.world.apply(id, { amount: "120.00" }),
      await of.world.apply(id, { amount: "40.00" }),
    ];
    const held = { granted: 0n, setAside: yuan(80n), taken: yuan(80n), left: yuan(20n) };
    expect(await boardOf(id, differs)).toEqual(held);
    await of.world.move(one.id, "agree");
    await of.world.move(other.id, "refuse");
    expect(await boardOf(id, differs)).toEqual({
      ...{ granted: yuan(60n), setAside: 0n, taken: yuan(60n), left: yuan(40n) },
    });
    const { budget } = await readBoard(of.db.sql, rulesOf(id, differs), of.world.clock.now());
    expect([budget!.period, budget!.amount]).toEqual(["2026", yuan(100n)]);
  });

  test("is set aside by a round until its notice is over", async () => {
    const differs = sharing("100.00", {
      redemption: { shortage: "equal-ratio", notice: { days: 5 } },
    });
    const id = await of.world.open(differs);
    await of.world.apply(id, { amount: "300.00" });
    expect(await boardOf(id, differs)).toEqual(none); // gathered
    of.world.clock.turn({ hours: 24 * 9 });
    await holdRound(of.world, id);
    expect(await boardOf(id, differs)).toEqual({
      ...{ granted: 0n, setAside: yuan(100n), taken: yuan(100n), left: 0n },
    });
    of.world.clock.turn({ hours: 24 * 6 });
    await of.world.sweep();
    expect(await boardOf(id, differs)).toEqual({
      ...{ granted: yuan(100n), setAside: 0n, taken: yuan(100n), left: 0n },
    });
  });

  test("is nothing of a budget that a programme does not have", async () => {
    const differs = { budget: null };
    const id = await of.world.open(differs);
    await of.world.apply(id);
    const { setAside, budget } = await readBoard(
      ...[of.db.sql, rulesOf(id, differs), of.world.clock.now()],
    );
    expect([setAside, budget]).toEqual([0n, null]);
  });
});

test("of a programme without claims there are no shares to tell", async () => {
  const id = await of.world.open();
  const { figures } = await readBoard(of.db.sql, rulesOf(id), of.world.clock.now());
  const none = figures.filter(({ value }) => value === null).map(({ code }) => code);
  expect(none).toEqual(["redeemed-share", "leverage", "domestic-share"]);
});
