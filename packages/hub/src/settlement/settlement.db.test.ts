import { accounts, type Transfer } from "@wadi/core/ledger";
import { focusChecker, readCsv } from "@wadi/core/settlement";
import { asId, bytes, durationOf, yuan, type TenantId } from "@wadi/core/units";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";

import { postTransfers } from "../ledger/index.ts";
import { recordReadings } from "../metering/index.ts";
import {
  aRegion,
  balanceOf,
  compute,
  grantVoucher,
  october,
  putTerms,
  runJob,
  share,
  soundBooks,
  step,
  type Region,
} from "./settlement-world.testing.ts";

describe("a month", () => {
  test("goes from draft to published: the provider gets what its terms give", async () => {
    const region = await aRegion();
    await runJob(region);
    await runJob(region);
    await putTerms(region, share("0.7", { taxDivisor: "1.06" }));
    const projects = ["vision", "speech", "driving"].map((project) => ({ project, weight: "1" }));
    await region.send("PUT /v1/tenants/acme/projects", { projects });
    await compute(region);

    const report = await region.send(`GET ${october}`);
    expect(report).toMatchObject({
      state: "computed",
      lines: "2",
      nextSteps: ["import", "allocate", "compute", "publish", "void"],
      totals: { runs: "2", cardSeconds: "57600", charges: "96.00", due: "63.39", posted: "94.08" },
      dues: [{ gross: "67.20", tax: "3.81", due: "63.39", adjustment: "-30.69", rule: 0 }],
      shares: [{ amount: "32.00" }, { amount: "32.00" }, { project: "driving", amount: "32.00" }],
      findings: [{ what: "no-invoice", provider: "lowland" }],
    });
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
    expect(await balanceOf(region, "payable/lowland")).toBe(63_390_000n);
    await soundBooks(region);
  });

  test("is published by another person than computed it, never as a draft", async () => {
    const region = await aRegion();
    await runJob(region);
    await region.send(`PUT ${october}`, {});
    expect(await step(region, "publish")).toMatchObject({ refused: "409 wrong-state" });
    expect(await step(region, "import")).toMatchObject({
      refused: "409 wrong-state",
      detail: expect.stringContaining("is not over before 2026-10-31T16:00:00Z") as string,
    });
    await compute(region);
    expect(await step(region, "publish")).toMatchObject({ refused: "409 needs-another-person" });
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
    expect(await step(region, "compute")).toMatchObject({ refused: "409 wrong-state" });
  });

  test("computed again it says the same; by new terms, what they give", async () => {
    const region = await aRegion();
    await runJob(region);
    await compute(region);
    const { steps: _, lastAt: __, ...first } = await region.send(`GET ${october}`);
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject(first);
    await putTerms(region, share("1"));
    await step(region, "compute");
    expect(await region.send(`GET ${october}`)).toMatchObject({ totals: { due: "48.00" } });
  });

  test("is not published with other charges than were imported", async () => {
    const region = await aRegion();
    const one = await runJob(region);
    await compute(region);
    await region.db.sql`
      insert into charges select (jsonb_populate_record(c, jsonb_build_object('run',
        ${uuidv7()}::text))).* from charges c where run = ${one.run}`;
    expect(await step(region, "publish", region.second)).toMatchObject({
      refused: "409 changed-meanwhile",
    });
    await compute(region);
    expect(await step(region, "publish", region.second)).toMatchObject({ state: "published" });
  });

  test("nets what a tenant owes against what it paid in, then its deposit", async () => {
    const region = await aRegion();
    await compute(region);
    const [tenant, happenedAt] = [asId<TenantId>("north"), region.clock.now()];
    await region.keyOf("tenant-admin", { scope: { tenant } });
    await region.send("POST /v1/tenants/north/top-ups", { amount: "50" });
    const move = (kind: "deposit" | "owe", amount: bigint): Transfer => ({
      ...{ kind, amount: yuan(amount), fact: `${kind}/test`, note: "", happenedAt },
      ...{ hold: null, job: null, run: null },
      from: kind === "owe" ? accounts.receivable(tenant) : accounts.prepaid(tenant),
      to: kind === "owe" ? accounts.clearing() : accounts.depositHeld(tenant),
    });
    const both = [move("deposit", 20n), move("owe", 45n)];
    await region.db.transaction((sql) => postTransfers(sql, [both], happenedAt));
    await step(region, "publish", region.second);
    const standing = ["prepaid", "receivable", "deposit-held"].map((account) =>
      balanceOf(region, `${account}/north`),
    );
    expect(await Promise.all(standing)).toEqual([0n, 0n, 5_000_000n]);
    await soundBooks(region);
  });

  test("no moment is settled twice: a month by another time zone is refused", async () => {
    const region = await aRegion();
    await region.send(`PUT ${october}`, {});
    const november = await region.send("PUT /v1/settlements/2026-11", { timeZone: "Asia/Tokyo" });
    expect(november).toMatchObject({ refused: "409 wrong-state" });
    expect(await region.send("PUT /v1/settlements/2026-11", {})).toMatchObject({ state: "draft" });
  });

  test("new-api #2050: a run that failed to its centre's account is in nobody's bill", async () => {
    const region = await aRegion();
    await runJob(region, { charged: false });
    await compute(region);
    const totals = { runs: "0", charges: "0.00", due: "0.00" };
    expect(await region.send(`GET ${october}`)).toMatchObject({ lines: "0", totals, dues: [] });
  });

  test("terms that cannot be used are refused by place", async () => {
    const region = await aRegion();
    const bands = [
      { from: "0", to: "0.5", share: "0.3" },
      { from: "0.6", share: "0.4" },
    ];
    const rule = { mode: { kind: "share-by-ratio", listPrice: "2.30", bands } };
    const wrong = { month: "2026-10", terms: { rules: [rule] } };
    expect(await region.send("PUT /v1/providers/lowland/terms", wrong)).toMatchObject({
      refused: "422 invalid-request",
      errors: [{ pointer: "/terms/rules/0/mode/bands/1/from" }],
    });
  });

  test("a provider's invoice is matched with metering and terms", async () => {
    const region = await aRegion();
    await runJob(region);
    const lines = [
      { model: "a100-80g", cardSeconds: "57600", amount: "47.04" },
      { model: "h100-sxm", cardSeconds: "3600", amount: "9" },
    ];
    await region.send("PUT /v1/providers/lowland/invoices/2026-10", { number: "17", lines });
    await compute(region);
    expect(await region.send(`GET ${october}`)).toMatchObject({
      findings: [
        { model: "a100-80g", what: "card-seconds", expected: "28800", found: "57600" },
        { model: "h100-sxm", what: "not-metered", found: "9000000" },
      ],
    });
  });
});

