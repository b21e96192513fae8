import { asId, yuan } from "@wadi/core/units";
import type { RoundView } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";

/* What officers type to decide claims together. */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function wadi(answers: Answers, ...args: string[]) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(["programme", "round", ...args], { hub: double.url });
}

const id = "0195556c-0000-7000-8000-00000000a7c1";
const at = Temporal.Instant.from("2026-04-01T04:00:00Z");
const key = asId<never>("0195556c-0000-7000-8000-000000000009");
const until = Temporal.PlainDate.from("2026-03-31");
const round: RoundView = {
  ...{ id: asId(id), programme: asId("ai"), version: 1, window: "2026-Q1", until },
  ...{ isClosing: true, decidedOn: until.add({ days: 1 }), claims: 2, grants: 1 },
  ...{ granted: yuan(100n), proposedBy: key, proposedAt: at, approvedBy: null, approvedAt: null },
};
const standing = {
  ...{ version: 1, window: "2026-Q1", until, isOver: true, gathered: 2, reviewing: 0 },
  ...{ incomplete: 1, round },
};
const place = {
  ...{ place: 1, claim: asId<never>(id), tenant: asId<never>("acme"), rank: 1, points: 0 },
  ...{ share: yuan(100n), isOut: false, outcome: "granted" as const, granted: yuan(100n) },
  refused: [{ code: "budget", amount: yuan(50n) }],
};

test("windows are listed, and of one what its round gives each claim", async () => {
  const answers: Answers = {
    listRounds: () => ({ items: [standing] }),
    listRoundPlaces: () => ({ items: [place], next: null }),
  };
  const { stdout } = await wadi(answers, "show", "ai");
  expect(stdout).toMatch(
    /WINDOW +RULES +UNTIL +STATE .*\n2026-Q1 +1 +2026-03-31 +proposed +2 +0 +1/,
  );
  const one = await wadi(answers, "show", "ai", "--window", "2026-Q1");
  expect(one.stdout).toMatch(/claims +2, of which 1 are granted something/);
  expect(one.stdout).toMatch(/1 +\w+ +acme +1 +100.00 +100.00 +50.00 budget/);
  const none = await wadi(answers, "show", "ai", "--window", "2026-Q2");
  expect([none.code, none.stderr]).toEqual([
    5,
    expect.stringContaining('no round of window "2026-Q2" was proposed'),
  ]);
});

test("a round is proposed by one person, and approved by the end of its id", async () => {
  const calls: unknown[] = [];
  const answers: Answers = {
    proposeRound: ({ body }) => {
      calls.push(body);
      return round;
    },
    listRounds: () => ({ items: [standing, { ...standing, round: null }] }),
    approveRound: ({ params }) => {
      calls.push(params);
      return { ...round, approvedBy: key, approvedAt: at };
    },
  };
  const { stdout } = await wadi(answers, "propose", "ai", "--window", "2026-Q1", "--close");
  expect(stdout).toContain("wadi programme round approve ai 0000a7c1");
  expect((await wadi(answers, "approve", "ai", "a7c1")).stdout).toMatch(/approved +2026-04-01/);
  expect(calls).toEqual([
    { window: "2026-Q1", version: null, close: true },
    { id: "ai", round: id },
  ]);
  const { code, stderr } = await wadi(answers, "approve", "ai", "ffff");
  expect([code, stderr]).toEqual([5, expect.stringContaining('no round "ffff" of ai')]);
});
