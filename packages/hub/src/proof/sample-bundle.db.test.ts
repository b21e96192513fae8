import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { flatPrice } from "@wadi/core/capacity";
import { firstDifference, meterBatchTextOf, type MeterSeries } from "@wadi/core/proof";
import {
  asId,
  bytes,
  durationOf,
  rate,
  yuan,
  type HoldId,
  type JobId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import { bundle, meterReadingBatch } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";

import type { Hub } from "../context.ts";
import { placeHolds } from "../ledger/index.ts";
import { chargeRuns, recordReadings } from "../metering/index.ts";
import { putApproved } from "../testing/approved-prices.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld } from "../testing/world.ts";
import { bundleTools, sha256 } from "./bundle-tools.testing.ts";
import { anchorSweep } from "./index.ts";
import { joinedAgent } from "./played-agent.testing.ts";

/*
 * A small bundle with a record of every kind. The command line's tests change each value of it, in
 * the copy that they have: delete that file to have it made anew.
 */

const copy = new URL("../../../cli/src/testing/a-bundle.txt", import.meta.url);
const db = await testDb();
const hub = await testHub(db, { WADI_TIME_ZONE: "Asia/Shanghai" });
const world = await makeWorld(hub);
const tenant = asId<TenantId>("acme");
const pair = generateKeyPairSync("ed25519");
/** In a month that is over, and not too late for readings of it. */
const then = Temporal.Now.instant()
  .subtract({ hours: 33 * 24 })
  .round("hour");

test("a bundle with a record of every kind is right", async () => {
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  await openProgramme();
  const first = await claim("first");
  await redeem(first, { id: "b1", lines: [{ line: "compute", amount: "4.00" }] });
  const from = new Date().toISOString();
  await redeem(first, { id: "b2", lines: [{ line: "compute", amount: "3.00" }], last: true });
  const second = await claim("second");
  await send("POST", `/v1/claims/${second}/withdrawal`, undefined, world.keys["tenant-admin"]);
  await oldRun();
  await readMeters();
  await billOldMonth();
  await correctedRun();
  const later: Hub = {
    ...hub.hub,
    clock: { now: () => Temporal.Now.instant().add({ hours: 48 }) },
  };
  await anchorSweep(later);
  const until = Temporal.Now.instant().add({ hours: 72 }).toString();
  const path = `/v1/tenants/acme/bundle?${new URLSearchParams({ from, until }).toString()}`;
  const reply = await hub.ask("GET", path, { key: hub.operator });
  const text = await reply.text();
  const read = bundle.parse(JSON.parse(text));
  expect(firstDifference(read, bundleTools)).toBeUndefined();
  const empty = Object.entries(read).filter(([, value]) => Array.isArray(value) && !value.length);
  expect(empty).toEqual([]);
  if (!existsSync(copy)) writeFileSync(copy, `${text}\n`);
});

async function send(method: string, path: string, body?: unknown, key = hub.operator) {
  const headers = { "idempotency-key": uuidv7() };
  const given = body === undefined ? {} : { body };
  const reply = await hub.ask(method, path, { key, headers, ...given });
  const told = await reply.text();
  expect(reply.status, told).toBeLessThan(300);
  return (told === "" ? {} : JSON.parse(told)) as Record<string, unknown>;
}

async function openProgramme(): Promise<void> {
  const words = { en: "x", zh: "x" };
  const officer = (await world.makeKey("programme-officer")).secret;
  await send(
    "PUT",
    "/v1/programmes/half/rules",
    {
      ...{ programme: "half", name: words, place: "131000" },
      timeZone: "Asia/Shanghai",
      version: { number: 1, inForce: { from: "2020-01-01" } },
      spend: { claimBase: "contract", redeemBase: "invoiced" },
      parts: [{ code: "use", text: words, rates: [{ rate: "50 %" }] }],
      payers: [{ code: "city", text: words, level: "city", fund: "city" }],
      caps: [{ code: "most", text: words, per: "applicant", limit: { amount: "8.00" } }],
      budget: null,
      lifecycle: { mode: "claim-then-redeem" },
    },
    world.keys["programme-officer"],
  );
  await send("POST", "/v1/programmes/half/rules/1/approval", undefined, officer);
}

async function claim(contract: string): Promise<string> {
  const lines = [{ id: "compute", amounts: { contract: "10.00" } }];
  const body = { tenant, supplier: "lowland", contract, lines, otherMoney: [] };
  const key = world.keys["tenant-admin"];
  return String((await send("POST", "/v1/programmes/half/claims", body, key))["id"]);
}

const redeem = (id: string, bill: object) => {
  const on = Temporal.Now.plainDateISO("Asia/Shanghai").toString();
  const key = world.keys["programme-officer"];
  return send("POST", `/v1/claims/${id}/settlements`, { on, ...bill }, key);
};

/** One hour of one card in the month that is over, charged now; nobody signed its reading. */
async function oldRun(): Promise<void> {
  const hold = asId<HoldId>(uuidv7());
  const [job, run] = [asId<JobId>(hold), asId<RunId>(uuidv7())];
  const share = { cash: yuan(9), voucher: yuan(0), programme: null, voucherRate: null };
  const to = then.add({ hours: 1 });
  await db.transaction(async (sql) => {
    await placeHolds(sql, [{ id: hold, tenant, job, cash: share.cash, voucher: null, at: then }]);
    const reading = { run, number: 1, from: then, to, cards: 1, final: true };
    const used = { cpuTime: durationOf(0), peakMemoryBytes: bytes(1), receivedAt: to };
    await recordReadings(sql, [{ ...reading, ...used }]);
    const ended = {
      ...{ run, job, hold, tenant, provider: asId<never>("lowland"), share, emulated: true },
      ...{ pool: asId<never>("c1-a"), model: asId<never>("a100-80g"), prices: flatPrice(yuan(6)) },
      ...{ feeRate: rate(20_000), charged: true, endedAt: to, then: "release" as const },
    };
    await chargeRuns(sql, [ended], Temporal.Now.instant());
  });
}

/** Two readings of tokens that their gateway signed, and one of a source that signs nothing. */
async function readMeters(): Promise<void> {
  const key = world.keys.provider;
  const x = pair.publicKey.export({ format: "jwk" }).x!;
  const signingKey = Buffer.from(x, "base64url").toString("base64");
  await send("PUT", "/v1/meter-keys/gate", { signingKey }, key);
  const seriesOf = (source: string, numbers: readonly number[]) => ({
    ...{ source, tenant, resource: "chat", measure: "tokens-out", basis: "used" },
    readings: numbers.map((number) => ({
      number: `${number}`,
      from: then.add({ minutes: number }).toString(),
      to: then.add({ minutes: number + 1 }).toString(),
      quantity: "2500",
    })),
  });
  const series = [seriesOf("gate", [1, 2]), seriesOf("door", [1])];
  const read = meterReadingBatch.parse({ series }).series as unknown as MeterSeries[];
  const by = { signer: "provider/lowland", source: asId<never>("gate") };
  const text = Buffer.from(meterBatchTextOf(by, read, sha256));
  const signature = sign(null, text, pair.privateKey).toString("base64");
  await send(
    "POST",
    "/v1/meter-readings",
    { series, signatures: [{ source: "gate", signature }] },
    key,
  );
}

async function billOldMonth(): Promise<void> {
  await putApproved(world, "/v1/price-lists/all", {
    version: 1,
    ...{ id: "all", name: { en: "All", zh: "全" }, timeZone: "Asia/Shanghai" },
    source: { text: "made up for a test", grade: "own" },
    versions: [
      {
        items: [
          { id: "hour", measure: "card-seconds", per: "card-hour", price: "6" },
          { id: "tokens", measure: "tokens-out", per: "thousand-tokens", price: "2" },
        ],
      },
    ],
  });
  const month = then.toZonedDateTimeISO("Asia/Shanghai").toPlainDate().toPlainYearMonth();
  const agreement = { list: "all", from: `${month}-01`, discounts: [{ off: "0.1" }] };
  await putApproved(world, "/v1/tenants/acme/agreement", agreement);
  await send("POST", "/v1/tenants/acme/bills", { month: month.toString() });
}

/** A run that its agent signs, paid in part by voucher; later readings make it shorter. */
async function correctedRun(): Promise<void> {
  const agent = await joinedAgent({ db, hub, world });
  const entries = agent.story(await agent.lease());
  const sync = async (sent: Record<string, unknown>[]) => {
    const reply = await agent.ask({ entries: sent, signature: agent.signatureOf(sent) });
    expect(reply.status, await reply.clone().text()).toBe(200);
    agent.acked += BigInt(sent.length);
  };
  await sync(entries);
  const shorter = entries.slice(1, 3).map((entry, i) => {
    const to = Temporal.Instant.from(String(entry["from"])).add({ minutes: 10 });
    return { ...entry, seq: `${agent.acked + BigInt(i + 1)}`, revision: 1, to: `${to}` };
  });
  await sync(shorter);
}
