import { readFileSync } from "node:fs";
import { firstDifference, unproved, type JsonObject } from "@wadi/core/proof";
import { microYuan, rate } from "@wadi/core/units";
import { bundle, type Bundle } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { serveClaims, sweepClaims } from "../claims/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { serveVouchers } from "../vouchers/index.ts";
import { bundleTools } from "./bundle-tools.testing.ts";
import { serveProof } from "./index.ts";

/* Claims as bundles have them: decided, redeemed and ended anew, from the bundle's text alone. */

const db = await testDb();
const { ask, operator, keyOf, hub, clock } = await testApp(db, {
  serveMore: (app) => {
    serveVouchers(app, app.hub);
    serveClaims(app, app.hub);
    serveProof(app, app.hub);
  },
});
const officer = await keyOf("programme-officer"); // of the fund "city"
const second = await keyOf("programme-officer");
const admin = await keyOf("tenant-admin"); // of the tenant "acme"

async function taken<T = { id: string }>(
  method: string,
  path: string,
  send: Send = {},
): Promise<T> {
  const { body = {}, key = officer } = send;
  const given = method === "GET" ? { key } : { key, body };
  const reply = await ask(method, path, { ...given, headers: { "idempotency-key": uuidv7() } });
  const text = await reply.text();
  expect(reply.status, text).toBeLessThan(300);
  return JSON.parse(text) as T;
}
interface Send {
  readonly body?: unknown;
  readonly key?: string;
}

/** Langfang's rules: half of the compute, 100万 a year; as the city's own, with what differs. */
function rules(id: string, differs: object = {}) {
  const file = new URL("../../../../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  return { ...written, programme: id, payers, version, ...differs };
}

async function open(differs: object = {}, id = `p-${uuidv7().slice(-12)}`): Promise<string> {
  await taken("PUT", `/v1/programmes/${id}/rules`, { body: rules(id, differs) });
  const { version = { number: 1 } } = differs as { version?: { number: number } };
  await taken("POST", `/v1/programmes/${id}/rules/${version.number}/approval`, { key: second });
  return id;
}

const apply = async (programme: string, differs: object = {}, key = admin) => {
  const body = {
    tenant: "acme",
    supplier: "somebody",
    contract: `contract-${uuidv7()}`,
    facts: {
      "applicant.legalForm": "company",
      "applicant.lists": [],
      "applicant.leadsProjects": [],
      "supplier.registeredIn": "131003",
    },
    lines: [
      {
        id: "compute",
        facts: { "line.class": "compute", "line.place": "131003" },
        amounts: { contract: "1300.00" },
      },
    ],
    otherMoney: [],
    contact: { bankAccount: "6222 0001" },
    ...differs,
  };
  const made = await taken("POST", `/v1/programmes/${programme}/claims`, { body, key });
  clock.turn({ seconds: 1 });
  return made.id;
};

const redeem = async (claim: string, amount: string, differs: object = {}) => {
  const body = {
    id: `b-${uuidv7()}`,
    on: clock.now().toString().slice(0, 10),
    lines: [{ line: "compute", amount }],
    evidence: [{ kind: "bank-receipt", sha256: "a".repeat(64) }],
    ...differs,
  };
  await taken("POST", `/v1/claims/${claim}/settlements`, { body });
  clock.turn({ seconds: 1 });
};

async function bundleOf(query: Record<string, string> = {}): Promise<Bundle> {
  const path = `/v1/tenants/acme/bundle?${new URLSearchParams(query).toString()}`;
  return bundle.parse(await taken<JsonObject>("GET", path, { key: operator }));
}
const wrongIn = (read: Bundle) => firstDifference(read, bundleTools);

/** The bundle with one of its claims changed. */
const withClaim = (
  read: Bundle,
  id: string,
  change: (claim: Bundle["claims"][number]) => object,
): Bundle => ({
  ...read,
  claims: read.claims.map((one) =>
    one.claim === (id as never) ? { ...one, ...change(one) } : one,
  ),
});

beforeAll(async () => {
  await taken("PUT", "/v1/funds/city", { key: operator, body: { name: "City" } });
  await taken("PUT", "/v1/tenants/rival", { key: operator, body: { name: "Rival" } });
  const body = { amount: "100000000" };
  await taken("POST", "/v1/funds/city/appropriations", { key: operator, body });
});

test("a grant and its bills are made anew; another amount is told with both", async () => {
  const id = await apply(await open());
  await redeem(id, "400.01", { id: "b1" });
  await redeem(id, "500.00", { id: "b2", last: true });
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  const claim = read.claims.find((one) => one.claim === id)!;
  expect(claim.redemptions.map(({ settlement }) => settlement.id)).toEqual(["b1", "b2"]);
  expect(JSON.stringify(claim.case, text)).not.toContain("6222"); // how it is paid decides nothing

  const more = withClaim(read, id, ({ decision }) => {
    return { decision: { ...decision, granted: microYuan(700_000_000n) } };
  });
  expect(wrongIn(more)).toBe(`claim ${id}: the rules give 650.00, the bundle says 700.00`);
  const bill = withClaim(read, id, ({ redemptions: [first, ...rest] }) => {
    return { redemptions: [{ ...first!, redeemed: microYuan(250_000_000n) }, ...rest] };
  });
  expect(wrongIn(bill)).toBe(
    `claim ${id}: bill "b1": the rules give 200.00 at most, the bundle says 250.00`,
  );
  const turned = withClaim(read, id, ({ redemptions }) => {
    return { redemptions: redemptions.toReversed() };
  });
  expect(wrongIn(turned)).toMatch(/^claim .*: bill "b1" does not come after bill "b2"$/);
});

test("a later bill has the claim still, its grant, and what it gave before", async () => {
  const id = await apply(await open());
  await redeem(id, "400.00", { id: "b1" });
  const from = clock.now().toString();
  clock.turn({ hours: 1 });
  await redeem(id, "200.00", { id: "b2" });
  const read = await bundleOf({ from });
  expect(wrongIn(read)).toBeUndefined();
  expect(read.earlier.map(({ fact }) => fact)).toEqual(
    expect.arrayContaining([`claim/${id}/grant/city`, `claim/${id}/b1/city/redeem`]),
  );
  const without = { ...read, claims: read.claims.filter(({ claim }) => claim !== id) };
  expect(wrongIn(without)).toMatch(
    /^transfer \d+: is of the claim .*, which the bundle leaves out$/,
  );
  const { earlier } = read;
  const hidden = { ...without, earlier: earlier.filter(({ fact }) => !fact.includes(id)) };
  expect(wrongIn(hidden)).toMatch(
    /^(voucher p-.*: .* came by no transfer of the bundle|transfer \d+: is of the claim .*)$/,
  );
  const first = earlier.findIndex(({ fact }) => fact === `claim/${id}/grant/city`);
  expect(wrongIn({ ...read, earlier: earlier.toSpliced(first, 1) })).toMatch(
    /^claim .*: claim\/.*\/grant\/city is 650.00, posted was 0.00$/,
  );
});

test("what others were given before stands in the counters, and is said so", async () => {
  const id = await open({ caps: [], budget: { amount: "700.00" } });
  const rival = await keyOf("tenant-admin", { scope: { tenant: "rival" } });
  await apply(id, { tenant: "rival" }, rival);
  const claim = await apply(id);
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  const own = read.claims.find((one) => one.claim === claim)!;
  expect(own.decision.granted).toBe(microYuan(50_000_000n));
  expect(unproved(read)[0]).toMatch(/^what stood on caps and budgets before each claim is the hub/);
  expect(JSON.stringify(read, text)).not.toContain("rival");
  const emptied = withClaim(read, claim, ({ decision }) => ({
    decision: { ...decision, counters: decision.counters.map((one) => ({ ...one, before: 0n })) },
  }));
  expect(wrongIn(emptied)).toBe(`claim ${claim}: the rules give 650.00, the bundle says 50.00`);
});
const text = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);

