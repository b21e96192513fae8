import { readFileSync } from "node:fs";
import { problem } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { breachesIn } from "../ledger/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { aProgramme } from "../testing/world.ts";
import { serveStatements } from "../statements/index.ts";
import { serveVouchers } from "../vouchers/index.ts";
import { serveClaims, sweepClaims, unitsHeld } from "./index.ts";

const db = await testDb();
const { ask, operator, keyOf, hub, clock } = await testApp(db, {
  serveMore: (app) => {
    serveVouchers(app, app.hub);
    serveClaims(app, app.hub);
    const jobNames = () => Promise.resolve(new Map());
    serveStatements(app, { hub: app.hub, jobNames, unitsHeld });
  },
});
const officer = await keyOf("programme-officer"); // of the fund "city"
const second = await keyOf("programme-officer");
const admin = await keyOf("tenant-admin"); // of the tenant "acme"

interface Send {
  readonly body?: unknown;
  readonly key?: string;
  readonly once?: string;
}
const send = (
  method: string,
  path: string,
  { body = {}, key = officer, once = uuidv7() }: Send = {},
) => ask(method, path, { key, body, headers: { "idempotency-key": once } });
const codeOf = async (response: Response) =>
  `${response.status} ${problem.parse(await response.json()).code}`;

interface Claimed {
  readonly id: string;
  readonly state: string;
  readonly granted: string;
  readonly redeemed: string;
  readonly released: string;
  readonly stage: string | null;
  readonly decision: { missing: { name: string }[]; refused: { code: string; amount: string }[] };
}
const taken = async <T = Claimed>(response: Promise<Response>): Promise<T> => {
  const answer = await response;
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(300);
  return JSON.parse(text) as T;
};

