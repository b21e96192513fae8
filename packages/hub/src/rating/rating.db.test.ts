import { beforeAll, expect, test } from "vitest";

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
  const first = await ask("PUT", "/v1/price-lists/cheap", aList("cheap"));
  const second = await ask(
    "PUT",
    "/v1/price-lists/cheap",
    aList("cheap", { versions: [{ items: [tokens("1.5")] }] }),
  );
  expect([first.body["revision"], second.body["revision"]]).toEqual([1, 2]);
  const read = await ask("GET", "/v1/price-lists/cheap?revision=1");
  expect(read.body["list"]).toMatchObject({ versions: [{ items: [{ price: "2.00" }] }] });
  const trail = await ask("GET", "/v1/audit?subject=price-list/cheap");
  expect(trail.body["items"]).toMatchObject([
    { facts: { revision: 2 } },
    { facts: { revision: 1 } },
  ]);
  await expect(db.sql`delete from price_lists`).rejects.toThrow("only ever added to");
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
    await ask("PUT", `/v1/price-lists/${id}`, id === "base" ? aList(id) : aList(id, { versions }));
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
  const put = await ask("PUT", "/v1/tenants/acme/agreement", agreement);
  expect(put).toMatchObject({ status: 200, body: { revision: 1 } });
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
  await ask("PUT", "/v1/price-lists/base", aList("base"));
  const wrong = { list: "base", prices: [{ item: "token", price: "1" }] };
  const { status, body } = await ask("PUT", "/v1/tenants/acme/agreement", wrong);
  expect(status).toBe(422);
  expect(body["errors"]).toMatchObject([
    { pointer: "/prices/0/item", detail: expect.stringContaining('did you mean "tokens"?') },
  ]);
});