test("other rules give something else", async () => {
  const claim = await apply(await open());
  const read = await bundleOf();
  const programme = read.claims.find((one) => one.claim === claim)!.programme;
  const rulesWith = (differs: object) => ({
    ...read,
    rules: read.rules.map((one) =>
      one.rules.id === programme ? { ...one, rules: { ...one.rules, ...differs } } : one,
    ),
  });
  const budget = { amount: microYuan(100_000_000n), period: "none" };
  expect(wrongIn(rulesWith({ budget }))).toBe(
    `claim ${claim}: the rules give 100.00, the bundle says 650.00`,
  );
  const none = { ...read, rules: read.rules.filter(({ rules: { id } }) => id !== programme) };
  expect(wrongIn(none)).toBe(
    `claim ${claim}: the bundle lacks version 1 of the rules of ${programme}`,
  );
});

describe("how a claim ends", () => {
  test("withdrawn, run out, or clawed back with interest", async () => {
    const withdrawn = await apply(await open());
    await taken("POST", `/v1/claims/${withdrawn}/withdrawal`, { key: admin });
    const lifecycle = { mode: "claim-then-redeem", validity: { months: 1 } };
    const over = await apply(await open({ lifecycle }));
    await redeem(over, "300.00");
    const clawback = { interestPerYear: "3.65 %", banMonths: 12 };
    const resold = await apply(await open({ control: { clawback } }));
    await redeem(resold, "1000.00");
    const body = { move: "claw-back", note: "resold" };
    await taken("POST", `/v1/claims/${resold}/moves`, { body });
    clock.turn({ hours: 24 * 40 });
    await sweepClaims(hub);
    clock.turn({ seconds: 1 });
    const read = await bundleOf();
    expect(wrongIn(read)).toBeUndefined();
    const ends = new Map(read.claims.map((one) => [one.claim as string, one.end?.how]));
    expect([withdrawn, over, resold].map((id) => ends.get(id))).toEqual([
      "withdraw",
      "expire",
      "claw-back",
    ]);
    const less = withClaim(read, over, ({ end }) => {
      return { end: { ...end, released: microYuan(1_000_000n) } };
    });
    expect(wrongIn(less)).toMatch(/^claim .*: granted 650.00, of which 150.00 was redeemed and 1/);
    const never = withClaim(read, over, () => ({ end: null }));
    expect(wrongIn(never)).toMatch(/^transfer \d+: claim\/.*\/expire\/city is not what the claim/);
    const milder = {
      ...read,
      rules: read.rules.map((one) => {
        const { control, ...rest } = one.rules;
        const rule = control.clawback && { ...control.clawback, share: rate(500_000) };
        return { ...one, rules: { ...rest, control: { ...control, clawback: rule } } };
      }),
    };
    expect(wrongIn(milder)).toBe(`claim ${resold}: the rules ask back 250.00, posted was 500.00`);
    const late = await bundleOf({ from: clock.now().toString() });
    expect(wrongIn(late)).toBeUndefined();
  });
});

