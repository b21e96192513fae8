import { yuan } from "@wadi/core/units";
import { expect, test } from "vitest";

import { breachesIn } from "../../ledger/index.ts";
import { testDb } from "../../testing/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { claimsWorld } from "../claims-world.testing.ts";
import { approve, claimsNow, propose, sharing } from "./rounds.testing.ts";
import { placesOf } from "./round-store.ts";

/* What was spent under a contract counts once, also where a round refuses and decides it anew. */

const db = await testDb();
const world = await claimsWorld(db);
const { clock } = world;
const words = { en: "x", zh: "x" };
const at = (day: string) => clock.turn(clock.now().until(Temporal.Instant.from(`${day}T04:00Z`)));

/** 50 % of the first 1,000 yuan of a year, 10 % of the rest; 100 yuan for each project. */
const rules = (redemption: object) =>
  sharing("10000.00", {
    redemption,
    parts: [
      {
        ...{ code: "bands", text: words },
        bands: {
          ...{ counting: "marginal", over: "calendar-year" },
          rows: [
            { from: 0, to: "1000.00", rate: "50 %" },
            { from: "1000.00", to: null, rate: "10 %" },
          ],
        },
      },
    ],
    ...{ combine: [], exclusions: [] },
    caps: [{ code: "project", text: words, per: "project", limit: { amount: "100.00" } }],
  });

test.each([
  ["by its budget", {}, "issued"],
  ["in equal ratio, with a notice", { shortage: "equal-ratio", notice: { days: 5 } }, "announced"],
])("a round %s decides a contract anew that it refused", async (_, redemption, state) => {
  at("2026-03-02");
  const id = await world.open(rules(redemption));
  const spent = async () => {
    const rows = await db.sql<{ key: string; used: bigint }>`
      select key, used from counters where key like ${`programme/${id}/spend/%`} order by key`;
    return rows.map(({ key, used }) => [key.split("/").at(-2), used]);
  };
  const apply = (tenant: string, more: object = {}, contract = "same") =>
    world.apply(id, { tenant, contract, amount: "1000.00", more });
  const first = await apply("t0", { project: "bridge" }, "other");
  const refused = await apply("t1", { project: "bridge" });
  const again = await apply("t1");
  const ids = [first, refused, again].map((claim) => claim.id);
  at("2026-03-11");
  const round = await propose(world, id);
  const places = await placesOf(db.sql, round.id);
  expect(places.map(({ granted }) => granted)).toEqual([yuan(100n), 0n, yuan(500n)]);
  expect(await spent()).toEqual([]);
  await approve(world, id, { id: round.id });
  await approve(world, id, { id: round.id });
  expect((await claimsNow(world, ids)).map((one) => [one.state, one.would])).toEqual([
    [state, yuan(100n)],
    ["refused", 0n],
    [state, yuan(500n)],
  ]);
  const events = await db.sql<{ action: string }>`
    select action from claim_events where claim = ${refused.id} order by number desc limit 2`;
  expect(events.map(({ action }) => action)).toEqual(["claimed-again", "refuse"]);
  expect(await spent()).toEqual([
    ["t0", yuan(1000n)],
    ["t1", yuan(1000n)],
  ]);
  expect(await breachesIn(db.sql)).toEqual([]);
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
});
