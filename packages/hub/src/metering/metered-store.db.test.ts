import type { Meter, MeterReading } from "@wadi/core/metering";
import { asId, type TenantId } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeEach, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { findMeters, insertMeterReadings, insertMeters } from "./meter-store.ts";
import { meteredTenants, sumMetered } from "./metered-store.ts";

const { sql } = await testDb();
const at = (day: number, seconds = 0) =>
  Temporal.Instant.from("2026-06-01T00:00:00Z").add({ seconds: (day - 1) * 86_400 + seconds });
const signer = "operator";

let tenant: TenantId;
beforeEach(() => {
  tenant = asId(`t-${uuidv7().slice(-12)}`);
});

async function metered(
  differs: Partial<Meter>,
  readings: readonly Pick<MeterReading, "from" | "to" | "quantity">[],
): Promise<number> {
  const meter: Meter = {
    ...{ source: asId("gate"), tenant, resource: `endpoint-${uuidv7()}`, attributes: {} },
    ...{ measure: "tokens-out", basis: "used", ...differs },
  };
  await insertMeters(sql, signer, { meters: [meter], madeAt: at(1) });
  const found = await findMeters(sql, signer, [meter]);
  const { id } = found.find((one) => one.measure === meter.measure && one.tenant === meter.tenant)!;
  const rows = readings.map((one, i) => ({
    ...one,
    meter: id,
    number: BigInt(i + 1),
    revision: 0,
  }));
  await insertMeterReadings(sql, rows, at(30));
  return id;
}
const sums = async (from = at(10), until = at(20)) =>
  (await sumMetered(sql, [{ tenant, from, until }])).map(({ measure, basis, quantity }) => {
    return [measure, basis, quantity];
  });

test("meters of one measure and basis are summed; no two bases are", async () => {
  const one = { from: at(12), to: at(13), quantity: 5n };
  await metered({}, [one, { from: at(14), to: at(15), quantity: 6n }]);
  await metered({ attributes: { model: "m1" } }, [one]);
  await metered({ measure: "storage" }, [one]);
  await metered({ measure: "storage", basis: "allocated" }, [one]);
  await metered({ measure: "cpu" }, [{ ...one, quantity: 0n }]);
  expect(await sums()).toEqual([
    ["tokens-out", "used", 16n],
    ["storage", "allocated", 5n],
    ["storage", "used", 5n],
  ]);
  const [tokens] = await sumMetered(sql, [{ tenant, from: at(10), until: at(20) }]);
  expect([tokens!.from, tokens!.to].map(String)).toEqual([at(12), at(15)].map(String));
  expect(await meteredTenants(sql)).toContain(tenant);
});

test.each<[string, [number, number], bigint]>([
  ["before", [8, 9], 0n],
  ["that ends where the time starts", [9, 10], 0n],
  ["over the start", [7, 11], 3n], // 10 × ¾ = 7.5 had passed, rounded down
  ["over the end", [19, 22], 3n],
  ["over both", [5, 25], 5n],
  ["of a moment at the start", [10, 10], 10n],
  ["of a moment at the end", [20, 20], 0n],
  ["that starts where the time ends", [20, 21], 0n],
])("of a reading %s its part counts", async (_, [from, to], expected) => {
  await metered({}, [{ from: at(from), to: at(to), quantity: 10n }]);
  expect(await sums()).toEqual(expected === 0n ? [] : [["tokens-out", "used", expected]]);
});

test("times side by side are rows of their own, and have all of a reading together", async () => {
  await metered({}, [{ from: at(9), to: at(12), quantity: 10n }]);
  const days = [9, 10, 11].map((day) => ({ tenant, from: at(day), until: at(day + 1) }));
  const found = await sumMetered(sql, days);
  expect(found.map(({ quantity }) => quantity)).toEqual([3n, 3n, 4n]);
});

test("of a corrected reading the last revision counts, wherever it lies", async () => {
  const one = { from: at(12), to: at(13), quantity: 5n };
  const meter = await metered({}, [one, { ...one, from: at(13), to: at(14) }]);
  const again = { ...one, meter, number: 1n };
  await insertMeterReadings(
    sql,
    [
      { ...again, revision: 1, quantity: 900n },
      { ...again, revision: 2, quantity: 70n, from: at(8), to: at(9) },
    ],
    at(30),
  );
  expect(await sums()).toEqual([["tokens-out", "used", 5n]]);
});

test("what a run's charge pays for is left out; what else hangs on a run is not", async () => {
  const one = { from: at(12), to: at(13), quantity: 5n };
  const resource = `run/${uuidv7()}`;
  for (const measure of ["card-seconds", "work", "cpu", "memory", "storage"] as const) {
    await metered({ resource, measure }, [one]);
  }
  await metered({ measure: "card-seconds" }, [one]);
  expect(await sums()).toEqual([
    ["card-seconds", "used", 5n],
    ["storage", "used", 5n],
  ]);
});

test("sums above what 64 bits hold are whole, and other tenants' are not in them", async () => {
  const most = { from: at(12), to: at(13), quantity: 2n ** 62n };
  for (const _one of [1, 2, 3]) await metered({}, [most]);
  const own = tenant;
  tenant = asId(`t-${uuidv7().slice(-12)}`);
  await metered({}, [most]);
  tenant = own;
  expect(await sums()).toEqual([["tokens-out", "used", 3n * 2n ** 62n]]);
  expect(await sumMetered(sql, [])).toEqual([]);
});
