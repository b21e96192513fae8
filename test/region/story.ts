import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { checkLaws } from "@wadi/hub";
import { noEvidence } from "@wadi/core/job";
import { routes } from "@wadi/protocol";

import { tellBroken } from "./tell-broken.ts";
import { startRegion, tailsOf, type RegionWish, type TestRegion } from "./test-region.ts";

/**
 * A region for the tests of one file. After them the laws are checked and the hub is asked to prove
 * its books; then all of it is stopped.
 * @returns what gives the region, inside a test
 */
export function storyRegion(wish: RegionWish = {}): () => TestRegion {
  let region: TestRegion | undefined;
  beforeAll(async () => {
    region = await startRegion(wish);
  });
  afterEach(({ task }) => {
    if (region && task.result?.state === "fail") console.error(tailsOf(region));
  });
  afterAll(async () => {
    if (!region) return;
    try {
      await expectLawsToHold(region);
    } finally {
      await region.close();
    }
  });
  return () => region!;
}

/** What is under way may go on. */
export async function expectLawsToHold(region: TestRegion): Promise<void> {
  const { hubs, clients, spells } = region;
  const evidence = { ...noEvidence, spells: spells(), atMs: Date.now() };
  const broken = await hubs[0]!.withDb((db) => checkLaws(db, { evidence }));
  if (broken.length > 0) console.error((await tellBroken(region, broken)).join("\n"));
  expect(broken).toEqual([]);
  const { checks } = await clients.auditor.call(routes.auditBooks);
  const problems = checks.flatMap(({ name, problems: found }) =>
    found.map((one) => `${name}: ${one}`),
  );
  expect(problems).toEqual([]);
}
