import { expect, test } from "vitest";

import {
  aRegion,
  breakOff,
  compute,
  october,
  runJob,
  someone,
  step,
  type Region,
} from "./settlement-world.testing.ts";
import { takeStep } from "./take-step.ts";

const tokens = { id: "tokens", measure: "tokens-out", per: "million-tokens", price: "8" };
const pack = {
  ...{ id: "ten", name: { en: "Ten", zh: "十" }, price: "50", quantity: "10" },
  items: ["tokens"],
};
const theList = (version: object) => ({
  version: 1,
  ...{ id: "cards", name: { en: "Cards", zh: "卡" }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [{ items: [tokens], ...version }],
});

async function putApproved(region: Region, path: string, body: object): Promise<void> {
  const { revision } = await region.send(`PUT ${path}`, body);
  const approval = `POST ${path}/revisions/${String(revision)}/approval`;
  expect(await region.send(approval, undefined, region.second)).not.toHaveProperty("refused");
}

/** A million tokens each day of October, from 8:00 to 9:00 in Shanghai. */
async function meterTokens({ db: { sql } }: Region): Promise<void> {
  await sql`
    insert into meters (signer, source, tenant, resource, measure, basis, attributes, made_at)
    values ('operator', 'gate', 'acme', 'chat', 5, 1, '{}', now())`;
  await sql`
    insert into meter_readings (from_at, to_at, quantity, received_at, number, meter, revision)
    select day + interval '8 hours', day + interval '9 hours', 1000000, now(), number, id, 0
    from meters, generate_series(timestamptz '2026-10-01T00:00:00+08:00',
      '2026-10-31T00:00:00+08:00', interval '1 day') with ordinality as one (day, number)
    where resource = 'chat'`;
}

const row = (from: string, to: string, quantity: string) => ({
  ...{ tenant: "acme", measure: "tokens-out", basis: "used", quantity },
  ...{ from: `${from}:00:00Z`, to: `${to}:00:00Z` },
});
const report = ({ send }: Region) => send(`GET ${october}`);

test("what nobody agreed on is told, and stops nothing; charged runs are not told", async () => {
  const region = await aRegion();
  await runJob(region);
  await meterTokens(region);
  await compute(region);
  const told = [row("2026-10-01T00", "2026-10-31T01", "31000000")];
  expect(await report(region)).toMatchObject({ unpriced: [], unsold: [], unagreed: told });
  await step(region, "compute"); // again, and it is told once
  expect(await report(region)).toMatchObject({ unagreed: told });
  expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
  expect(await report(region)).toMatchObject({ unagreed: told });
});

test("broken off, what was told before stands; then it is told once", async () => {
  const region = await aRegion();
  await compute(region);
  await meterTokens(region);
  const again = { month: "2026-10", step: "compute" as const, note: "", by: someone() };
  const tried = breakOff(region, async (hub) => {
    expect(await report(region)).toMatchObject({ unagreed: [] });
    return takeStep(hub, again);
  });
  expect((await tried).count).toBeGreaterThan(5);
  const told = [row("2026-10-01T00", "2026-10-31T01", "31000000")];
  expect(await report(region)).toMatchObject({ unagreed: told });
});

test("of a tenant with agreements the days are told that none holds on", async () => {
  const region = await aRegion();
  await meterTokens(region);
  await putApproved(region, "/v1/price-lists/cards", theList({}));
  const agreement = "/v1/tenants/acme/agreement";
  await putApproved(region, agreement, { list: "cards", from: "2026-10-03", until: "2026-10-11" });
  await putApproved(region, agreement, { list: "cards", from: "2026-10-15", until: "2026-10-16" });
  await compute(region);
  expect(await report(region)).toMatchObject({
    unpriced: [],
    unagreed: [
      row("2026-10-01T00", "2026-10-02T01", "2000000"),
      row("2026-10-11T00", "2026-10-14T01", "4000000"),
      row("2026-10-16T00", "2026-10-31T01", "16000000"),
    ],
  });
  await step(region, "publish", region.second);
  const bills = await region.send("GET /v1/tenants/acme/bills?month=2026-10");
  expect(bills["items"]).toMatchObject([{ total: "72.00" }]); // 9 days of 8 yuan; 22 are told
});

test.each([
  ["priced", { items: [tokens] }],
  ["free", { items: [{ ...tokens, measure: "tokens-in" }], free: ["tokens-out"] }],
])("once it is agreed and %s it is told no more", async (_, version) => {
  const region = await aRegion();
  await meterTokens(region);
  await compute(region);
  await putApproved(region, "/v1/price-lists/cards", theList(version));
  const agreed = { list: "cards", from: "2026-10-01" };
  await putApproved(region, "/v1/tenants/acme/agreement", agreed);
  await step(region, "compute");
  expect(await report(region)).toMatchObject({ unpriced: [], unagreed: [] });
});

test("a package that is not sold is told with its list, as what keeps the month open", async () => {
  const region = await aRegion();
  await putApproved(region, "/v1/price-lists/cards", theList({ packages: [pack] }));
  const packages = [{ package: "ten", from: "2026-10" }];
  const agreed = { list: "cards", from: "2026-10-01", packages };
  await putApproved(region, "/v1/tenants/acme/agreement", agreed);
  await putApproved(region, "/v1/price-lists/cards", theList({}));
  await compute(region);
  const unsold = [{ tenant: "acme", package: "ten", list: "cards", revision: 2 }];
  expect(await report(region)).toMatchObject({ unpriced: [], unsold, unagreed: [] });
  expect(await step(region, "publish", region.second)).toMatchObject({ refused: "409 unpriced" });
  await putApproved(region, "/v1/price-lists/cards", theList({ packages: [pack] }));
  await step(region, "compute");
  expect(await report(region)).toMatchObject({ unsold: [] });
  expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
});