test("a cap on redemptions that cut a bill is worked back from what it left", async () => {
  const caps = [
    {
      ...{ code: "yearly", text: { en: "a year", zh: "每年" }, per: "applicant" },
      ...{ period: "calendar-year", counts: "redeemed" },
      limit: { amount: "500.00" },
    },
  ];
  const programme = await open({ caps });
  const claims = [await apply(programme), await apply(programme)];
  await redeem(claims[0]!, "700.00");
  await redeem(claims[1]!, "600.00", { id: "cut" });
  await redeem(claims[1]!, "100.00", { last: true });
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  const cut = read.claims.find((one) => one.claim === claims[1])!.redemptions[0]!;
  expect(cut).toMatchObject({ redeemed: 150_000_000n, refused: [{ code: "yearly" }] });
  expect(unproved(read)).toContainEqual(
    `claim ${claims[1]}: how much caps on redemptions had left for its bills is the hub's word`,
  );
  const more = withClaim(read, claims[1]!, ({ redemptions: [first, ...rest] }) => {
    return { redemptions: [{ ...first!, refused: [] }, ...rest] };
  });
  expect(wrongIn(more)).toMatch(/^claim .*: bill "cut": the rules give/);
});

test("a bill by a later version that open claims follow is redeemed by that one", async () => {
  const today = clock.now().toZonedDateTimeISO("Asia/Shanghai").toPlainDate();
  const first = { number: 1, inForce: { from: "2020-01-01", until: today.toString() } };
  const programme = await open({ version: first });
  const claim = await apply(programme);
  await redeem(claim, "100.00", { id: "before" });
  const inForce = { from: today.add({ days: 1 }).toString() };
  const spend = { claimBase: "contract", redeemBase: "paid", taxDivisor: "1.25" };
  await open({ version: { number: 2, inForce, openClaims: "follow" }, spend }, programme);
  clock.turn({ hours: 24 });
  await redeem(claim, "100.00", { id: "after" });
  const read = await bundleOf();
  const gave = read.claims.find((one) => one.claim === claim)!.redemptions;
  expect(gave.map(({ redeemed }) => redeemed)).toEqual([50_000_000n, 40_000_000n]);
  expect(wrongIn(read)).toBeUndefined();
});

test("a claim of a round is decided anew with the share that the round left for it", async () => {
  const today = clock.now().toZonedDateTimeISO("Asia/Shanghai").toPlainDate();
  const windows = [{ from: today.toString(), until: today.add({ days: 1 }).toString() }];
  const programme = await open({
    ...{ caps: [], budget: { amount: "1000.00" } },
    lifecycle: { mode: "claim-then-redeem", cadence: { kind: "batch", windows } },
    redemption: { shortage: "equal-ratio" },
  });
  const claims = [await apply(programme), await apply(programme)]; // 650.00 each
  clock.turn({ hours: 24 * 3 });
  const path = `/v1/programmes/${programme}/rounds`;
  const round = await taken("POST", path);
  await taken("POST", `${path}/${round.id}/approval`, { key: second });
  clock.turn({ seconds: 1 });
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  const own = read.claims.filter(({ claim }) => claims.includes(claim));
  const share = { budget: microYuan(500_000_000n), isOut: false };
  expect(own.map(({ turn }) => turn)).toEqual([share, share]);
  const told = "was decided in a round: its share of 500.00 of the budget was not divided anew";
  expect(unproved(read)).toContainEqual(`claim ${claims[0]}: ${told}`);
  const alone = withClaim(read, claims[0]!, () => ({ turn: null }));
  expect(wrongIn(alone)).toBe(`claim ${claims[0]}: the rules give 650.00, the bundle says 500.00`);
});
