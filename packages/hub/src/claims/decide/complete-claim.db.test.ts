import { describe, expect, test } from "vitest";

import type { Db, Sql } from "../../db/index.ts";
import type { Refused } from "../../refused.ts";
import { testDb } from "../../testing/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { claimsWorld, officers } from "../claims-world.testing.ts";
import { eventsOf } from "../claim/event-store.ts";
import { readClaim } from "../claim/store.ts";

const db = await testDb();
const world = await claimsWorld(db);
const words = { en: "x", zh: "x" };

const told = {
  "applicant.legalForm": "company",
  "applicant.lists": [],
  "applicant.leadsProjects": [],
};
/** Lacks where the supplier is, the line's place and public money from elsewhere. */
const lacking = {
  facts: told,
  lines: [{ id: "compute", facts: { "line.class": "compute" }, amounts: { contract: "1300" } }],
  otherMoney: null,
};
const supplier = { "supplier.registeredIn": "131003" };
const place = { id: "compute", facts: { "line.place": "131003" } };
const publicCeiling = { code: "ceiling", text: words, rate: "60 %" };
const look = { stages: [{ code: "look", text: words, office: "district" }] };

const missingOf = ({ decision }: { decision: { missing: readonly { name: string }[] } | null }) =>
  decision!.missing.map(({ name }) => name);
const wrongIn = (sent: Promise<unknown>) =>
  sent.then(
    () => ["taken"],
    (error: unknown) => {
      const { code, fields } = error as Refused;
      return fields.length > 0 ? fields.map(({ pointer, detail }) => `${pointer} ${detail}`) : code;
    },
  );
const lastFacts = async (id: Parameters<typeof eventsOf>[1]) =>
  (await eventsOf(db.sql, id)).findLast(({ action }) => action === "complete")?.facts;

