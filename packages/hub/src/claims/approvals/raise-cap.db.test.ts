import { asId, parseYuan, type MicroYuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import type { Db, Sql } from "../../db/index.ts";
import { breachesIn } from "../../ledger/index.ts";
import { testDb } from "../../testing/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { applicant, claimsWorld, officers, operator } from "../claims-world.testing.ts";
import { readApprovals } from "./approval-store.ts";
import { holdRound, sharing } from "../rounds/rounds.testing.ts";
import { raiseCap, revokeApproval, secondApproval, viewOfApprovals } from "./raise-cap.ts";
import { readClaim } from "../claim/store.ts";

const db = await testDb();
const world = await claimsWorld(db);
const { hub } = world;
const [first, second, third] = officers;
const village = { ...second, signer: { ...second.signer, fund: asId<never>("village") } };
const words = { en: "x", zh: "x" };
const look = { stages: [{ code: "look", text: words, office: "district" }] };

const yuan = (text: string) => parseYuan(text) as MicroYuan;
const cap = {
  ...{ code: "yearly", text: words, per: "applicant", period: "calendar-year" },
  ...{ limit: { amount: "500" }, relaxableTo: "600" },
};
const open = (differs: object = {}) => world.open({ caps: [cap], ...differs });

interface Raise {
  readonly by?: typeof first;
  readonly cap?: string;
  readonly limit?: string;
  readonly contract?: string;
  readonly tenant?: string;
  readonly through?: typeof hub;
}
const raise = (programme: string, differs: Raise = {}) => {
  const { by = first, limit = "600", contract = "K-1", tenant = "t0", ...more } = differs;
  return raiseCap(more.through ?? hub, {
    ...{ programme: asId(programme), tenant: asId(tenant), contract, cap: more.cap ?? "yearly" },
    ...{ limit: yuan(limit), note: "of a test", by },
  });
};
type Raised = Awaited<ReturnType<typeof raise>>;
const seconded = ({ id, programme }: Raised, by = second) =>
  secondApproval(hub, { id, programme, by });
const revoked = ({ id, programme }: Raised, by = third) =>
  revokeApproval(hub, { id, programme, by });
const problems = async () => {
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  return checks.flatMap((one) => one.problems);
};
const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "taken",
    (error: unknown) => (error as { code?: string }).code ?? "another error",
  );
const wrongIn = (sent: Promise<unknown>) =>
  sent.then(
    () => "taken",
    (error: unknown) => (error as Error).message,
  );
const apply = (programme: string, tenant = "t0") =>
  world.apply(programme, { contract: "K-1", tenant });