describe("as FOCUS", () => {
  test("a month keeps every rule and tells a tenant its own rows only", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region);
    await runJob(region);
    const acme = await region.keyOf("tenant-admin");
    const north = await region.keyOf("tenant-admin", { scope: { tenant: "north" } });
    expect(await region.send(`GET ${october}/focus`)).toMatchObject({ refused: "404 not-found" });
    await compute(region);
    const text = String((await region.send(`GET ${october}/focus`, undefined, acme))["text"]);
    const read = readCsv(text);
    const [header, ...rows] = read.kind === "records" ? read.records : [];
    const checker = focusChecker(header!.fields);
    const problems = rows.flatMap(({ fields }, i) => checker.row(i + 1, fields));
    expect([...checker.header, ...problems]).toEqual([]);
    const cell = (name: string) => rows.map(({ fields }) => fields[header!.fields.indexOf(name)]);
    expect(cell("ChargeCategory")).toEqual(["Usage", "Credit", "Usage", "Credit"]);
    expect(cell("BilledCost")).toEqual(["48.00", "-14.40", "48.00", "-14.40"]);
    const others = String((await region.send(`GET ${october}/focus`, undefined, north))["text"]);
    expect(others.trim().split("\n")).toHaveLength(1);
    const foreign = `GET ${october}/focus?tenant=acme`;
    expect(await region.send(foreign, undefined, north)).toMatchObject({
      refused: "404 not-found",
    });
  });
});

