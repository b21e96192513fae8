import { yuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { breachesIn } from "../../ledger/index.ts";
import { testDb } from "../../testing/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { billed, claimsWorld, officers, operator } from "../claims-world.testing.ts";
import { breaking } from "../laws.testing.ts";
import { placesOf, turnsOf } from "./round-store.ts";
import { roundsOf } from "./rounds-of.ts";
import {
  approve,
  claimsNow,
  holdRound,
  propose,
  sharing,
  stage,
  windows,
} from "./rounds.testing.ts";
import { approvedRules } from "../rules/rules-for.ts";

const db = await testDb();
const world = await claimsWorld(db);
const { clock } = world;
const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "taken",
    (error: unknown) => (error as { code?: string }).code ?? "another error",
  );
const start = clock.now();
const at = (day: string) => clock.turn(clock.now().until(Temporal.Instant.from(`${day}T04:00Z`)));
const expectSound = async () => {
  expect(await breachesIn(db.sql)).toEqual([]);
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
};
const counter = async (key: string) => {
  const [row] = await db.sql<{ used: bigint }>`select used from counters where key = ${key}`;
  return row?.used ?? 0n;
};

describe("a round", () => {
  test("shares a short budget in equal ratio, to the fen, once two persons agreed", async () => {
    at("2026-03-02");
    const id = await world.open(sharing("100.00"));
    // 50, 100 and 150 yuan wanted of 100.
    const claims = await Promise.all(
      ["100.00", "200.00", "300.00"].map((amount) => world.apply(id, { amount })),
    );
    expect(claims.map(({ state }) => state)).toEqual(["gathered", "gathered", "gathered"]);
    expect(await codeOf(propose(world, id))).toBe("wrong-state"); // the window is open
    at("2026-03-11");
    const round = await propose(world, id);
    expect([round.window, round.claims, round.grants, round.granted]).toEqual([
      ...["1", 3, 3, yuan(100n)],
    ]);
    expect(await counter(`programme/${id}/budget/ever`)).toBe(0n);
    expect(await codeOf(approve(world, id, { id: round.id, by: officers[0] }))).toBe(
      "needs-another-person",
    );
    await approve(world, id, { id: round.id });
    const now = await claimsNow(
      world,
      claims.map((claim) => claim.id),
    );
    expect(now.map(({ state }) => state)).toEqual(["issued", "issued", "issued"]);
    expect(now.map(({ granted }) => granted)).toEqual([16_670_000n, 33_330_000n, 50_000_000n]);
    expect(await counter(`programme/${id}/budget/ever`)).toBe(100_000_000n);
    const turns = await turnsOf(
      db.sql,
      claims.map((claim) => claim.id),
    );
    expect([...turns.values()].map(({ isOut }) => isOut)).toEqual([false, false, false]);
    expect(turns.get(claims[0]!.id)!.budget).toBe(16_670_000n);
    await expectSound();
  });

  test("approved twice, or proposed twice, is one round", async () => {
    at("2026-03-02"); // back in time: another programme's window is open again
    const id = await world.open(sharing("100.00"));
    await world.apply(id);
    at("2026-03-11");
    const [first, again] = [await propose(world, id), await propose(world, id)];
    expect(again.id).toBe(first.id);
    const both = await Promise.all([
      approve(world, id, { id: first.id }),
      approve(world, id, { id: first.id, by: officers[2] }),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(await codeOf(propose(world, id))).toBe("not-found"); // nothing waits any more
    expect(await codeOf(propose(world, id, { window: "1" }))).toBe("wrong-state");
    await expectSound();
  });

  test("with a notice sets the money aside and issues when the notice is over", async () => {
    at("2026-03-02");
    const notice = { stages: [stage], notice: { days: 5 }, shortage: "equal-ratio" };
    const id = await world.open(sharing("100.00", { redemption: notice }));
    const claims = await Promise.all(
      ["300.00", "100.00"].map((amount) => world.apply(id, { amount })),
    );
    for (const one of claims) {
      expect((await world.move(one.id, "agree")).state).toBe("gathered"); // no notice before
    }
    at("2026-03-11");
    await holdRound(world, id);
    const ids = claims.map((claim) => claim.id);
    const [first, second] = await claimsNow(world, ids);
    expect([first!.state, first!.granted, first!.would]).toEqual(["announced", 0n, 75_000_000n]);
    expect(await counter(`programme/${id}/budget/ever`)).toBe(100_000_000n);
    await expectSound();
    // An objection: the offices speak once more, and may refuse; the others keep what they got.
    await world.move(ids[1]!, "object", officers[2]);
    expect((await world.move(ids[1]!, "agree")).state).toBe("announced");
    await world.move(ids[1]!, "object", officers[2]);
    expect((await world.move(ids[1]!, "refuse", officers[1])).state).toBe("refused");
    expect(await counter(`programme/${id}/budget/ever`)).toBe(75_000_000n);
    expect(await codeOf(world.move(ids[0]!, "grant"))).toBe("wrong-state"); // five days
    expect(second!.would).toBe(25_000_000n);
    at("2026-03-18");
    await world.sweep();
    expect((await claimsNow(world, ids))[0]).toMatchObject({ state: "issued", granted: yuan(75n) });
    await expectSound();
    const { redemption } = await world.redeem(ids[0]!, { lines: billed("200.00"), last: true });
    expect(redemption.redeemed).toBe(yuan(75n));
    await expectSound();
  });

  test("waits for the offices, or is closed without them: the late are in the next", async () => {
    at("2026-03-02");
    const of = { redemption: { stages: [stage], shortage: "equal-ratio" } };
    const id = await world.open(sharing("100.00", of));
    const [there, late] = [await world.apply(id), await world.apply(id)];
    await world.move(there.id, "agree");
    at("2026-03-11");
    await expect(propose(world, id)).rejects.toThrow("1 claims are with the offices");
    await holdRound(world, id, true);
    const [one, other] = await claimsNow(world, [there.id, late.id]);
    expect([one!.state, other!.state]).toEqual(["issued", "reviewing"]);
    const told = await db.sql`select facts from claim_events where action = 'missed-round'`;
    expect(told).toMatchObject([{ facts: { window: "1" } }]);
    expect((await world.move(late.id, "agree")).state).toBe("gathered");
    expect(await codeOf(propose(world, id))).toBe("wrong-state");
    at("2026-04-11");
    const second = await holdRound(world, id);
    expect([second.window, second.claims, second.grants]).toEqual(["2", 1, 0]); // nothing is left
    expect((await claimsNow(world, [late.id]))[0]!.state).toBe("refused");
    await expectSound();
  });

  test("leaves alone what the one before decided, while an objection is heard", async () => {
    at("2026-03-02");
    const notice = { stages: [stage], notice: { days: 5 }, shortage: "equal-ratio" };
    const lifecycle = { mode: "claim-then-redeem", cadence: { kind: "batch", windows } };
    const id = await world.open(sharing("100.00", { redemption: notice, lifecycle }));
    const [first, doubted] = [await world.apply(id), await world.apply(id)];
    for (const one of [first, doubted]) await world.move(one.id, "agree");
    expect((await world.move(doubted.id, "object", officers[1])).state).toBe("reviewing");
    expect((await world.move(doubted.id, "agree")).state).toBe("gathered"); // before the round, too
    at("2026-03-11");
    await holdRound(world, id);
    await world.move(first.id, "object", officers[1]);
    at("2026-04-02");
    await world.sweep();
    const later = await world.apply(id);
    await world.move(later.id, "agree");
    at("2026-04-11");
    const second = await holdRound(world, id); // the last: not closed, and nobody is late
    expect([second.claims, second.grants]).toEqual([1, 0]);
    expect((await world.move(first.id, "agree")).state).toBe("announced");
    at("2026-04-20");
    await world.sweep();
    const now = await claimsNow(world, [first.id, doubted.id, later.id]);
    expect(now.map(({ state, granted }) => [state, granted])).toEqual([
      ...[
        ["issued", yuan(50n)],
        ["issued", yuan(50n)],
      ],
      ["refused", 0n],
    ]);
    await expectSound();
  });

  test("refuses the late where no window comes, at once or when they are through", async () => {
    at("2026-03-02");
    const cadence = { kind: "batch", windows: windows.slice(0, 1) };
    const lifecycle = { mode: "claim-then-redeem", cadence };
    const evidence = [{ kind: "contract", text: { en: "x", zh: "x" } }];
    const of = { lifecycle, redemption: { evidence, stages: [stage], notice: { days: 5 } } };
    const id = await world.open(sharing("1000.00", of));
    const bring = async (validUntil: Temporal.PlainDate | null) => {
      const { id: claim } = await world.apply(id);
      await world.evidence(claim, "contract", { validUntil });
      await world.move(claim, "agree");
      return claim;
    };
    const lacking = await world.apply(id);
    const there = await bring(null);
    const lapsed = await bring(Temporal.PlainDate.from("2026-03-05"));
    at("2026-03-11");
    const round = await propose(world, id, { close: true });
    expect((await placesOf(db.sql, round.id)).map(({ outcome }) => outcome)).toEqual([
      "granted",
      "incomplete",
    ]);
    await approve(world, id, { id: round.id });
    const states = async () =>
      (await claimsNow(world, [lacking.id, there, lapsed])).map(({ state }) => state);
    expect(await states()).toEqual(["refused", "announced", "refused"]);
    // Returned after an objection: its round is over.
    await world.move(there, "object", officers[1]);
    await world.move(there, "return");
    expect(await counter(`programme/${id}/budget/ever`)).toBe(0n);
    await world.evidence(there, "contract", { sha256: "c".repeat(64) });
    await world.move(there, "agree");
    expect(await states()).toEqual(["refused", "refused", "refused"]);
    const [told] = await db.sql`
      select facts from claim_events where claim = ${there} and action = 'refuse'`;
    expect(told).toMatchObject({ facts: { codes: ["outside-window"] } });
    await expectSound();
  });

  test("that would give other than was proposed grants nobody, and says who differs", async () => {
    at("2026-03-02");
    const id = await world.open(sharing("100.00"));
    const claims = await Promise.all([1, 2].map(() => world.apply(id)));
    at("2026-03-11");
    const { id: round } = await propose(world, id);
    await world.withdraw(claims[0]!.id);
    await expect(approve(world, id, { id: round })).rejects.toThrow(
      /was to get 50.00 and would get 100.00, and 1 more differ; propose it anew/,
    );
    expect((await claimsNow(world, [claims[1]!.id]))[0]!.state).toBe("gathered");
    const again = await propose(world, id);
    expect(await codeOf(approve(world, id, { id: round }))).toBe("wrong-state"); // not the last
    await approve(world, id, { id: again.id });
    expect((await claimsNow(world, [claims[1]!.id]))[0]!.granted).toBe(yuan(100n));
    await expectSound();
  });

  test("broken off before any of its statements did nothing", async () => {
    at("2026-03-02");
    const id = await world.open(sharing("100.00"));
    const claims = await Promise.all([1, 2, 3].map(() => world.apply(id)));
    at("2026-03-11");
    const { id: round } = await propose(world, id);
    let statements = 0;
    for (let isThrough = false; !isThrough;) {
      statements += 1;
      const broken = breaking(db, { last: statements, how: statements % 2 });
      const sent = approve(world.through(broken), id, { id: round });
      isThrough = (await sent.then(() => "approved", String)).includes("before the commit");
      const ids = claims.map((claim) => claim.id);
      const states = (await claimsNow(world, ids)).map(({ state }) => state);
      expect(new Set(states)).toEqual(new Set(["gathered"]));
      expect(await counter(`programme/${id}/budget/ever`)).toBe(0n);
    }
    expect(statements).toBeGreaterThan(20);
    await approve(world, id, { id: round });
    expect(await counter(`programme/${id}/budget/ever`)).toBe(yuan(100n));
    await expectSound();
  });

  test.each([
    ["at once", {}],
    ["after a notice", { notice: { days: 5 } }],
  ])("that would issue %s is all or nothing where a fund is short", async (_, redemption) => {
    at("2026-03-02");
    await db.sql`insert into funds (id, name, opened_at) values ('poor', 'Poor', ${start})
      on conflict do nothing`;
    const payers = [{ code: "p", text: { en: "x", zh: "x" }, level: "city", fund: "poor" }];
    const lifecycle = { mode: "claim-then-redeem", cadence: { kind: "batch", windows } };
    const of = { payers, lifecycle, redemption, caps: [], budget: { amount: "1000.00" } };
    const id = await world.open(of, [operator, { ...operator, signer: other }]);
    const claim = await world.apply(id);
    at("2026-03-11");
    const { id: round } = await propose(world, id, { by: operator });
    const approving = approve(world, id, { id: round, by: { ...operator, signer: other } });
    expect(await codeOf(approving)).toBe("insufficient-funds");
    expect((await claimsNow(world, [claim.id]))[0]!.state).toBe("gathered");
    expect(await codeOf(propose(world, id))).toBe("not-found"); // officers of another fund
    await expectSound();
  });

  test("of each month is that of the month's first days; the earlier one comes first", async () => {
    at("2026-03-02");
    const cadence = { kind: "each", period: "month", days: 10 };
    const lifecycle = { mode: "claim-then-redeem", cadence };
    const id = await world.open(sharing("60.00", { lifecycle }));
    const march = await world.apply(id);
    at("2026-03-15");
    const outside = await world.apply(id);
    expect(outside.decision!.refused.map(({ code }) => code)).toContain("outside-window");
    at("2026-04-05");
    const april = await world.apply(id);
    const versions = await approvedRules(db.sql, id);
    const standings = await roundsOf(db.sql, { programme: id, versions, at: clock.now() });
    expect(standings.map(({ window, isOver, gathered }) => [window, isOver, gathered])).toEqual([
      ["2026-03", true, 1],
      ["2026-04", false, 1],
    ]);
    expect((await holdRound(world, id)).window).toBe("2026-03");
    expect(await codeOf(propose(world, id, { window: "2026-04" }))).toBe("wrong-state");
    at("2026-04-11");
    expect((await holdRound(world, id)).window).toBe("2026-04");
    const now = await claimsNow(world, [march.id, april.id]);
    expect(now.map(({ granted }) => granted)).toEqual([yuan(60n), 0n]);
    await expectSound();
  });

  test("without windows takes in who is there when somebody closes it", async () => {
    const lifecycle = {
      mode: "claim-then-redeem",
      cadence: { kind: "competitive", places: 1, windows: [] },
    };
    const ranks = { points: [{ when: { fact: "applicant.staff", atLeast: 10 }, points: 5 }] };
    const id = await world.open(sharing("1000.00", { lifecycle, redemption: {}, priority: ranks }));
    const facts = (headcount: number) => ({
      more: { facts: { ...basic, "applicant.staff": headcount } },
    });
    const [small, large] = [await world.apply(id, facts(3)), await world.apply(id, facts(30))];
    const { id: round } = await propose(world, id);
    const later = await world.apply(id, facts(300));
    await approve(world, id, { id: round });
    const now = await claimsNow(world, [small.id, large.id, later.id]);
    expect(now.map(({ state }) => state)).toEqual(["refused", "issued", "gathered"]);
    const second = await holdRound(world, id);
    expect([second.window, second.grants]).toEqual(["2", 1]);
    expect((await claimsNow(world, [later.id]))[0]!.state).toBe("issued");
    await expectSound();
  });

  test("is known to a programme that has rounds only", async () => {
    const id = await world.open();
    await expect(propose(world, id)).rejects.toThrow("its rules know no rounds");
    expect(await codeOf(propose(world, "no-such" as never))).toBe("not-found");
    const no = "00000000-0000-7000-8000-000000000000" as never;
    expect(await codeOf(approve(world, id, { id: no }))).toBe("not-found");
  });
});

/** A second person who may approve for every fund. */
const other = { ...operator.signer, key: officers[2].signer.key };
const basic = {
  "applicant.legalForm": "company",
  "applicant.lists": [],
  "applicant.leadsProjects": [],
  "supplier.registeredIn": "131003",
};
