import { beforeAll, expect, test } from "vitest";

import { putApproved } from "../testing/approved-prices.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";

const db = await testDb();
const hub = await testHub(db);
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

const ask = async (method: string, path: string, body?: unknown, key = hub.operator) => {
  const reply = await hub.ask(method, path, { key, ...(body !== undefined && { body }) });
  return { status: reply.status, body: (await reply.json()) as Record<string, never> };
};

const month = Temporal.Now.instant().toZonedDateTimeISO("Asia/Shanghai").toPlainDate();
const tokens = (price: string) => ({
  ...{ id: "tokens", measure: "tokens-out", per: "thousand-tokens", price },
});
const aList = (id: string, differs: object = {}) => ({
  version: 1,
  ...{ id, name: { en: id, zh: id }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [
    {
      items: [tokens("2")],
      packages: [
        {
          ...{ id: "pack", name: { en: "Pack", zh: "包" }, price: "1", quantity: "1" },
          items: ["tokens"],
        },
      ],
    },
  ],
  ...differs,
});

test("each revision of a list is kept, and in the audit trail", async () => {
  const path = "/v1/price-lists/cheap";
  const other = aList("cheap", { versions: [{ items: [tokens("1.5")] }] });
  const revisions = [];
  for (const list of [aList("cheap"), other, other]) {
    revisions.push((await ask("PUT", path, list)).body["revision"]);
  }
  expect(revisions).toEqual([1, 2, 2]); // the same again is the same
  const read = await ask("GET", "/v1/price-lists/cheap?revision=1");
  expect(read.body["list"]).toMatchObject({ versions: [{ items: [{ price: "2.00" }] }] });
  const trail = await ask("GET", "/v1/audit?subject=price-list/cheap");
  expect(trail.body["items"]).toMatchObject([
    { facts: { revision: 2 } },
    { facts: { revision: 1 } },
  ]);
  await expect(db.sql`delete from price_lists`).rejects.toThrow("only ever added to");
});

test("a list holds once another person has approved it, and no earlier", async () => {
  const path = "/v1/price-lists/slow";
  await ask("PUT", path, aList("slow"));
  expect(await ask("GET", path)).toMatchObject({ status: 404 });
  const agreement = await ask("PUT", "/v1/tenants/acme/agreement", { list: "slow" });
  expect(agreement.body).toMatchObject({ detail: expect.stringContaining("nothing was approved") });
  const approve = `${path}/revisions/1/approval`;
  expect(await ask("POST", approve)).toMatchObject({ body: { code: "needs-another-person" } });
  const second = world.keys.operator;
  expect(await ask("POST", approve, undefined, second)).toMatchObject({ status: 200 });
  expect(await ask("GET", path)).toMatchObject({ status: 200, body: { revision: 1 } });
  expect(await ask("POST", approve, undefined, second)).toMatchObject({
    body: { code: "wrong-state" },
  });
  const no = await ask("POST", `${path}/revisions/7/approval`, undefined, second);
  expect(no).toMatchObject({ status: 404 });
  const trail = await ask("GET", "/v1/audit?subject=price-list/slow");
  expect(trail.body["items"]).toMatchObject([
    { action: "price-list.approve", facts: { revision: 1 } },
    { action: "price-list.put" },
  ]);
  await expect(db.sql`update price_lists set document = '{}' where id = 'slow'`).rejects.toThrow(
    "only ever added to, and approved once",
  );
});

test("drafts are listed beside what holds, for the region's own people", async () => {
  const path = "/v1/price-lists/drafted";
  await putApproved(world, path, aList("drafted"));
  const dearer = aList("drafted", { versions: [{ items: [tokens("9")] }] });
  await ask("PUT", path, dearer);
  const seen = async (key: string) => {
    const { body } = await ask("GET", "/v1/price-lists?limit=1000", undefined, key);
    const items = body["items"] as unknown as { list: { id: string }; revision: number }[];
    return items.filter(({ list }) => list.id === "drafted").map(({ revision }) => revision);
  };
  expect(await seen(hub.operator)).toEqual([1, 2]);
  expect(await seen(world.keys["tenant-admin"])).toEqual([1]);
  const asTenant = await ask("GET", `${path}?revision=2`, undefined, world.keys["tenant-admin"]);
  expect(asTenant).toMatchObject({ status: 404 });

  const agreement = "/v1/tenants/acme/agreement";
  await putApproved(world, agreement, { list: "drafted" });
  await ask("PUT", agreement, { list: "drafted", minimum: "5" });
  const agreed = async (key: string) => {
    const { body } = await ask("GET", "/v1/agreements", undefined, key);
    return (body["items"] as unknown as { approvedAt: string | null }[]).length;
  };
  expect(await agreed(hub.operator)).toBe(2);
  expect(await agreed(world.keys["tenant-admin"])).toBe(1);
  expect(await agreed(world.others["tenant-admin"])).toBe(0);
});

test("a draft that was overtaken is not approved any more", async () => {
  const path = "/v1/price-lists/raced";
  await ask("PUT", path, aList("raced"));
  await ask("PUT", path, aList("raced", { rounding: { to: "fen" } }));
  const approve = (revision: number) =>
    ask("POST", `${path}/revisions/${revision}/approval`, undefined, world.keys.operator);
  expect(await approve(2)).toMatchObject({ status: 200 });
  expect(await approve(1)).toMatchObject({ body: { code: "wrong-state" } });
});

test("what a revision leaves without a price is told when it is put", async () => {
  const path = "/v1/price-lists/shrunk";
  await putApproved(world, path, aList("shrunk"));
  const storage = { id: "disk", measure: "storage", per: "gib-month", price: "1" };
  const put = await ask("PUT", path, aList("shrunk", { versions: [{ items: [storage] }] }));
  expect(put).toMatchObject({
    status: 200,
    body: {
      warnings: [{ pointer: "/versions/0/items", detail: expect.stringMatching(/"tokens"/) }],
    },
  });
  const free = { versions: [{ items: [storage], free: ["tokens-out"] }] };
  expect((await ask("PUT", path, aList("shrunk", free))).body).toMatchObject({ warnings: [] });
  await putApproved(world, "/v1/tenants/acme/agreement", {
    ...{ list: "shrunk", prices: [{ item: "tokens", price: "1" }] },
  });
  expect((await ask("PUT", path, aList("shrunk", free))).body).toMatchObject({
    warnings: [
      { pointer: "/versions", detail: expect.stringContaining("acme has agreed on: pric") },
    ],
  });
  const elsewhere = await ask("PUT", path, aList("shrunk", { timeZone: "Asia/Urumqi" }));
  expect(elsewhere.body).toMatchObject({ errors: [{ pointer: "/timeZone" }] });
});

test.each([
  ["/versions/1/from", { versions: [{ items: [tokens("1")] }, { items: [tokens("1")] }] }],
  ["/versions/0/items/0/per", { versions: [{ items: [{ ...tokens("1"), per: "p-hour" }] }] }],
  ["/versions/0/items/0", { versions: [{ items: [{ ...tokens("1"), volume: [] }] }] }],
  ["/timezone", { timezone: "Asia/Shanghai" }],
])("what is wrong is refused by its field: %s", async (pointer, wrong) => {
  const { status, body } = await ask("PUT", "/v1/price-lists/wrong", aList("wrong", wrong));
  expect(status).toBe(422);
  const pointers = (body["errors"] as unknown as { pointer: string }[]).map((one) => one.pointer);
  expect(pointers.some((one) => one.startsWith(pointer))).toBe(true);
});

test("a month is rated by the agreement, and previewed by others", async () => {
  for (const id of ["base", "dear"]) {
    const versions = [{ items: [tokens(id === "base" ? "2" : "3")] }];
    const list = id === "base" ? aList(id) : aList(id, { versions });
    await putApproved(world, `/v1/price-lists/${id}`, list);
  }
  const to = Temporal.Now.instant();
  const reading = {
    ...{ number: "1", quantity: "5000" },
    from: to.subtract({ seconds: 1 }).toString(),
    to: to.toString(),
  };
  const meter = { source: "gate", tenant: "acme", resource: "chat", measure: "tokens-out" };
  await ask(
    "POST",
    "/v1/meter-readings",
    { series: [{ ...meter, basis: "used", readings: [reading] }] },
    world.keys.provider,
  );
  const text = month.toPlainYearMonth().toString();
  const agreement = {
    list: "base",
    discounts: [{ off: "0.1" }],
    packages: [{ package: "pack", from: text }],
    minimum: "8",
  };
  expect(await ask("PUT", "/v1/tenants/acme/agreement", agreement)).toMatchObject({ status: 200 });
  const { body } = await ask("POST", "/v1/tenants/acme/price-preview", {
    month: text,
    offers: [{ list: "base" }, { list: "dear" }, { list: "base", agreement }],
  });
  expect(body["offers"]).toMatchObject([
    { total: "10.00", more: "0.00" },
    { total: "15.00", more: "5.00" },
    { total: "8.20", more: "-1.80" }, // 1,000 by the package, 4,000 × 2 less 10 %, the package 1
  ]);
});

test("an agreement on what the list does not have is refused by its field", async () => {
  await putApproved(world, "/v1/price-lists/base", aList("base"));
  const wrong = { list: "base", prices: [{ item: "token", price: "1" }] };
  const { status, body } = await ask("PUT", "/v1/tenants/acme/agreement", wrong);
  expect(status).toBe(422);
  expect(body["errors"]).toMatchObject([
    { pointer: "/prices/0/item", detail: expect.stringContaining('did you mean "tokens"?') },
  ]);
});

test("an agreement starts in no closed month, and moves none", async () => {
  const path = "/v1/tenants/rival/agreement";
  await putApproved(world, "/v1/price-lists/open", aList("open"));
  await ask("PUT", path, { list: "open", from: "2020-01-15" }); // a draft, while the month is open
  expect(await ask("PUT", "/v1/ledger/periods/2020-01", {})).toMatchObject({ status: 200 });
  const told = {
    errors: [{ pointer: "/from", detail: expect.stringMatching(/2020-02-01 or later/) }],
  };
  const approve = `${path}/revisions/1/approval`;
  const late = await ask("POST", approve, undefined, world.keys.operator);
  expect(late.body).toMatchObject(told);
  const again = await ask("PUT", path, { list: "open", from: "2020-01-31" });
  expect(again.body).toMatchObject(told);
  await putApproved(world, path, { list: "open", from: "2020-02-01" });

  await putApproved(world, "/v1/price-lists/west", aList("west", { timeZone: "Asia/Urumqi" }));
  const west = await ask("PUT", path, { list: "west" });
  expect(west.body).toMatchObject({
    errors: [
      { pointer: "/list", detail: expect.stringMatching(/agree on a list in Asia\/Shanghai/) },
    ],
  });
});