test("what comes late for a closed month is in the month it comes in", async () => {
  const region = await aRegion();
  const { run, endedAt } = await runJob(region);
  await compute(region);
  await step(region, "publish", region.second);
  const [now, to] = [region.clock.now(), endedAt];
  const half = { from: to.subtract({ minutes: 60 }), to: to.subtract({ minutes: 30 }) };
  const corrected = {
    ...{ run, number: 1, revision: 1, ...half, cards: 8, final: true },
    ...{ cpuTime: durationOf(0), peakMemoryBytes: bytes(0), receivedAt: now },
  };
  await region.db.transaction((sql) => recordReadings(sql, [corrected]));
  expect(await balanceOf(region, "payable/lowland")).toBe(23_520_000n);

  const before = await region.send(`GET ${october}`);
  await region.db.sql`
    insert into billed_months (tenant, month, number, billed_at, list, list_revision,
      agreement_revision, total, charged, cash, backs, lines)
    values ('acme', '2026-10', 1, ${now}, 'prices', 1, 1, 19000000, 24000000, -5000000, '{}',
      '[]')`;
  region.clock.turn({ hours: 24 * 30 });
  const november = "/v1/settlements/2026-11";
  await region.send(`PUT ${november}`, {});
  for (const name of ["import", "allocate", "compute"]) {
    await region.send(`POST ${november}/steps`, { step: name });
  }
  expect(await region.send(`GET ${november}`)).toMatchObject({
    totals: { runs: "0", cardSeconds: "-14400", charges: "-24.00", due: "-23.52" },
    dues: [{ adjustment: "0.00" }],
    shares: [{ tenant: "acme", amount: "-29.00" }],
  });
  expect(await region.send(`GET ${october}`)).toEqual(before);
  const { text } = await region.send(`GET ${november}/focus`);
  const read = readCsv(String(text));
  const [header, ...rows] = read.kind === "records" ? read.records : [];
  const checker = focusChecker(header!.fields);
  expect(rows.flatMap(({ fields }, i) => checker.row(i + 1, fields))).toEqual([]);
  const cell = (name: string) => rows.map(({ fields }) => fields[header!.fields.indexOf(name)]);
  expect(cell("ChargeClass")).toEqual(["Correction", "Correction"]);
  expect(cell("BilledCost")).toEqual(["-24.00", "-5.00"]);
});

describe("statements", () => {
  const statement = ({ send }: Region, of: string, query = "") =>
    send(`GET /v1/${of}/statement${query}`);
  const texts = ({ lines }: Record<string, unknown>) =>
    (lines as { text: string; amount: string }[]).map(({ text, amount }) => `${text} ${amount}`);

  test("tell what settlement and disputes moved, and add up", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    const { run } = await runJob(region);
    await putTerms(region, share("0.5"));
    const about = { provider: "lowland", tenant: "acme", amount: "10", reason: "slow cards", run };
    region.clock.turn({ minutes: 1 });
    const { id } = await region.send("POST /v1/disputes", about);
    await region.send(`POST /v1/disputes/${String(id)}/end`, { for: "tenant" }, region.second);
    await compute(region);
    await step(region, "publish", region.second);
    expect(texts(await statement(region, "providers/lowland"))).toEqual([
      "Run of acme 47.04",
      "Kept back: disputed: slow cards -10.00",
      "Settled: less than was credited: settle 2026-10, revision 1 -23.04",
    ]);
    expect(texts(await statement(region, "tenants/acme", "?language=zh"))).toEqual([
      ...["充值 10000.00", "发放算力券 100.00 元 0.00", "运行 -33.60", "争议结束：退款 7.00"],
    ]);
    expect(texts(await statement(region, "funds/city"))).toEqual([
      ...["Appropriated 500.00", "Granted to acme, ai, 100.00 yuan 0.00"],
      ...["Redeemed by acme, ai -14.40", "Asked back, acme, ai 0.00"],
      "Paid back to the fund, acme, ai 3.00",
    ]);
  });

  test("by day have one line for all runs that are alike", async () => {
    const region = await aRegion();
    for (let i = 0; i < 3; i += 1) await runJob(region);
    const byDay = await statement(region, "tenants/acme", "?detail=days&language=zh");
    expect(texts(byDay)).toEqual(["充值 10000.00", "运行，共 3 次 -144.00"]);
    expect(byDay["lines"]).toMatchObject([{}, { cardSeconds: "86400", charge: "144.00" }]);
  });

  test("of a district: its tenants and funds, each in one line", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region);
    const wrong = { name: "East", tenants: ["acme", "nobody"] };
    expect(await region.send("PUT /v1/districts/east", wrong)).toMatchObject({
      refused: "422 invalid-request",
      errors: [{ pointer: "/tenants/1" }],
    });
    const district = { name: "East", tenants: ["acme"], funds: ["city"] };
    await region.send("PUT /v1/districts/east", district);
    expect(await statement(region, "districts/east")).toMatchObject({
      ...{ of: "district", opening: "0.00", closing: "10452.00" },
      totals: { charges: "48.00", paidByVouchers: "14.40", ofFundsAtEnd: "485.60" },
      lines: [{ amount: "9966.40" }, { text: "Fund City (city)", amount: "485.60" }],
    });
    const officer = await region.keyOf("programme-officer");
    expect(await region.send("GET /v1/districts/east/statement", undefined, officer)).toMatchObject(
      { refused: "404 not-found" },
    );
  });

  test.each([
    ["pdf", "application/pdf", "%PDF-1.5"],
    ["xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"],
  ])("come as %s, in the language that the caller prefers", async (format, type, magic) => {
    const region = await aRegion();
    const to = `/v1/tenants/acme/statement?format=${format}`;
    const headers = { "accept-language": "zh-CN,zh;q=0.9" };
    const reply = await region.ask("GET", to, { key: region.operator, headers });
    expect(reply.headers.get("content-type")).toContain(type);
    expect(reply.headers.get("content-disposition")).toContain(`statement-tenant-acme.${format}`);
    expect(Buffer.from(await reply.arrayBuffer()).toString("latin1")).toContain(magic);
  });
});

