import { describe, expect, test } from "vitest";

import {
  aRegion,
  balanceOf,
  breakOff,
  compute,
  october,
  runJob,
  someone,
  soundBooks,
  step,
  type Region,
} from "./settlement-world.testing.ts";
import { takeStep } from "./take-step.ts";

const item = { id: "hour", measure: "card-seconds", per: "card-hour", price: "3" };
/** For cards that nobody used. */
const otherItem = { ...item, where: { model: ["h100-sxm"] } };
const theList = (items: object[]) => ({
  version: 1,
  ...{ id: "cards", name: { en: "Cards", zh: "卡" }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [{ items }],
});

async function putApproved(region: Region, path: string, body: object): Promise<void> {
  const { revision } = await region.send(`PUT ${path}`, body);
  const approval = `POST ${path}/revisions/${String(revision)}/approval`;
  expect(await region.send(approval, undefined, region.second)).not.toHaveProperty("refused");
}

/** A run of 8 card-hours was charged 48.00; by its agreement the tenant pays 3 yuan for each. */
async function withAgreement(list = theList([item])): Promise<Region> {
  const region = await aRegion();
  await runJob(region);
  await putApproved(region, "/v1/price-lists/cards", list);
  const agreement = { list: "cards", from: "2026-10-01" };
  await putApproved(region, "/v1/tenants/acme/agreement", agreement);
  return region;
}
const bills = async ({ send }: Region) =>
  (await send("GET /v1/tenants/acme/bills?month=2026-10"))["items"] as object[];

describe("publishing a month", () => {
  test("bills those with an agreement first, once, however often it is tried", async () => {
    const region = await withAgreement();
    await compute(region);
    expect(await step(region, "publish")).toMatchObject({ refused: "409 needs-another-person" });
    expect(await bills(region)).toEqual([]);
    expect(await balanceOf(region, "prepaid/acme")).toBe(9_952_000_000n);
    const by = someone();
    const publish = { month: "2026-10", step: "publish" as const, note: "", by };
    await takeStep(region.hub, publish);
    expect(await bills(region)).toMatchObject([{ total: "24.00", cash: "-24.00" }]);
    expect(await balanceOf(region, "prepaid/acme")).toBe(9_976_000_000n);
    await step(region, "ask-void");
    await step(region, "void", region.second);
    await compute(region);
    await step(region, "publish", region.second);
    expect(await bills(region)).toHaveLength(1);
    expect(await balanceOf(region, "prepaid/acme")).toBe(9_976_000_000n);
    await soundBooks(region);
  });

  test("anew, after the next month was billed, bills neither a second time", async () => {
    const region = await withAgreement();
    await compute(region);
    await step(region, "publish", region.second);
    await step(region, "ask-void");
    await step(region, "void", region.second);
    await runJob(region); // in November
    region.clock.turn({ hours: 24 * 30 });
    const november = "/v1/settlements/2026-11";
    await region.send(`PUT ${november}`, {});
    for (const name of ["import", "allocate", "compute"]) {
      await region.send(`POST ${november}/steps`, { step: name });
    }
    const publish = { step: "publish" };
    expect(await region.send(`POST ${november}/steps`, publish, region.second)).toMatchObject({
      state: "published",
    });
    await compute(region);
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
    expect(await bills(region)).toHaveLength(1);
    const later = await region.send("GET /v1/tenants/acme/bills?month=2026-11");
    expect(later["items"]).toMatchObject([{ total: "24.00", cash: "-24.00" }]);
    expect(await balanceOf(region, "prepaid/acme")).toBe(9_952_000_000n);
    await soundBooks(region);
  });

  test("broken off while it bills, nothing is left; then each is billed once", async () => {
    const region = await withAgreement();
    await compute(region);
    const publish = { month: "2026-10", step: "publish" as const, note: "", by: someone() };
    await breakOff(region, (hub) => takeStep(hub, publish));
    expect(await bills(region)).toHaveLength(1);
    await soundBooks(region);
  });

  test("is refused while usage has no price; the report says whose and which", async () => {
    const region = await withAgreement(theList([otherItem]));
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({
      unpriced: [{ tenant: "acme", usage: { measure: "card-seconds", quantity: "28800" } }],
    });
    expect(await step(region, "publish", region.second)).toMatchObject({
      refused: "409 unpriced",
    });
    await putApproved(region, "/v1/price-lists/cards", theList([item]));
    await step(region, "compute");
    expect(await region.send(`GET ${october}`)).toMatchObject({ unpriced: [] });
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
  });
});
