import { focusChecker, readCsv } from "@wadi/core/settlement";
import { parseYuan, total } from "@wadi/core/units";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";

import {
  aRegion,
  compute,
  grantVoucher,
  october,
  putTerms,
  runJob,
  step,
  type Region,
} from "./settlement-world.testing.ts";

type Row = Readonly<Record<string, string>>;

/** The rows of October's file, which must keep every rule, advice too. */
async function rowsOf(region: Region, key?: string): Promise<Row[]> {
  const text = String((await region.send(`GET ${october}/focus`, undefined, key))["text"]);
  const read = readCsv(text);
  const [header, ...rows] = read.kind === "records" ? read.records : [];
  const names = header!.fields;
  const checker = focusChecker(names);
  const problems = rows.flatMap(({ fields }, i) => checker.row(i + 1, fields));
  expect([...checker.header, ...problems]).toEqual([]);
  return rows.map(({ fields }) => Object.fromEntries(names.map((name, i) => [name, fields[i]!])));
}

const sum = (rows: readonly Row[], column: string) =>
  total(rows.map((row) => parseYuan(row[column]!)!));

describe("invoices", () => {
  test("what the rows of an invoice bill is what the invoice asks for", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    const { run } = await runJob(region);
    await runJob(region);
    const dispute = { provider: "lowland", tenant: "acme", run, amount: "10", reason: "slow" };
    const { id } = await region.send("POST /v1/disputes", dispute);
    await region.send(`POST /v1/disputes/${String(id)}/end`, { for: "tenant" }, region.second);
    await compute(region);
    expect((await rowsOf(region)).map(({ InvoiceId: invoice }) => invoice)).toEqual(
      Array(5).fill(""),
    );

    await step(region, "publish", region.second);
    await region.send(`POST ${october}/e-invoices`);
    const [request] = await region.db.sql<{ number: string; amount: bigint }>`
      select number, amount from invoice_requests`;
    const rows = await rowsOf(region);
    const ofInvoice = rows.filter(({ InvoiceId: invoice }) => invoice === request!.number);
    expect(ofInvoice).toHaveLength(4);
    expect(sum(ofInvoice, "BilledCost")).toBe(request!.amount);
    // What the dispute gave back is on no invoice.
    const [other, ...none] = rows.filter(({ InvoiceId: invoice }) => invoice === "");
    expect(none).toEqual([]);
    expect(other).toMatchObject({ ChargeCategory: "Adjustment", ChargeClass: "" });
  });

  test("of a provider that tenants pay themselves nothing is billed or invoiced", async () => {
    const region = await aRegion();
    await putTerms(region, {
      month: "2026-10",
      terms: { rules: [], paidDirectlyBy: ["tenants"] },
    } as never);
    await grantVoucher(region);
    await runJob(region);
    await compute(region);
    await step(region, "publish", region.second);
    await region.send(`POST ${october}/e-invoices`);
    const rows = await rowsOf(region);
    expect(rows).toMatchObject([
      { ChargeCategory: "Usage", BilledCost: "0.00", EffectiveCost: "33.60", InvoiceId: "" },
      { ChargeCategory: "Credit", BilledCost: "0.00", EffectiveCost: "0.00", InvoiceId: "" },
    ]);
    const [{ PublisherName: publisher, ProviderName: platform }] = rows as [Row];
    expect(publisher).not.toBe(platform);
    for (const row of rows) {
      expect(row).toMatchObject({ InvoiceIssuerName: publisher, x_PaymentRecipient: publisher });
    }
  });

  test("where funds pay a provider themselves, tenants are billed as ever", async () => {
    const region = await aRegion();
    await putTerms(region, {
      month: "2026-10",
      terms: { rules: [], paidDirectlyBy: ["funds"] },
    } as never);
    await grantVoucher(region);
    await runJob(region);
    await compute(region);
    const rows = await rowsOf(region);
    expect(rows.map(({ BilledCost: billed }) => billed)).toEqual(["48.00", "-14.40"]);
  });
});

describe("as a file", () => {
  test("Parquet has the rows of the CSV", async () => {
    const region = await aRegion();
    await grantVoucher(region);
    await runJob(region);
    await runJob(region);
    await compute(region);
    const reply = await region.ask("GET", `${october}/focus?format=parquet`, {
      key: region.operator,
    });
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "content-type": "application/vnd.apache.parquet",
      "content-disposition": 'attachment; filename="focus-2026-10.parquet"',
    });
    const read = await parquetReadObjects({ file: await reply.arrayBuffer() });
    const rows = await rowsOf(region);
    // The reader's decimals are floating point, so they are rounded here; the file's are exact.
    const micro = (value: unknown) => Math.round(Number(value) * 1e6);
    expect(
      read.map((row) => [row["x_Run"], micro(row["BilledCost"]), row["ChargePeriodStart"]]),
    ).toEqual(
      rows.map((row) => [
        ...[row["x_Run"], micro(row["BilledCost"]), new Date(row["ChargePeriodStart"]!)],
      ]),
    );
    expect(read.map((row) => row["SkuId"])).toEqual(["a100-80g", null, "a100-80g", null]);
  });

  test("of a month that was never opened it is said how to open it", async () => {
    const region = await aRegion();
    expect(await region.send(`GET ${october}/focus`)).toMatchObject({
      refused: "404 not-found",
      detail:
        "2026-10 was never opened; wadi close prepare 2026-10 opens it and counts its charges",
    });
    await region.send(`PUT ${october}`, {});
    expect(await region.send(`GET ${october}/focus`)).toMatchObject({
      refused: "409 wrong-state",
      detail: expect.stringContaining(
        "is draft, so its charges are not counted; wadi close",
      ) as string,
    });
    expect(await region.send(`GET ${october}/focus?format=xml`)).toMatchObject({
      refused: "422 invalid-request",
      errors: [{ pointer: "/format" }],
    });
  });
});