describe("a dispute", () => {
  const dispute = (amount: string, differs = {}) => ({
    ...{ provider: "lowland", tenant: "acme", amount, reason: "the cards were slow" },
    ...differs,
  });
  const end = ({ send, second }: Region, { id }: { id?: unknown }, outcome: string, key = second) =>
    send(`POST /v1/disputes/${String(id)}/end`, { for: outcome }, key);

  test("keeps back what is disputed, at most what is not paid out", async () => {
    const region = await aRegion();
    await runJob(region);
    const opened = await region.send("POST /v1/disputes", dispute("40"));
    expect(await balanceOf(region, "payable/lowland")).toBe(7_040_000n);
    expect(await region.send("POST /v1/disputes", dispute("40"))).toMatchObject({
      refused: "409 insufficient-funds",
    });
    expect(await region.send("GET /v1/disputes")).toMatchObject({ items: [opened] });
  });

  test.each(["provider", "withdrawn"])(
    "Akash support#441: ended as %s, nothing stays kept back",
    async (outcome) => {
      const region = await aRegion();
      await runJob(region);
      const opened = await region.send("POST /v1/disputes", dispute("40"));
      expect(await end(region, opened, outcome)).toMatchObject({ outcome });
      expect(await balanceOf(region, "payable/lowland")).toBe(47_040_000n);
      expect(await balanceOf(region, "dispute-hold/lowland")).toBe(0n);
      expect(await end(region, opened, "tenant")).toMatchObject({ refused: "409 wrong-state" });
      await soundBooks(region);
    },
  );

  test("ended for the tenant, vouchers' part goes back to their fund", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    const { run } = await runJob(region); // 48.00, of which the voucher paid 14.40
    const before = await balanceOf(region, "prepaid/acme");
    const opened = await region.send("POST /v1/disputes", dispute("10", { run }));
    expect(await end(region, opened, "tenant", region.operator)).toMatchObject({
      refused: "409 needs-another-person",
    });
    await end(region, opened, "tenant");
    expect(await balanceOf(region, "prepaid/acme")).toBe(before + 7_000_000n);
    expect(await balanceOf(region, "due/city")).toBe(-11_400_000n);
    expect(await balanceOf(region, "available/city")).toBe(403_000_000n);
    expect(await balanceOf(region, "dispute-hold/lowland")).toBe(0n);
    await soundBooks(region);
    const again = await region.send("POST /v1/disputes", dispute("40", { run }));
    expect(again).toMatchObject({ refused: "422 invalid-request" });
  });
});

