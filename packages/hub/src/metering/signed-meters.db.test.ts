import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { meterBatchTextOf, type MeterSeries } from "@wadi/core/proof";
import { asId } from "@wadi/core/units";
import { meterReadingBatch } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { sha256 } from "../ledger/index.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";

/* Readings of meters that their source signs. */

const db = await testDb();
const hub = await testHub(db);
const start = Temporal.Now.instant().round("second").subtract({ hours: 1 });
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

let source: string;
let pair: { publicKey: KeyObject; privateKey: KeyObject };
beforeEach(() => {
  source = `gate-${uuidv7().slice(-12)}`;
  pair = generateKeyPairSync("ed25519");
});

const rawOf = ({ publicKey }: { publicKey: KeyObject }) =>
  Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url").toString("base64");

async function register(of = pair, key = world.keys.provider) {
  const body = { signingKey: rawOf(of) };
  return hub.ask("PUT", `/v1/meter-keys/${source}`, { key, body });
}

const seriesOf = (resource: string, numbers: readonly number[], differs: object = {}) => ({
  ...{ source, tenant: "acme", resource, measure: "tokens-out", basis: "used" },
  attributes: { model: "m1", zone: "a" },
  readings: numbers.map((number) => ({
    number: `${number}`,
    from: start.add({ seconds: 10 * number }).toString(),
    to: start.add({ seconds: 10 * number + 10 }).toString(),
    quantity: "7",
  })),
  ...differs,
});

function signed(series: readonly object[], { privateKey } = pair, signer = "provider/lowland") {
  const read = meterReadingBatch.parse({ series }).series as unknown as MeterSeries[];
  const text = meterBatchTextOf({ signer, source: asId(source) }, read, sha256);
  return [{ source, signature: sign(null, Buffer.from(text), privateKey).toString("base64") }];
}

const send = (series: readonly object[], signatures: readonly object[] = []) =>
  hub.ask("POST", "/v1/meter-readings", {
    key: world.keys.provider,
    body: { series, signatures },
  });
const told = async (reply: Promise<Response>) => {
  const { status, ...rest } = await reply.then(async (one) => ({
    status: one.status,
    text: await one.text(),
  }));
  return `${status} ${rest.text}`;
};
const kept = async () => {
  const [row] = await db.sql<{ signed: bigint; all: bigint; batches: bigint }>`
    select count(batch) as signed, count(*) as all, count(distinct batch) as batches
    from meters join meter_readings r on r.meter = meters.id
    left join signed_meter_readings s
      on s.meter = r.meter and s.number = r.number and s.revision = r.revision
    where source = ${source}`;
  return [Number(row!.signed), Number(row!.all), Number(row!.batches)];
};

test("a source that has a key signs all that it sends; the same again is kept once", async () => {
  expect((await register()).status).toBe(200);
  const series = [seriesOf("a", [1, 2]), seriesOf("b", [1])];
  expect(await told(send(series, signed(series)))).toContain('"taken":3');
  expect(await told(send(series, signed(series)))).toContain('"repeats":3');
  const more = [seriesOf("a", [2, 3])];
  expect(await told(send(more, signed(more)))).toContain('"taken":1');
  expect(await kept()).toEqual([4, 4, 2]);
});

test("missing, of another key, of other readings or another order: nothing is taken", async () => {
  await register();
  const series = [seriesOf("a", [1]), seriesOf("b", [1])];
  const other = generateKeyPairSync("ed25519");
  const wrong = [
    [],
    signed(series, other),
    signed(series.slice(0, 1)),
    signed(series.toReversed()),
    signed(series, pair, "provider/upland"),
  ];
  for (const signatures of wrong) {
    expect(await told(send(series, signatures))).toMatch(/^422 .*\/signatures/);
  }
  expect(await kept()).toEqual([0, 0, 0]);
});

test("a source without a key signs nothing, and a signature for it is refused", async () => {
  const series = [seriesOf("a", [1])];
  expect(await told(send(series, signed(series)))).toMatch(/^422 .*has no key; register one/);
  expect(await told(send(series))).toContain('"taken":1');
  expect(await kept()).toEqual([0, 1, 0]);
});

test("a key stays: the same again changes nothing, another one is refused", async () => {
  expect((await register()).status).toBe(200);
  expect((await register()).status).toBe(200);
  const another = await register(generateKeyPairSync("ed25519"));
  expect(`${another.status} ${await another.text()}`).toMatch(/^409 .*has another key since/);
  // What another credential calls the same is another source.
  expect((await register(generateKeyPairSync("ed25519"), hub.operator)).status).toBe(200);
  const trail = await hub.ask("GET", `/v1/audit?subject=meter-key/${source}`, {
    key: hub.operator,
  });
  expect(((await trail.json()) as { items: unknown[] }).items).toHaveLength(2);
  const change = db.sql`update meter_keys set signing_key = '\\x00' where source = ${source}`;
  await expect(change).rejects.toThrow("only ever added to");
});

test("where the signature cannot be kept, the readings are not taken either", async () => {
  await register();
  const series = [seriesOf("a", [1])];
  await db.sql`alter table meter_batches add constraint broken check (false) not valid`;
  expect((await send(series, signed(series))).status).toBe(500);
  await db.sql`alter table meter_batches drop constraint broken`;
  expect(await kept()).toEqual([0, 0, 0]);
  expect(await told(send(series, signed(series)))).toContain('"taken":1');
  expect(await kept()).toEqual([1, 1, 1]);
});

test.each([["short"], [""], ["!".repeat(44)]])("a key that is none is refused: %s", async (key) => {
  const body = { signingKey: key };
  const reply = await hub.ask("PUT", "/v1/meter-keys/gate", { key: world.keys.provider, body });
  expect(reply.status).toBe(422);
});

test("who may not send readings registers no key for them", async () => {
  expect((await register(pair, world.keys.member)).status).toBe(403);
});
