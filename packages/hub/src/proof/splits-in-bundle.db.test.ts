import { readFileSync } from "node:fs";
import { firstDifference, unproved, type JsonObject } from "@wadi/core/proof";
import { bundle } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { serveClaims } from "../claims/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { serveVouchers } from "../vouchers/index.ts";
import { bundleTools } from "./bundle-tools.testing.ts";
import { serveProof } from "./index.ts";

/* Vouchers that were split, by the API, and what bundles of both tenants have of them. */

const db = await testDb();
const { ask, operator, keyOf, clock } = await testApp(db, {
  serveMore: (app) => {
    serveVouchers(app, app.hub);
    serveClaims(app, app.hub);
    serveProof(app, app.hub);
  },
});
const officer = await keyOf("programme-officer"); // of the fund "city"
const second = await keyOf("programme-officer");
const admin = await keyOf("tenant-admin"); // of the tenant "acme"

async function taken<T>(method: string, path: string, key: string, body: unknown = {}) {
  const given = method === "GET" ? { key } : { key, body };
  const reply = await ask(method, path, { ...given, headers: { "idempotency-key": uuidv7() } });
  const text = await reply.text();
  expect(reply.status, text).toBeLessThan(300);
  clock.turn({ seconds: 1 });
  return JSON.parse(text) as T;
}

function rules() {
  const file = new URL("../../../../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  const lifecycle = { mode: "advance-deduct", transfer: { subAccounts: 2 } };
  return { ...written, programme: "ai", payers, version, lifecycle, redemption: {} };
}

const aClaim = {
  ...{ tenant: "acme", supplier: "lowland", contract: "K-1", otherMoney: [] },
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
      amounts: { contract: "200.00" },
    },
  ],
};

const bundleOf = async (tenant: string) =>
  bundle.parse(await taken<JsonObject>("GET", `/v1/tenants/${tenant}/bundle`, operator));

const freeOf = async (tenant: string) => {
  const [row] = await db.sql<{ free: bigint }>`
    select credits - debits as free from accounts where path = ${`issued/${tenant}/ai`}`;
  return Number(row!.free) / 1_000_000;
};

test("a voucher is split, a bill takes a part back, and both tenants' bundles hold", async () => {
  await taken("PUT", "/v1/funds/city", operator, { name: "City" });
  await taken("POST", "/v1/funds/city/appropriations", operator, { amount: "1000" });
  await taken("PUT", "/v1/tenants/acme-lab", operator, { name: "Lab" });
  await taken("PUT", "/v1/providers/lowland", operator, { name: "Lowland" });
  await taken("PUT", "/v1/tenants/acme/sub-accounts/acme-lab", operator);
  await taken("PUT", "/v1/programmes/ai/rules", officer, rules());
  await taken("POST", "/v1/programmes/ai/rules/1/approval", second);
  const { id } = await taken<{ id: string }>("POST", "/v1/programmes/ai/claims", admin, aClaim);

  const parts = [{ tenant: "acme-lab", amount: "60" }];
  const split = await taken<{ parts: object[] }>("POST", `/v1/claims/${id}/split`, admin, {
    parts,
  });
  expect(split.parts).toEqual([{ tenant: "acme-lab", amount: "60.00" }]);
  const list = await taken("GET", "/v1/tenants/acme/sub-accounts", admin);
  expect(list).toEqual({ items: [{ account: "acme-lab" }] });
  await taken("POST", `/v1/claims/${id}/settlements`, officer, {
    ...{ id: "b1", on: clock.now().toString().slice(0, 10), last: false },
    lines: [{ line: "compute", amount: "100.00" }],
  });
  expect(await freeOf("acme-lab")).toBe(50); // 60 less what the bill took back
  const shown = await taken<{ parts: object[] }>("GET", `/v1/claims/${id}`, admin);
  expect(shown.parts).toEqual([{ tenant: "acme-lab", amount: "60.00" }]);

  const [acme, lab] = [await bundleOf("acme"), await bundleOf("acme-lab")];
  expect(firstDifference(acme, bundleTools)).toBeUndefined();
  expect(firstDifference(lab, bundleTools)).toBeUndefined();
  expect([acme.claims.length, lab.claims.length]).toEqual([1, 0]);
  expect(unproved(lab).join()).toContain("60.00 came with a split of another tenant's");
  expect(unproved(acme).join()).not.toContain("split"); // what came back of its own
});