/** Langfang's rules: half of the compute, 100万 a year; as the city's own, with what differs. */
function rules(id: string, differs: object = {}) {
  const file = new URL("../../../../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  return { ...written, programme: id, payers, version, ...differs };
}

async function open(differs: object = {}): Promise<string> {
  const id = `p-${uuidv7().slice(-12)}`;
  await taken(send("PUT", `/v1/programmes/${id}/rules`, { body: rules(id, differs) }));
  await taken(send("POST", `/v1/programmes/${id}/rules/1/approval`, { key: second }));
  return id;
}

const aClaim = (differs: object = {}) => ({
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
  ...differs,
});
const apply = (id: string, differs: object = {}, once = uuidv7()) =>
  send("POST", `/v1/programmes/${id}/claims`, { body: aClaim(differs), key: admin, once });
const move = (claim: string, body: object, key = officer) =>
  send("POST", `/v1/claims/${claim}/moves`, { body, key });
const bill = (id: string, amount: string, differs: object = {}) => ({
  id,
  on: clock.now().toString().slice(0, 10),
  lines: [{ line: "compute", amount }],
  evidence: [{ kind: "bank-receipt", sha256: "a".repeat(64) }],
  ...differs,
});
const redeem = (claim: string, body: object) =>
  send("POST", `/v1/claims/${claim}/settlements`, { body });
const balances = async (...paths: string[]) => {
  const rows = await db.sql<{ path: string; balance: bigint }>`
    select path, credits - debits as balance from accounts where path = any(${paths}::text[])`;
  const found = new Map(rows.map(({ path, balance }) => [path, balance]));
  return paths.map((path) => Number(found.get(path) ?? 0n) / 1_000_000);
};

beforeAll(async () => {
  await taken(send("PUT", "/v1/funds/city", { key: operator, body: { name: "City" } }));
  await taken(send("PUT", "/v1/tenants/rival", { key: operator, body: { name: "Rival" } }));
  const body = { amount: "100000000" };
  await taken(send("POST", "/v1/funds/city/appropriations", { key: operator, body }));
});

describe("rules", () => {
  test("hold once another person approved them, and never change after that", async () => {
    const id = `p-${uuidv7().slice(-12)}`;
    const path = `/v1/programmes/${id}/rules`;
    await taken(send("PUT", path, { body: rules(id) }));
    expect(await codeOf(await apply(id))).toBe("404 not-found");
    expect(await codeOf(await send("POST", `${path}/1/approval`))).toBe("409 needs-another-person");
    await taken(send("POST", `${path}/1/approval`, { key: second }));
    expect(await codeOf(await send("PUT", path, { body: rules(id) }))).toBe("409 wrong-state");
    const change = db.sql`update programme_rules set rules = '{}' where programme = ${id}`;
    await expect(change).rejects.toThrow("was approved");
  });
  test("are what two persons agreed on: one alone grants nothing, changes no rate", async () => {
    const id = await open({ lifecycle: { mode: "advance-deduct" } });
    const grant = { amount: "1.00", tenant: "acme" };
    const granted = await send("POST", `/v1/programmes/${id}/grants`, { body: grant });
    expect(await codeOf(granted)).toBe("409 wrong-state");
    const body = { ...aProgramme("city"), rate: "1" };
    const put = await send("PUT", `/v1/programmes/${id}`, { body });
    expect(await codeOf(put)).toBe("409 wrong-state");
    const all = { ...aProgramme("city"), capPerTenant: "4000000000000.00" };
    const likeRules = await send("PUT", "/v1/programmes/by-hand", { body: all });
    expect(await codeOf(likeRules)).toBe("422 invalid-request");
  });

  test("with a mistake are refused by field, before anything is stored", async () => {
    const id = `p-${uuidv7().slice(-12)}`;
    const body = rules(id, { combine: [{ highestOf: ["use", "unknown"] }] });
    const answer = await send("PUT", `/v1/programmes/${id}/rules`, { body });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/combine/0/highestOf/1"]);
  });
});

describe("a claim", () => {
  test("is granted, redeemed in part, and the rest released, to the fen in the books", async () => {
    const id = await open();
    const claim = await taken(apply(id));
    expect([claim.state, claim.granted]).toEqual(["issued", "650.00"]);
    const voucher = (kind: string) => `${kind}/acme/${id}`;
    expect(await balances(voucher("issued"))).toEqual([650]);

    const first = await taken<{ redemption: { redeemed: string; applicantPays: string } }>(
      redeem(claim.id, bill("b1", "400.01")),
    );
    expect(first.redemption).toMatchObject({ redeemed: "200.00", applicantPays: "200.01" });
    const before = await balances("prepaid/acme");
    const last = await taken<{ claim: Claimed }>(
      redeem(claim.id, bill("b2", "500.00", { last: true })),
    );
    expect(last.claim).toMatchObject({ state: "settled", redeemed: "450.00", released: "200.00" });
    const after = await balances(voucher("issued"), voucher("redeemed"), "prepaid/acme");
    expect(after).toEqual([0, 450, before[0]! + 250]);
    expect(await breachesIn(db.sql)).toEqual([]);
  });

  test("sent twice is one claim; a bill sent twice is redeemed once", async () => {
    const id = await open();
    const once = uuidv7();
    const differs = { contract: "the-same" };
    const [one, other] = await Promise.all([
      taken(apply(id, differs, once)),
      taken(apply(id, differs, once)),
    ]);
    expect(other.id).toBe(one.id);
    const answers = await Promise.all(
      [1, 2, 3].map(() => taken<{ claim: Claimed }>(redeem(one.id, bill("b1", "100.00")))),
    );
    expect(answers.map(({ claim }) => claim.redeemed)).toEqual(["50.00", "50.00", "50.00"]);
    expect(await codeOf(await redeem(one.id, bill("b1", "100.01")))).toBe("409 key-reused");
  });

  test("that lacks something is asked for it, and goes on when it comes", async () => {
    const evidence = [{ kind: "contract", text: { en: "contract", zh: "合同" } }];
    const id = await open({ redemption: { evidence } });
    const claim = await taken(apply(id));
    expect(claim.state).toBe("incomplete");
    expect(claim.decision.missing.map(({ name }) => name)).toEqual(["contract"]);
    const body = { kind: "contract", sha256: "b".repeat(64) };
    const path = `/v1/claims/${claim.id}/evidence`;
    expect((await taken(send("POST", path, { body, key: admin }))).state).toBe("issued");
  });

  test("that lacks a fact takes it by its route, and has the words of the rules", async () => {
    const id = await open();
    const claim = await taken<Claimed & { decision: { missing: object[] } }>(
      apply(id, { facts: { "applicant.legalForm": "company" }, otherMoney: null }),
    );
    expect(claim.decision.missing[0]).toMatchObject({
      ...{ name: "applicant.leadsProjects", for: "key-project" },
      text: { en: "levels of key projects it leads" },
      forText: { zh: "重点项目牵头单位使用" },
    });
    const path = `/v1/claims/${claim.id}/facts`;
    const facts = { "applicant.lists": [], "applicant.leadsProjects": [] };
    const wrong = { facts: { ...facts, "applicant.legalForm": "university" } };
    expect(await codeOf(await send("POST", path, { body: wrong, key: admin }))).toBe(
      "422 invalid-request",
    );
    const body = { facts: { ...facts, "supplier.registeredIn": "131003" }, otherMoney: [] };
    const done = await taken(send("POST", path, { body, key: admin }));
    expect([done.state, done.granted, done.decision.missing]).toEqual(["issued", "650.00", []]);
    const list = await taken<{ items: Claimed[] }>(
      ask("GET", `/v1/claims?ending=${claim.id.slice(-8)}`, { key: officer }),
    );
    expect(list.items.map((one) => one.id)).toEqual([claim.id]);
  });

  test("has more room where two persons of the fund raised a cap for its contract", async () => {
    const cap = { code: "yearly", text: { en: "a year", zh: "年度" }, per: "applicant" };
    const relaxable = { ...cap, period: "calendar-year", limit: { amount: "500" } };
    const id = await open({ caps: [{ ...relaxable, relaxableTo: "600" }] });
    const path = `/v1/programmes/${id}/approvals`;
    const body = { tenant: "acme", contract: "K-9", cap: "yearly", limit: "600", note: "why" };
    const asked = await taken<{ id: string; state: string }>(send("POST", path, { body }));
    expect(asked.state).toBe("asked");
    await taken(send("POST", `${path}/${asked.id}/second`, { key: second }));
    const claim = await taken<Claimed & { raised: object[] }>(apply(id, { contract: "K-9" }));
    expect([claim.granted, claim.raised]).toEqual(["600.00", [{ cap: "yearly", limit: "600.00" }]]);
    const answer = await send("POST", `${path}/${asked.id}/revocation`);
    expect(await codeOf(answer)).toBe("409 wrong-state");
    const list = await taken<{ items: { usedBy: string[] }[] }>(ask("GET", path, { key: second }));
    expect(list.items.map(({ usedBy }) => usedBy)).toEqual([[claim.id]]);
  });

  test("is reviewed by several persons of several offices, then shown to the public", async () => {
    const stages = [
      { code: "district", text: { en: "district", zh: "区" }, office: "district", persons: 2 },
      { code: "finance", text: { en: "finance", zh: "财政" }, office: "finance" },
    ];
    const id = await open({ redemption: { stages, notice: { days: 5 } } });
    const third = await keyOf("programme-officer");
    const claim = await taken(apply(id));
    expect([claim.state, claim.stage]).toEqual(["reviewing", "district"]);
    await taken(move(claim.id, { move: "agree" }));
    expect(await codeOf(await move(claim.id, { move: "agree" }))).toBe("409 needs-another-person");
    expect((await taken(move(claim.id, { move: "agree" }, second))).stage).toBe("finance");
    expect((await taken(move(claim.id, { move: "agree" }, third))).state).toBe("announced");
    const notice = await taken<{ items: { applicant: string }[] }>(
      ask("GET", `/v1/programmes/${id}/notice`, { key: officer }),
    );
    expect(notice.items).toHaveLength(1);
    expect(notice.items[0]!.applicant).toContain("*");
    expect(await codeOf(await move(claim.id, { move: "grant" }))).toBe("409 wrong-state");
    clock.turn({ hours: 24 * 6 });
    await sweepClaims(hub);
    expect((await taken(ask("GET", `/v1/claims/${claim.id}`, { key: admin }))).state).toBe(
      "issued",
    );
  });

  test("that is withdrawn or runs out gives budget and money back", async () => {
    const id = await open({
      caps: [],
      budget: { amount: "700.00" },
      lifecycle: { mode: "claim-then-redeem", validity: { months: 1 } },
    });
    const claim = await taken(apply(id));
    const short = await taken(apply(id));
    expect(short.granted).toBe("50.00");
    await taken(send("POST", `/v1/claims/${claim.id}/withdrawal`, { key: admin }));
    expect((await taken(apply(id))).granted).toBe("650.00");
    clock.turn({ hours: 24 * 40 });
    await sweepClaims(hub);
    const path = `/v1/claims/${short.id}`;
    expect((await taken(ask("GET", path, { key: admin }))).state).toBe("expired");
    expect((await taken(apply(id))).granted).toBe("650.00");
    expect(await balances(`expired/acme/${id}`)).toEqual([700]);
    expect(await breachesIn(db.sql)).toEqual([]);
  });

  test("is clawed back with interest, and its tenant is banned", async () => {
    const clawback = { interestPerYear: "3.65 %", banMonths: 12 };
    const id = await open({ control: { clawback } });
    const claim = await taken(apply(id));
    await taken(redeem(claim.id, bill("b1", "1000.00")));
    clock.turn({ hours: 24 * 10 });
    const [before] = await balances("prepaid/acme");
    expect((await taken(move(claim.id, { move: "claw-back", note: "resold" }))).state).toBe(
      "clawed-back",
    );
    expect(await balances("prepaid/acme")).toEqual([Math.round((before! - 500.5) * 100) / 100]);
    expect(await breachesIn(db.sql)).toEqual([]);
    const next = await taken(apply(id));
    expect(next.decision.refused.map(({ code }) => code)).toEqual(["banned"]);
  });

  test("of somebody else is not to be seen, and officers of another fund have no say", async () => {
    const id = await open();
    const claim = await taken(apply(id));
    const [stranger, rural] = [
      await keyOf("tenant-admin", { scope: { tenant: "rival" } }),
      await keyOf("programme-officer", { scope: { fund: "village" } }),
    ];
    expect(await codeOf(await ask("GET", `/v1/claims/${claim.id}`, { key: stranger }))).toBe(
      "404 not-found",
    );
    expect(await codeOf(await move(claim.id, { move: "claw-back" }, rural))).toBe("404 not-found");
  });
});

test("with one fen of room, of many claims at once one gets it and no cap is passed", async () => {
  const id = await open({ caps: [], budget: { amount: "0.01" } });
  const answers = await Promise.all(Array.from({ length: 40 }, () => taken(apply(id))));
  expect(answers.map(({ granted }) => granted).toSorted()).toEqual([
    ...Array.from({ length: 39 }, () => "0.00"),
    "0.01",
  ]);
  const refused = answers.filter(({ state }) => state === "refused");
  expect(new Set(refused.map(({ decision }) => decision.refused.at(-1)!.code))).toEqual(
    new Set(["budget"]),
  );
});

test("a voucher in card-hours is seen over the API: its claim, bills, balance, board", async () => {
  const inKind = { unit: "card-hours", share: "50 %" };
  const id = await open({
    ...{ parts: [{ code: "hours", text: { en: "hours", zh: "卡时" }, inKind }], combine: [] },
    ...{ caps: [], lifecycle: { mode: "claim-then-redeem", validity: { months: 1 } } },
  });
  const quantities = { "card-hours": "900719925474099" };
  const facts = { "line.class": "compute", "line.place": "131003" };
  const claim = await taken(apply(id, { lines: [{ id: "compute", facts, quantities }] }));
  const lines = [{ line: "compute", amount: "0", quantities: { "card-hours": 3 } }];
  const { redemption } = await taken<{ redemption: object }>(
    redeem(claim.id, { ...bill("b1", "0"), lines }),
  );
  expect(redemption).toMatchObject({ inKind: [{ used: "3", drawn: "1" }], redeemed: "0.00" });
  const seen = await taken(ask("GET", `/v1/claims/${claim.id}`, { key: admin }));
  const sums = { unit: "card-hours", granted: "450359962737049", drawn: "1", released: "0" };
  const open1 = { ...sums, open: "450359962737048" };
  expect(seen).toMatchObject({ state: "redeeming", inKind: [{ part: "hours", ...open1 }] });
  expect(seen).toMatchObject({ decision: { inKind: [{ refused: [{ code: "above-share" }] }] } });
  const board = ask("GET", `/v1/programmes/${id}/board`, { key: officer });
  expect(await taken(board)).toMatchObject({ inKind: [open1] });
  const balance = ask("GET", "/v1/tenants/acme/balance", { key: admin });
  const { released: _released, ...held } = open1;
  expect(await taken(balance)).toMatchObject({ inKind: [{ claim: claim.id, ...held }] });

  const much = { "card-hours": "1000000000000001" };
  const refused = await apply(id, { lines: [{ id: "compute", facts, quantities: much }] });
  const { errors } = (await refused.json()) as { errors: { pointer: string; detail: string }[] };
  expect(errors).toMatchObject([{ pointer: "/lines/0/quantities/card-hours" }]);
});

test("all public money on one contract stays under its ceiling, across programmes", async () => {
  const publicCeiling = { code: "ceiling", text: { en: "all", zh: "合计" }, rate: "60 %" };
  const [one, other] = [await open({ publicCeiling }), await open({ publicCeiling })];
  const contract = `contract-${uuidv7()}`;
  const answers = await Promise.all([one, other].map((id) => taken(apply(id, { contract }))));
  const granted = answers.map((claim) => Number(claim.granted));
  expect(granted.toSorted((a, b) => a - b)).toEqual([130, 650]); // together 60 % of 1,300
});

test("what a person should look at is told with its evidence", async () => {
  const id = await open();
  const evidence = [{ kind: "contract", sha256: "c".repeat(64) }];
  const contact = { bankAccount: "6222 0001" };
  await taken(apply(id, { evidence, contact }));
  await taken(apply(id, { evidence }));
  const { items } = await taken<{ items: { code: string }[] }>(
    ask("GET", `/v1/programmes/${id}/signals`, { key: officer }),
  );
  expect(items.map(({ code }) => code)).toEqual(["evidence-twice"]);
  const board = await taken<Record<string, unknown>>(
    ask("GET", `/v1/programmes/${id}/board`, { key: officer }),
  );
  expect(board).toMatchObject({ claims: { issued: 2 }, granted: "1300.00", open: "1300.00" });
});
