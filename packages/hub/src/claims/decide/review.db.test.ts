import { accounts } from "@wadi/core/ledger";
import { asId, yuan, type MicroYuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { breachesIn, postTransfers } from "../../ledger/index.ts";
import { testDb } from "../../testing/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { billed, claimsWorld, officers, operator, rulesOf } from "../claims-world.testing.ts";
import { readBoard } from "../board/read-board.ts";
import { forJobs } from "../rules/for-jobs.ts";
import { approveRules, putRules } from "../rules/put-rules.ts";
import { putOffices } from "../rules/put-offices.ts";

const db = await testDb();
const world = await claimsWorld(db);
const { hub, clock } = world;
const [first, second, third] = officers;
const words = { en: "x", zh: "x" };
const stage = (code: string, persons = 1) => ({ code, text: words, office: "district", persons });
const village = { ...second, signer: { ...second.signer, fund: asId<never>("village") } };
const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "taken",
    (error: unknown) => (error as { code?: string }).code ?? "another error",
  );
const balance = async (path: string) => {
  const rows = await db.sql<{ balance: bigint }>`
    select credits - debits as balance from accounts where path = ${path}`;
  return rows[0]?.balance ?? 0n;
};
const expectSound = async () => {
  expect(await breachesIn(db.sql)).toEqual([]);
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
};

describe("a review", () => {
  test("cannot be skipped: an officer grants only what was on public notice", async () => {
    const id = await world.open({ redemption: { stages: [stage("look", 2)] } });
    const claim = await world.apply(id);
    expect(await codeOf(world.move(claim.id, "grant"))).toBe("wrong-state");
  });

  test("begins anew after an objection, for the same persons too", async () => {
    const redemption = { stages: [stage("look"), stage("check")], notice: { days: 5 } };
    const id = await world.open({ redemption });
    const claim = await world.apply(id);
    await world.move(claim.id, "agree", first);
    expect((await world.move(claim.id, "agree", second)).state).toBe("announced");
    const again = await world.move(claim.id, "object", third);
    expect([again.state, again.stage, again.noticeUntil]).toEqual(["reviewing", 0, null]);
    await world.move(claim.id, "agree", second);
    expect((await world.move(claim.id, "agree", first)).state).toBe("announced");
  });

  test("begins anew when something ran out meanwhile and came again", async () => {
    const evidence = [{ kind: "contract", text: words }];
    const redemption = { evidence, stages: [stage("look")], notice: { days: 5 } };
    const id = await world.open({ redemption });
    const { id: claim } = await world.apply(id);
    const until = clock.now().toZonedDateTimeISO("Asia/Shanghai").toPlainDate().add({ days: 2 });
    await world.evidence(claim, "contract", { validUntil: until });
    expect((await world.move(claim, "agree")).state).toBe("announced");
    clock.turn({ hours: 24 * 7 });
    await world.sweep();
    const known = await world.evidence(claim, "contract", { validUntil: until });
    expect([known.state, known.stage]).toEqual(["incomplete", 0]); // the same changes nothing
    expect((await world.evidence(claim, "contract")).state).toBe("reviewing");
    expect((await world.move(claim, "agree")).state).toBe("announced");
  });

  test("is by persons whose keys are there, for offices that have a stage", async () => {
    const id = await world.open({ redemption: { stages: [stage("look")] } });
    const rules = rulesOf(id, { redemption: { stages: [stage("look")] } });
    const { key } = first.signer;
    const of = { rules, by: first };
    const put = (office: string) => putOffices(hub, { ...of, members: [{ office, key }] });
    await expect(put("district")).rejects.toThrow(/members\/0\/key .* is no key/);
    await db.sql`insert into api_keys
      (id, prefix, hash, label, role, fund, created_at, expires_at)
      values (${key}, 'p', '\\x00', 'of a test', 'programme-officer', 'city', ${clock.now()},
        ${clock.now().add({ hours: 1 })})`;
    await expect(put("finance")).rejects.toThrow(/office "finance" must be one of district/);
    expect(await put("district")).toEqual([{ office: "district", key }]);
    const trail = await db.sql<{ action: string }>`
      select action from audit_trail where subject = ${`programme/${id}`} order by id`;
    expect(trail.at(-1)).toEqual({ action: "offices.put" });
    const claim = await world.apply(id);
    expect(await codeOf(world.move(claim.id, "agree", second))).toBe("not-allowed");
    expect((await world.move(claim.id, "agree", first)).state).toBe("issued");
  });
});

