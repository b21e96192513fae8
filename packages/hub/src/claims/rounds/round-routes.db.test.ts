import { readFileSync } from "node:fs";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { testDb } from "../../testing/index.ts";
import { testApp } from "../../testing/test-app.ts";
import { serveVouchers } from "../../vouchers/index.ts";
import { serveClaims } from "../index.ts";
import { sharing } from "./rounds.testing.ts";

const db = await testDb();
const { ask, operator, keyOf } = await testApp(db, {
  serveMore: (app) => {
    serveVouchers(app, app.hub);
    serveClaims(app, app.hub);
  },
});
const officer = await keyOf("programme-officer"); // of the fund "city"
const second = await keyOf("programme-officer");
const admin = await keyOf("tenant-admin"); // of the tenant "acme"

type Answer = Record<string, unknown>;

const send = async (
  method: string,
  path: string,
  key: string,
  body: unknown = {},
): Promise<Answer> => {
  const headers = { "idempotency-key": uuidv7() };
  const answer = await ask(method, path, { key, ...(method !== "GET" && { body }), headers });
  return { status: answer.status, ...((await answer.json()) as Answer) };
};

/** An id that a test may read: what was answered is shown where it is not there. */
const idOf = (answer: Answer) => {
  expect(answer).toHaveProperty("id");
  return answer["id"] as string;
};

async function open(): Promise<string> {
  const file = new URL("../../../../../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  const lifecycle = { mode: "claim-then-redeem", cadence: { kind: "batch" } };
  const id = `p-${uuidv7().slice(-12)}`;
  const rules = { ...written, programme: id, payers, version, ...sharing("100.00", { lifecycle }) };
  await send("PUT", "/v1/funds/city", operator, { name: "City" });
  await send("POST", "/v1/funds/city/appropriations", operator, { amount: "1000.00" });
  await send("PUT", `/v1/programmes/${id}/rules`, officer, rules);
  await send("POST", `/v1/programmes/${id}/rules/1/approval`, second);
  return id;
}

const aClaim = () => ({
  ...{ tenant: "acme", supplier: "somebody", contract: `contract-${uuidv7()}`, otherMoney: [] },
  facts: {
    "applicant.legalForm": "company",
    "applicant.lists": [],
    "applicant.leadsProjects": [],
    "supplier.registeredIn": "131003",
  },
  lines: [
    {
      ...{ id: "compute", facts: { "line.class": "compute", "line.place": "131003" } },
      amounts: { contract: "200.00" },
    },
  ],
});

test("a round by its routes: who may, what it says, and where the claims are then", async () => {
  const id = await open();
  const claims: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const claim = await send("POST", `/v1/programmes/${id}/claims`, admin, aClaim());
    const waitsFor = { window: "1", from: null, until: null };
    expect(claim).toMatchObject({ status: 201, state: "gathered", waitsFor });
    claims.push(idOf(claim));
  }
  const rounds = `/v1/programmes/${id}/rounds`;
  expect(await send("GET", rounds, admin)).toMatchObject({ status: 404 }); // not the applicant's
  expect(await send("POST", rounds, admin)).toMatchObject({ status: 403 });
  expect(await send("GET", rounds, officer)).toMatchObject({
    items: [{ window: "1", until: null, isOver: true, gathered: 3, reviewing: 0, round: null }],
  });
  expect(await send("POST", rounds, officer, { window: "7" })).toMatchObject({ status: 404 });

  const proposed = await send("POST", rounds, officer);
  expect(proposed).toMatchObject({ status: 201, claims: 3, grants: 3, granted: "100.00" });
  const round = `${rounds}/${idOf(proposed)}`;
  const page = await send("GET", `${round}/places?limit=2`, officer);
  const shares = { share: "33.33", granted: "33.33", rank: null, points: 0, isOut: false };
  expect(page["items"]).toMatchObject([
    { ...shares, place: 1, claim: claims[0], share: "33.34", granted: "33.34", tenant: "acme" },
    { ...shares, place: 2, claim: claims[1], refused: [{ code: "budget", amount: "66.67" }] },
  ]);
  const next = await send("GET", `${round}/places?cursor=${String(page["next"])}`, officer);
  expect(next).toMatchObject({ items: [{ ...shares, place: 3 }], next: null });

  expect(await send("POST", `${round}/approval`, officer)).toMatchObject({
    ...{ status: 409, code: "needs-another-person" },
  });
  const approved = await send("POST", `${round}/approval`, second);
  expect(approved).toMatchObject({ status: 200, granted: "100.00" });
  expect(await send("POST", `${round}/approval`, second)).toEqual(approved);
  expect(await send("GET", `/v1/claims/${claims[1]}`, admin)).toMatchObject({
    ...{ state: "issued", granted: "33.33", waitsFor: null },
    events: [
      ...[{ action: "apply" }, { action: "gather" }],
      { action: "grant", facts: { turn: { place: 2, budget: "33330000", isOut: false } } },
      { action: "issue" },
    ],
  });
  const budget = { period: "ever", amount: "100.00", taken: "100.00", left: "0.00" };
  const board = `/v1/programmes/${id}/board`;
  expect(await send("GET", board, officer)).toMatchObject({ setAside: "0.00", budget });
  expect(await send("GET", board, admin)).toMatchObject({ status: 403 });
});