describe("payouts", () => {
  const receipt = (...lines: string[]) => ({
    csv: ["batch,line,amount,status,reference", ...lines].join("\n"),
  });

  test("are made, released by another person, and end by the bank's receipt, once", async () => {
    const region = await aRegion();
    await runJob(region);
    const made = await region.send("POST /v1/payout-batches", {});
    expect(made).toMatchObject({ sum: "47.04", lines: [{ provider: "lowland", state: "made" }] });
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({
      refused: "409 insufficient-funds", // all that is owed is in a batch
    });
    const batch = `/v1/payout-batches/${String(made["id"])}`;
    expect(await region.send(`POST ${batch}/send`)).toMatchObject({
      refused: "409 needs-another-person",
    });
    await region.send(`POST ${batch}/send`, undefined, region.second);
    expect(await balanceOf(region, "in-transit/lowland")).toBe(47_040_000n);
    const { text } = await region.send(`GET ${batch}/file`);
    expect(String(text).split("\r\n")[1]).toMatch(/^1,1,lowland,[^,]*,47\.04,CNY,wadi 1\/1$/);

    const arrived = receipt("1,1,47.04,arrived,B-77");
    expect(await region.send(`POST ${batch}/receipts`, arrived)).toMatchObject({
      lines: [{ state: "arrived", bankReference: "B-77" }],
    });
    await region.send(`POST ${batch}/receipts`, arrived);
    expect(await balanceOf(region, "in-transit/lowland")).toBe(0n);
    await soundBooks(region);
  });

  test("what bounced is owed again and comes into the next batch", async () => {
    const region = await aRegion();
    await runJob(region);
    const { id } = await region.send("POST /v1/payout-batches", {});
    await region.send(`POST /v1/payout-batches/${String(id)}/send`, undefined, region.second);
    const bounced = receipt("1,1,47.04,bounced,B-78");
    await region.send(`POST /v1/payout-batches/${String(id)}/receipts`, bounced);
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({ sum: "47.04" });
  });

  test("a receipt with wrong records is not taken in, and each is named by line", async () => {
    const region = await aRegion();
    await runJob(region);
    const { id } = await region.send("POST /v1/payout-batches", {});
    const batch = `/v1/payout-batches/${String(id)}`;
    expect(await region.send(`POST ${batch}/receipts`, receipt())).toMatchObject({
      refused: "409 wrong-state",
    });
    await region.send(`POST ${batch}/send`, undefined, region.second);
    const wrong = receipt(
      ...["1,1,47.04,arrived,B-1", "1,1,47.04,bounced,B-1", "1,2,1,arrived,B-2"],
      ...["1,1,47.05,arrived,B-1", "9,1,47.04,arrived,B-1", "1,1,47.04,paid,B-1"],
    );
    const refused = await region.send(`POST ${batch}/receipts`, wrong);
    expect((refused["errors"] as { detail: string }[]).map(({ detail }) => detail)).toEqual([
      "line 3: line 1 was arrived before, by another receipt",
      'line 4: batch 1 has no line "2"; it has 1 to 1',
      'line 5: amount is "47.05", line 1 was 47.04',
      'line 6: batch is "9", this is 1',
      'line 7: status is "paid"; use arrived or bounced',
    ]);
    expect(await balanceOf(region, "in-transit/lowland")).toBe(47_040_000n);
  });

  test("a batch that is dropped frees what it had promised", async () => {
    const region = await aRegion();
    await runJob(region);
    const { id } = await region.send("POST /v1/payout-batches", {});
    await region.send(`POST /v1/payout-batches/${String(id)}/drop`);
    expect(await region.send("POST /v1/payout-batches", {})).toMatchObject({ sum: "47.04" });
    expect(
      await region.send(`POST /v1/payout-batches/${String(id)}/send`, undefined, region.second),
    ).toMatchObject({ refused: "409 wrong-state" });
  });
});

test("e-invoices are asked for once for each tenant of a published month, as files", async () => {
  const region = await aRegion();
  await runJob(region);
  await compute(region);
  const ask = () => region.send(`POST ${october}/e-invoices`);
  expect(await ask()).toMatchObject({ refused: "409 wrong-state" });
  await step(region, "publish", region.second);
  expect(await ask()).toEqual({ requested: 1, before: 0 });
  expect(await ask()).toEqual({ requested: 0, before: 1 });
  const outbox = path.join(region.hub.config.state, "e-invoices");
  expect(await readdir(outbox)).toEqual(["2026-10-1-acme.json"]);
  const written = await readFile(path.join(outbox, "2026-10-1-acme.json"), "utf8");
  expect(JSON.parse(written)).toMatchObject({
    ...{ number: "2026-10-1-acme", amount: "48.00", paidByVouchers: "0.00" },
    lines: [{ model: "a100-80g", cardSeconds: "28800", amount: "48.00" }],
  });
});