describe("rules", () => {
  const payer = (fund: string) => ({ code: fund, text: words, level: "city", fund });

  test("of another fund are not taken over, and no fund pays without its own say", async () => {
    await db.sql`insert into funds (id, name, opened_at) values ('village', 'V', ${clock.now()})`;
    const until = { number: 1, inForce: { from: "2020-01-01", until: "2026-12-31" } };
    const id = await world.open({ version: until });
    const version = { number: 2, inForce: { from: "2027-01-01" } };
    const theirs = rulesOf(id, { version, payers: [payer("village")] });
    expect(await codeOf(putRules(hub, { id, rules: theirs, by: village }))).toBe("already-exists");

    const both = rulesOf("both", { payers: [payer("city"), payer("village")] });
    await putRules(hub, { id: both.id, rules: both, by: village });
    const approve = (by: typeof first) => approveRules(hub, { id: both.id, version: 1, by });
    expect(await codeOf(approve(first))).toBe("not-allowed");
    expect(await codeOf(approve(operator))).toBe("taken");
  });

  test("that bind redemptions by counters, or have several payers, pay no jobs", () => {
    const deduct = { mode: "advance-deduct" };
    const rateOf = (differs: object) => forJobs(rulesOf("x", differs)).rate;
    expect(rateOf({ lifecycle: deduct })).toBe(500_000n);
    expect(rateOf({ lifecycle: { ...deduct, reserves: "redemption" } })).toBe(0n);
    expect(rateOf({ lifecycle: deduct, payers: [payer("a"), payer("b")] })).toBe(0n);
    const limit = { amount: "100.00" };
    const cap = { code: "c", text: words, per: "applicant", period: "calendar-year", limit };
    expect(rateOf({ lifecycle: deduct, caps: [{ ...cap, counts: "redeemed" }] })).toBe(0n);
  });

  test("that end leave the vouchers they gave alone: claims run out by themselves", () => {
    const version = { number: 1, inForce: { from: "2020-01-01", until: "2026-03-31" } };
    const { expiresAt } = forJobs(rulesOf("x", { version }));
    expect(expiresAt.toString()).toBe("9998-12-31T00:00:00Z");
  });

  test("by the day of signing ask for that day", async () => {
    const version = { number: 1, inForce: { from: "2020-01-01" }, decidedBy: "signed" };
    const id = await world.open({ version });
    await expect(world.apply(id)).rejects.toThrow("/facts/contract.signedOn must be given");
  });
});

describe("a bill", () => {
  test("that is the last one closes the claim, though it brings nothing", async () => {
    const claim = await world.apply(await world.open());
    await world.redeem(claim.id, { id: "b1", lines: billed("1300.00") });
    const { claim: last } = await world.redeem(claim.id, {
      ...{ id: "b2", lines: billed("1.00"), last: true },
    });
    expect([last.state, last.redeemed]).toEqual(["settled", yuan(650n)]);
  });

  test("of a day to come is refused", async () => {
    const claim = await world.apply(await world.open());
    const sent = world.redeem(claim.id, { on: "2030-01-01", lines: billed("1.00") });
    await expect(sent).rejects.toThrow("/on must be today");
  });

  test("after the last day brings nothing, and the rest runs out", async () => {
    const lifecycle = { mode: "claim-then-redeem", validity: { months: 1 } };
    const claim = await world.apply(await world.open({ lifecycle }));
    clock.turn({ hours: 24 * 32 });
    const { redemption } = await world.redeem(claim.id, { lines: billed("100.00") });
    expect(redemption.refused.map(({ code }) => code)).toEqual(["expired"]);
    await world.sweep();
    expect(await codeOf(world.redeem(claim.id, { id: "b2", lines: billed("1.00") }))).toBe(
      "wrong-state",
    );
    await expectSound();
  });

  test("follows a later version, and what was granted stays as it was", async () => {
    const today = clock.now().toZonedDateTimeISO("Asia/Shanghai").toPlainDate();
    const id = await world.open({
      version: { number: 1, inForce: { from: "2020-01-01", until: today.toString() } },
    });
    const claim = await world.apply(id, { tenant: "t3" });
    const later = rulesOf(id, {
      ...{ caps: [], exclusions: [{ once: "applicant", code: "one", text: words }] },
      version: {
        number: 2,
        inForce: { from: today.add({ days: 1 }).toString() },
        openClaims: "follow",
      },
    });
    await putRules(hub, { id, rules: later, by: first });
    await approveRules(hub, { id, version: 2, by: second });
    clock.turn({ hours: 48 });
    const { claim: done } = await world.redeem(claim.id, { lines: billed("100.00"), last: true });
    expect([done.redeemed, done.released]).toEqual([yuan(50n), yuan(600n)]);
    expect(await balance(`issued/t3/${id}`)).toBe(0n);
    await expectSound();
  });
});

