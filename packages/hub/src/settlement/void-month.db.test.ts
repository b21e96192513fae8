import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";

import {
  aRegion,
  balanceOf,
  breakOff,
  compute,
  october,
  putTerms,
  runJob,
  share,
  someone,
  soundBooks,
  step,
  type Region,
} from "./settlement-world.testing.ts";
import { takeStep } from "./take-step.ts";

const closedMonths = async ({ db }: Region) =>
  (await db.sql<{ month: string }>`select month from closed_periods`).map(({ month }) => month);

/** October published, by which 47.04 became 24.00. */
async function published(): Promise<Region> {
  const region = await aRegion();
  await runJob(region);
  await putTerms(region, share("0.5"));
  await compute(region);
  expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
  expect(await balanceOf(region, "payable/lowland")).toBe(24_000_000n);
  return region;
}

describe("a month", () => {
  test("that was published is taken back by two persons: one asks, another agrees", async () => {
    const region = await published();
    expect(await step(region, "void")).toMatchObject({ refused: "409 wrong-state" });
    const asked = await step(region, "ask-void", region.second);
    expect(asked).toMatchObject({ state: "void-asked", nextSteps: ["void", "keep"] });
    expect(await balanceOf(region, "payable/lowland")).toBe(24_000_000n);
    expect(await step(region, "void", region.second)).toMatchObject({
      refused: "409 needs-another-person",
    });
    expect(await step(region, "void")).toMatchObject({ state: "void" });
    expect(await balanceOf(region, "payable/lowland")).toBe(47_040_000n);
    await soundBooks(region);
  });

  test("asked to be taken back, it may be kept; until then it counts as published", async () => {
    const region = await published();
    await step(region, "ask-void");
    expect(await region.send(`POST ${october}/e-invoices`)).toMatchObject({ requested: 1 });
    expect(await step(region, "keep", region.second)).toMatchObject({ state: "published" });
    expect(await balanceOf(region, "payable/lowland")).toBe(24_000_000n);
  });

  test("taken back, its books stay closed; what is posted is of the open month", async () => {
    const region = await published();
    await step(region, "ask-void");
    await step(region, "void", region.second);
    expect(await closedMonths(region)).toEqual(["2026-10"]);
    const [back] = await region.db.sql<{ happenedAt: Temporal.Instant; fact: string }>`
      select happened_at as "happenedAt", fact from transfers where fact like 'unsettle/%'`;
    expect(back!.happenedAt).toEqual(region.clock.now());
    const rows = await region.db.sql`select 1 from transfers where fact like 'settle/%'`;
    expect(rows).toHaveLength(1); // what was posted stays
  });

  test("worked out anew it is a correction, also after the next month was closed", async () => {
    const region = await published();
    await step(region, "ask-void");
    await step(region, "void", region.second);
    region.clock.turn({ hours: 24 * 30 });
    const november = "/v1/settlements/2026-11";
    await region.send(`PUT ${november}`, {});
    for (const name of ["import", "allocate", "compute"]) {
      await region.send(`POST ${november}/steps`, { step: name });
    }
    await region.send(`POST ${november}/steps`, { step: "publish" }, region.second);
    expect(await closedMonths(region)).toEqual(["2026-10", "2026-11"]);
    await putTerms(region, share("0.25"));
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({ revision: 2, state: "computed" });
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
    expect(await balanceOf(region, "payable/lowland")).toBe(12_000_000n);
    expect(await closedMonths(region)).toEqual(["2026-10", "2026-11"]);
    await soundBooks(region);
  });

  test("that was never published is given up by one person, and nothing is posted", async () => {
    const region = await aRegion();
    await runJob(region);
    await compute(region);
    expect(await step(region, "void")).toMatchObject({ state: "void" });
    expect(await balanceOf(region, "payable/lowland")).toBe(47_040_000n);
    expect(await closedMonths(region)).toEqual([]);
  });

  test("broken off anywhere, taking back and publishing leave all or nothing", async () => {
    const region = await published();
    await step(region, "ask-void");
    const void_ = { month: "2026-10", step: "void" as const, note: "", by: someone() };
    const { count } = await breakOff(region, (hub) => takeStep(hub, void_));
    expect(count).toBeGreaterThan(5);
    expect(await balanceOf(region, "payable/lowland")).toBe(47_040_000n);
    await expect(takeStep(region.hub, void_)).rejects.toThrow("is void");
    await compute(region);
    const publish = { ...void_, step: "publish" as const };
    await breakOff(region, (hub) => takeStep(hub, publish));
    expect(await balanceOf(region, "payable/lowland")).toBe(24_000_000n);
    await soundBooks(region);
  });
});

test("e-invoices of a correction that say the same are not asked for again", async () => {
  const region = await published();
  expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 1, before: 0 });
  await step(region, "ask-void");
  await step(region, "void", region.second);
  await compute(region);
  await step(region, "publish", region.second);
  expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 0, before: 1 });
});

test("an e-invoice of a correction with another amount names the one it replaces", async () => {
  const region = await published();
  expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 1, before: 0 });
  await step(region, "ask-void");
  await step(region, "void", region.second);
  await putTerms(region, share("0.5", {}, { paidDirectlyBy: ["tenants"] }));
  await compute(region);
  await step(region, "publish", region.second);
  expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 1, before: 0 });
  expect(await region.send(`POST ${october}/e-invoices`)).toEqual({ requested: 0, before: 1 });
  const file = path.join(region.hub.config.state, "e-invoices", "2026-10-2-acme.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
    ...{ number: "2026-10-2-acme", replaces: "2026-10-1-acme", amount: "0.00", lines: [] },
  });
});