describe("an incomplete claim", () => {
  test("is told what is still missing, piece by piece, and goes on with the last", async () => {
    const { id, ...claim } = await world.apply(await world.open({ publicCeiling }), {
      more: lacking,
    });
    expect(missingOf(claim)).toEqual(["line.place", "otherMoney", "supplier.registeredIn"]);
    const second = await world.complete(id, { facts: supplier });
    expect(missingOf(second)).toEqual(["line.place", "otherMoney"]);
    const third = await world.complete(id, { lines: [place] });
    expect([third.state, missingOf(third)]).toEqual(["incomplete", ["otherMoney"]]);
    const last = await world.complete(id, { otherMoney: [] });
    expect([last.state, last.granted]).toEqual(["issued", 650_000_000n]);
    expect(await lastFacts(id)).toEqual({ added: ["otherMoney"] });
  });

  test("takes amounts, quantities, lists and documents in one body", async () => {
    const evidence = [{ kind: "contract", text: words }];
    const programme = await world.open({
      spend: { claimBase: "approved", redeemBase: "paid" },
      redemption: { evidence },
    });
    const claim = await world.apply(programme, { more: lacking });
    const done = await world.complete(claim.id, {
      facts: supplier,
      lines: [{ ...place, amounts: { approved: "900" }, quantities: { tokens: 7 } }],
      evidence: [{ kind: "contract", sha256: "c".repeat(64) }],
    });
    expect([done.state, done.granted]).toEqual(["issued", 450_000_000n]);
    expect(await lastFacts(claim.id)).toEqual({
      added: [
        ...["supplier.registeredIn", "compute line.place", "compute amounts.approved"],
        "compute quantities.tokens",
      ],
      evidence: [{ kind: "contract", sha256: "c".repeat(64) }],
    });
  });

  test("is changed once by what comes ten times at once", async () => {
    const { id } = await world.apply(await world.open({ publicCeiling }), { more: lacking });
    const bodies = Array.from({ length: 10 }, () => world.complete(id, { facts: supplier }));
    expect(new Set((await Promise.all(bodies)).map(({ state }) => state))).toEqual(
      new Set(["incomplete"]),
    );
    const events = await eventsOf(db.sql, id);
    expect(events.filter(({ action }) => action === "complete")).toHaveLength(1);
  });

  test("keeps what was told: another value is refused with both and the cure", async () => {
    const { id } = await world.apply(await world.open(), { more: lacking });
    const body = {
      facts: { ...supplier, "applicant.legalForm": "university" },
      lines: [{ id: "compute", amounts: { contract: "9999" } }],
    };
    const [form, amount] = await wrongIn(world.complete(id, body));
    expect(form).toContain("applicant.legalForm was told as company and is not changed to univer");
    expect(amount).toBe(
      "/lines/0/amounts/contract amounts.contract of line compute was told as 1300.00 and is " +
        "not changed to 9999.00; leave it out, or withdraw the claim and apply again",
    );
    const same = await world.complete(id, { facts: told });
    expect(same.asked.facts["supplier.registeredIn"]).toBeUndefined();
  });

  test("refuses contradictions and lines that are not there by field", async () => {
    const { id } = await world.apply(await world.open(), { more: lacking });
    const body = {
      facts: { "line.place": "131003" },
      lines: [{ id: "storage" }, { id: "compute", facts: { "applicant.staff": 3 } }],
    };
    expect(await wrongIn(world.complete(id, body))).toEqual([
      expect.stringContaining("/lines/1/facts/applicant.staff"),
      expect.stringContaining("/facts/line.place"),
      '/lines/0/id "storage" is no line of this claim; its lines are compute',
    ]);
  });

  test("is nobody else's to complete, and an issued one lacks nothing", async () => {
    const { id } = await world.apply(await world.open(), { more: lacking });
    expect(await wrongIn(world.complete(id, { facts: supplier }, "t1"))).toBe("not-found");
    await world.complete(id, { facts: supplier, lines: [place] });
    expect(await wrongIn(world.complete(id, { facts: { "applicant.staff": 3 } }))).toBe(
      "wrong-state",
    );
    expect((await world.complete(id, { facts: supplier })).state).toBe("issued");
  });

  test("stays as it was when the hub breaks off before the commit", async () => {
    const { id } = await world.apply(await world.open(), { more: lacking });
    const breaking: Db["transaction"] = (work) =>
      db.transaction(async (sql: Sql) => {
        await work(sql);
        throw new Error("broken off");
      });
    const broken = world.through(breaking).complete(id, { facts: supplier, lines: [place] });
    await expect(broken).rejects.toThrow("broken off");
    expect((await readClaim(db.sql, id))!.state).toBe("incomplete");
    expect((await world.complete(id, { facts: supplier, lines: [place] })).state).toBe("issued");
    const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

describe("a claim that an office returned", () => {
  test("may be corrected, and the event has both values", async () => {
    const programme = await world.open({ redemption: look });
    const { id } = await world.apply(programme);
    const correction = { lines: [{ id: "compute", amounts: { contract: "1200" } }] };
    expect(await wrongIn(world.complete(id, correction))).toBe("wrong-state");
    await world.move(id, "return", officers[1]);
    const again = await world.complete(id, correction);
    expect(again.state).toBe("reviewing");
    expect(await lastFacts(id)).toEqual({
      corrected: [{ what: "compute amounts.contract", from: "1300.00", to: "1200.00" }],
    });
    expect((await world.move(id, "agree", officers[1])).granted).toBe(600_000_000n);
  });

  test("may be corrected until it is with the offices again", async () => {
    const asksMore = {
      ...{ code: "staff", text: words, need: { fact: "applicant.staff", atLeast: 1 } },
      when: { fact: "applicant.legalForm", is: "university" },
    };
    const programme = await world.open({ requirements: [asksMore], redemption: look });
    const { id } = await world.apply(programme);
    await world.move(id, "return");
    const wrong = await world.complete(id, { facts: { "applicant.legalForm": "university" } });
    expect([wrong.state, missingOf(wrong)]).toEqual(["incomplete", ["applicant.staff"]]);
    expect((await world.complete(id, { facts: told })).state).toBe("reviewing");
    const late = { "applicant.legalForm": "university" };
    expect(await wrongIn(world.complete(id, { facts: late }))).toBe("wrong-state");
  });

  test("does not become one of another version by a corrected day of signing", async () => {
    const id = await world.open({
      version: { number: 1, inForce: { from: "2020-01-01" }, decidedBy: "signed" },
      redemption: look,
    });
    const signed = (day: string) => ({ "contract.signedOn": day });
    const facts = { ...told, ...supplier, ...signed("2025-05-01") };
    const claim = await world.apply(id, { more: { facts } });
    await world.move(claim.id, "return");
    expect(await wrongIn(world.complete(claim.id, { facts: signed("2019-05-01") }))).toEqual([
      "/facts/contract.signedOn 2019-05-01 is a day that no version of the rules decides; withdraw the claim and apply again",
    ]);
    expect((await world.complete(claim.id, { facts: signed("2025-05-02") })).state).toBe(
      "reviewing",
    );
  });
});