describe("a claim", () => {
  test("does not raise its own caps", async () => {
    const approvals = [{ cap: "yearly-cap", limit: "1亿", approvedBy: ["ann", "bo"] }];
    const sent = world.apply(await world.open(), { more: { approvals } });
    await expect(sent).rejects.toThrow("/approvals are not the applicant's to bring");
  });

  test("withdrawn twice is withdrawn once; while the offices review it, as well", async () => {
    const id = await world.open({ redemption: { stages: [stage("look")] } });
    const { id: claim } = await world.apply(id);
    const both = await Promise.all([world.withdraw(claim), world.withdraw(claim)]);
    expect(both.map(({ state }) => state)).toEqual(["withdrawn", "withdrawn"]);
    expect(await codeOf(world.move(claim, "agree"))).toBe("wrong-state");
  });

  test("that is clawed back in part used leaves no voucher behind", async () => {
    const id = await world.open({
      control: { clawback: { interestPerYear: "0 %", banMonths: 1 } },
    });
    const claim = await world.apply(id, { tenant: "t4" });
    await world.redeem(claim.id, { lines: billed("100.00") });
    const back = await world.move(claim.id, "claw-back");
    expect([back.redeemed, back.released]).toEqual([yuan(50n), yuan(600n)]);
    expect(await balance(`issued/t4/${id}`)).toBe(0n);
    await expectSound();
  });

  test("whose voucher jobs used is redeemed, and clawed back, for the rest of it", async () => {
    const control = { clawback: { interestPerYear: "0 %", banMonths: 0 } };
    await db.sql`insert into providers (id, name, created_at)
      values ('somebody', 'Somebody', ${clock.now()})`;
    const id = await world.open({ lifecycle: { mode: "advance-deduct" }, control });
    const claim = await world.apply(id, { tenant: "t5" });
    const of = { fund: asId<never>("city"), tenant: asId<never>("t5"), programme: id };
    await useForJob(of, yuan(600n));
    const rules = rulesOf(id, { lifecycle: { mode: "advance-deduct" } });
    const board = await readBoard(db.sql, rules, world.clock.now());
    expect([board.granted, board.redeemed, board.open]).toEqual([
      yuan(650n),
      yuan(600n),
      yuan(50n),
    ]);
    const { redemption } = await world.redeem(claim.id, { lines: billed("1300.00") });
    expect(redemption.redeemed).toBe(yuan(50n));
    const back = await world.move(claim.id, "claw-back");
    expect(back.happened.at(-1)!.facts).toMatchObject({ amount: yuan(650n) });
    await expectSound();
  });
});

/** What a job that ended used of a voucher. */
async function useForJob(of: Parameters<typeof accounts.issued>[0], amount: MicroYuan) {
  const hold = asId<never>("018f0000-0000-7000-8000-000000000001");
  const base = { hold, job: null, run: null, note: "", happenedAt: clock.now(), amount };
  const [issued, reserved] = [accounts.issued(of), accounts.reserved(of)];
  const redeemed = accounts.redeemed(of);
  const pay = { from: accounts.due(of.fund), to: accounts.payable(asId<never>("somebody")) };
  const { outcomes } = await db.transaction((sql) =>
    postTransfers(
      sql,
      [
        [
          { ...base, kind: "reserve", from: issued, to: reserved, fact: "job/reserve" },
          { ...base, kind: "redeem", from: reserved, to: redeemed, fact: "job/redeem" },
          { ...base, ...pay, hold: null, kind: "subsidy", fact: "job/pay" },
        ],
      ],
      clock.now(),
    ),
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(["posted"]);
}

describe("the audit", () => {
  test.each([
    ["counters", `update counters set used = used + 1 where key = 'public/contract/C1'`, [0, 1]],
    ["claims", `update claims set granted = granted + 10000 where contract = 'C1'`, [1, 2]],
    ["decisions", `update claims set issued_on = null where contract = 'C1'`, [0, 2]],
    ["releases", `update claims set released = released - 10000 where contract = 'C2'`, [1, 2]],
    ["missing counters", `delete from counters where key like '%/contract/C1'`, [0, 1]],
  ])("finds altered %s", async (_, change, places) => {
    const own = await testDb();
    const there = await claimsWorld(own);
    const id = await there.open();
    await there.apply(id, { contract: "c1" });
    const other = await there.apply(id, { contract: "c2" });
    await there.redeem(other.id, { lines: billed("100.00"), last: true });
    const look = async () => {
      const checks = await own.transaction(auditClaims, { isolation: "repeatable read" });
      return checks.flatMap(({ problems }, place) => (problems.length > 0 ? [place] : []));
    };
    expect(await look()).toEqual([]);
    const text = Object.assign([change], { raw: [change] }) as unknown as TemplateStringsArray;
    await own.sql(text);
    expect(await look()).toEqual(places);
  });
});