describe("a cap that was raised", () => {
  test("holds for claims of the contract once another person seconded it", async () => {
    const id = await open();
    const approval = await raise(id, { contract: " k—1 " });
    expect(approval).toMatchObject({ state: "asked", contract: "K-1", usedBy: [] });
    expect((await apply(id, "t1")).granted).toBe(yuan("500"));
    expect(await codeOf(seconded(approval, first))).toBe("needs-another-person");
    expect((await seconded(approval)).state).toBe("in-force");
    expect((await world.apply(id, { contract: "K-2", tenant: "t2" })).granted).toBe(yuan("500"));
    const claim = await apply(id);
    expect([claim.granted, claim.asked.approvals]).toEqual([
      yuan("600"),
      [
        {
          ...{ cap: "yearly", limit: yuan("600") },
          approvedBy: [first.signer.key, second.signer.key],
        },
      ],
    ]);
    const [stored] = await viewOfApprovals(
      db.sql,
      await readApprovals(db.sql, id, { after: null, limit: 10 }),
    );
    expect(stored!.usedBy).toEqual([claim.id]);
    expect(await breachesIn(db.sql)).toEqual([]);
    expect(await problems()).toEqual([]);
    await db.sql`update claims set asked = replace(asked::text, '600.00', '599.00')::json
      where id = ${claim.id}`;
    expect(await problems()).toEqual([`claim ${claim.id}: nobody approved yearly`]);
    await db.sql`update claims set asked = replace(asked::text, '599.00', '600.00')::json
      where id = ${claim.id}`;
  });

  test("counts for a claim that the offices have, at the moment it is granted", async () => {
    const id = await open({ redemption: look });
    const claim = await apply(id);
    expect(claim.decision!.granted).toBe(yuan("500"));
    const approval = await raise(id);
    await seconded(approval);
    expect((await world.move(claim.id, "agree", third)).granted).toBe(yuan("600"));
  });

  test("may be revoked until a claim was granted by it, and then counts no more", async () => {
    const id = await open({ redemption: look });
    const [early, late] = [await raise(id, { limit: "550" }), await raise(id)];
    for (const one of [early, late]) await seconded(one);
    const claim = await apply(id);
    expect(claim.decision!.granted).toBe(yuan("600"));
    expect((await revoked(late)).state).toBe("revoked");
    expect((await world.move(claim.id, "agree", third)).granted).toBe(yuan("550"));
    expect(await codeOf(revoked(early))).toBe("wrong-state");
    expect((await revoked(late)).revokedBy).toBe(third.signer.key);
    expect(await codeOf(seconded(late))).toBe("wrong-state");
  });

  test("is one however often it is asked for, seconded and revoked, at once", async () => {
    const id = await open();
    const asked = await Promise.all(Array.from({ length: 8 }, () => raise(id)));
    expect(new Set(asked.map((one) => one.id)).size).toBe(1);
    const all = await Promise.all(asked.map((one) => seconded(one)));
    expect(new Set(all.map(({ secondedAt }) => secondedAt!.toString())).size).toBe(1);
    expect(await codeOf(seconded(asked[0]!, third))).toBe("wrong-state");
    const [entries] = await db.sql<{ count: bigint }>`
      select count(*) as count from audit_trail where subject = ${`programme/${id}`}
        and action in ('cap.raise', 'cap.second')`;
    expect(entries!.count).toBe(2n);
  });

  test("that is revoked while a claim is decided counts wholly or not at all", async () => {
    const id = await open({ caps: [{ ...cap, per: "contract" }] });
    for (let round = 0; round < 12; round += 1) {
      const contract = `R-${round}`;
      const approval = await raise(id, { contract });
      await seconded(approval);
      const [claim, said] = await Promise.all([
        world.apply(id, { contract }),
        codeOf(revoked(approval)),
      ]);
      const isKept = said === "wrong-state";
      expect(claim.granted).toBe(yuan(isKept ? "600" : "500"));
      expect(claim.asked.approvals).toHaveLength(isKept ? 1 : 0);
    }
  });

  test("leaves nothing where the hub breaks off before the commit", async () => {
    const id = await open();
    const transaction: Db["transaction"] = (work) =>
      db.transaction(async (sql: Sql) => {
        await work(sql);
        throw new Error("broken off");
      });
    const broken = { ...hub, db: { ...hub.db, transaction } };
    await expect(raise(id, { through: broken })).rejects.toThrow("broken off");
    const approval = await raise(id);
    const saying = { id: approval.id, programme: approval.programme, by: second };
    await expect(secondApproval(broken, saying)).rejects.toThrow("broken off");
    expect((await apply(id)).granted).toBe(yuan("500"));
  });
});

test("claims of a round are decided by the caps that hold when it is", async () => {
  const id = await world.open(
    sharing("10000", { caps: [cap], redemption: { stages: [], notice: { days: 5 } } }),
  );
  const claim = await apply(id);
  expect([claim.state, claim.decision!.granted]).toEqual(["gathered", yuan("500")]);
  const approval = await raise(id);
  await seconded(approval);
  world.clock.turn({ hours: 24 * 9 });
  await holdRound(world, id);
  // Announced, with the money set aside: it was decided by the approval, which stays.
  expect(await codeOf(revoked(approval))).toBe("wrong-state");
  world.clock.turn({ hours: 24 * 9 });
  await world.sweep();
  expect((await readClaim(db.sql, claim.id))!.granted).toBe(yuan("600"));
});

describe("who raises a cap", () => {
  test("speaks for a fund of the programme, and did not apply", async () => {
    const id = await open();
    expect(await codeOf(raise(id, { by: village }))).toBe("not-found");
    expect(await codeOf(raise(id, { by: applicant("t0") }))).toBe("not-found");
    const approval = await raise(id);
    expect(await codeOf(seconded(approval, village))).toBe("not-found");
    expect(await codeOf(seconded({ ...approval, id: asId(crypto.randomUUID()) }))).toBe(
      "not-found",
    );
    const own = { ...second, signer: { ...second.signer, key: applicant("t0").signer.key } };
    await world.apply(id, { contract: "K-1" });
    expect(await codeOf(seconded(approval, own))).toBe("needs-another-person");
    expect((await seconded(approval, operator)).state).toBe("in-force");
  });

  test("is told by field what is wrong, and how far a cap may go", async () => {
    const id = await open();
    expect(await wrongIn(raise(id, { limit: "600.01" }))).toContain(
      "/limit must be at most 600.00",
    );
    expect(await wrongIn(raise(id, { limit: "500" }))).toContain("/limit must be above 500.00");
    expect(await wrongIn(raise(id, { cap: "other" }))).toContain("these may be raised: yearly");
    expect(await wrongIn(raise(id, { tenant: "nobody" }))).toContain('/tenant "nobody" is no');
  });
});

test("what was approved and said is never changed", async () => {
  const approval = await raise(await open());
  await seconded(approval);
  await expect(db.sql`update cap_approvals set raised_to = 1000000`).rejects.toThrow("only ever");
  await expect(db.sql`delete from cap_approval_events`).rejects.toThrow("only ever");
});
