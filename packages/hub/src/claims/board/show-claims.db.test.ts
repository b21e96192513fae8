import { yuan } from "@wadi/core/units";
import { expect, test } from "vitest";

import { testDb } from "../../testing/index.ts";
import { claimsWorld } from "../claims-world.testing.ts";
import { holdRound, sharing, stage } from "../rounds/rounds.testing.ts";
import { rulesOfClaims } from "../rules/rules-for.ts";
import { showClaims } from "./show-claims.ts";
import { readClaims, type StoredClaim } from "../claim/store.ts";

const db = await testDb();
const world = await claimsWorld(db);

const waitsFor = async (claims: readonly StoredClaim[]) => {
  const ids = claims.map(({ id }) => id);
  const found = await readClaims(db.sql, ids);
  const inOrder = ids.map((id) => found.find((one) => one.id === id)!);
  const shown = await showClaims(db.sql, inOrder, await rulesOfClaims(db.sql, inOrder));
  return shown.map(({ waitsFor: window }) =>
    window ? [window.window, window.from?.toString(), window.until?.toString()] : null,
  );
};

test("a gathered claim says which window's round it waits for", async () => {
  const stages = { redemption: { stages: [stage], shortage: "equal-ratio" } };
  const id = await world.open(sharing("100.00", stages));
  const [there, late] = [await world.apply(id), await world.apply(id)];
  await world.move(there.id, "agree");
  const unending = { mode: "claim-then-redeem", cadence: { kind: "batch" } };
  const anyDay = await world.apply(await world.open(sharing("100.00", { lifecycle: unending })));
  const month = { mode: "claim-then-redeem", cadence: { kind: "each", period: "month", days: 10 } };
  const monthly = await world.apply(await world.open(sharing("100.00", { lifecycle: month })));
  const alone = await world.apply(await world.open());
  expect(await waitsFor([there, late, anyDay, monthly, alone])).toEqual([
    ["1", "2026-03-01", "2026-03-10"],
    null, // with an office
    ["1", undefined, undefined],
    ["2026-03", "2026-03-01", "2026-03-10"],
    null,
  ]);
  expect([there.decision!.granted, monthly.decision!.granted]).toEqual([yuan(650n), yuan(650n)]);

  world.clock.turn({ hours: 24 * 9 });
  await holdRound(world, id, true);
  await world.move(late.id, "agree");
  expect(await waitsFor([there, late])).toEqual([null, ["2", "2026-04-01", "2026-04-10"]]);
});
