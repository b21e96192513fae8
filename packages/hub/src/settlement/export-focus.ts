import { Readable } from "node:stream";
import {
  chargeRows,
  correctionRow,
  csvLine,
  focusHeader,
  isPublished,
} from "@wadi/core/settlement";
import type { FocusCharge, FocusCorrection, FocusFrame } from "@wadi/core/settlement";
import {
  asId,
  minus,
  noMoney,
  total,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { billChangesOf } from "./bill-changes-store.ts";
import { directlyPaid } from "./direct-store.ts";
import { voucherPart } from "./disputes.ts";
import { focusParquet } from "./focus-parquet.ts";
import {
  chargesOfTenant,
  correctionsFor,
  givenBackTo,
  tenantsOf,
  type ChargePlace,
} from "./focus-store.ts";
import { requestedBefore, tenantLines } from "./invoice-store.ts";
import { findMonth, type Month } from "./month-store.ts";

const pageSize = 5000;

/**
 * A month as FOCUS 1.2, tenant by tenant, made as it is read: any number of charges fits. In the
 * file of a month that is not published yet, rows may still be added.
 *
 * @param only  the rows of one tenant; null: of all
 * @throws Refused `not-found`; `wrong-state` before the month's charges were imported
 */
export async function exportFocus(
  hub: Hub,
  { month, only, format }: { month: string; only: TenantId | null; format: "csv" | "parquet" },
): Promise<Readable> {
  const found = await findMonth(hub.db.sql, month);
  const cure = `wadi close prepare ${month} opens it and counts its charges`;
  if (!found) throw new Refused("not-found", {}, `${month} was never opened; ${cure}`);
  if (found.state === "draft" || found.state === "void") {
    const detail = `${month} is ${found.state}, so its charges are not counted; ${cure}`;
    throw new Refused("wrong-state", { state: found.state }, detail);
  }
  const frame: FocusFrame = { billing: found, platform: hub.config.issuer };
  const pages = rowsOf(hub.db.sql, { month: found, frame, only });
  const pieces = format === "csv" ? linesOf(pages) : focusParquet(focusHeader, pages);
  return Readable.from(pieces, { objectMode: false });
}

async function* linesOf(pages: AsyncIterable<string[][]>): AsyncGenerator<string> {
  yield csvLine(focusHeader);
  for await (const rows of pages) yield rows.map(csvLine).join("");
}

/** Page by page; a page has at least one row. */
async function* rowsOf(
  sql: Sql,
  { month, frame, only }: { month: Month; frame: FocusFrame; only: TenantId | null },
): AsyncGenerator<string[][]> {
  const direct = await directlyPaid(sql, month);
  const paidTo = ({ provider, publisher }: { provider: ProviderId; publisher: string }) =>
    direct.get(provider)?.tenants ? publisher : null;
  const invoices = await invoicesThatStand(sql, month);
  for (const { tenant, name } of await tenantsOf(sql, month)) {
    if (only !== null && tenant !== only) continue;
    const account = { id: tenant as string, name };
    const invoice = invoices.get(tenant) ?? null;
    for await (const page of chargesOf(sql, { tenant, month })) {
      yield page.flatMap((one) => {
        const paid = paidTo(one);
        const issued = paid === null ? invoice : null;
        return chargeRows({ ...one, account, paidTo: paid, invoice: issued }, frame);
      });
    }
    const of = { tenant, account, month, invoice };
    const later = await correctionsOf(sql, { ...of, platform: frame.platform });
    if (later.length > 0) yield later.map((one) => correctionRow(one, frame));
  }
}

/**
 * The invoices that were asked for of a published month, by tenant; without those that ask for
 * something else than the month gives by now, which are yet to be replaced.
 */
async function invoicesThatStand(sql: Sql, month: Month): Promise<Map<TenantId, string>> {
  if (!isPublished(month.state)) return new Map();
  const lines = await tenantLines(sql, month);
  const given = (tenant: TenantId) =>
    total((lines.get(tenant)?.lines ?? []).map(({ amount }) => amount));
  const requested = [...(await requestedBefore(sql, month.month))];
  return new Map(
    requested
      .filter(([tenant, { amount }]) => amount === given(tenant))
      .map(([tenant, { number }]) => [tenant, number]),
  );
}

async function* chargesOf(sql: Sql, { tenant, month }: { tenant: TenantId; month: Month }) {
  let after: ChargePlace | undefined = placeBefore(month);
  while (after) {
    const page: Awaited<ReturnType<typeof chargesOfTenant>> = await chargesOfTenant(sql, {
      ...{ tenant, month, after, limit: pageSize },
    });
    if (page.length > 0) yield page;
    after = page.length < pageSize ? undefined : page.at(-1);
  }
}

interface OfTenant {
  readonly tenant: TenantId;
  readonly account: FocusCharge["account"];
  readonly month: Month;
  readonly invoice: string | null;
}

/**
 * What was given back, or asked for later: by disputes, corrections of charges, and bills. What a
 * dispute gives back is on no invoice.
 */
async function correctionsOf(
  sql: Sql,
  { account, platform, invoice, ...of }: OfTenant & { platform: string },
): Promise<FocusCorrection[]> {
  const isEarlier = (at: Temporal.Instant | null) =>
    at !== null && Temporal.Instant.compare(at, of.month.from) < 0;
  const disputes = (await givenBackTo(sql, of)).map((one): FocusCorrection => {
    const toFund = voucherPart(one.amount, { voucherPaid: one.voucher, cashPaid: one.cash });
    return {
      ...{
        account,
        what: `Dispute ended for the tenant: ${one.reason}`,
        at: one.at,
        invoice: null,
      },
      ...{ publisher: one.publisher, run: one.run, ofEarlierPeriod: isEarlier(one.chargedAt) },
      amount: minus(noMoney, minus(one.amount, toFund)),
    };
  });
  const corrected = (await correctionsFor(sql, of)).map((one): FocusCorrection => ({
    ...{ account, what: "Readings that came after the charge", at: one.at, amount: one.change },
    ...{ publisher: one.publisher, run: one.run, ofEarlierPeriod: isEarlier(one.chargedAt) },
    invoice,
  }));
  const billed = (await billChangesOf(sql, of)).map((one): FocusCorrection => ({
    ...{ account, what: `The bill of ${one.month} by agreement`, at: one.at, amount: one.change },
    ...{ publisher: platform, run: null, ofEarlierPeriod: one.month < of.month.month, invoice },
  }));
  return [...disputes, ...corrected, ...billed].filter(({ amount }) => amount !== noMoney);
}

/** Right before the month's first charge that there could be. */
const placeBefore = ({ from }: Month): ChargePlace => ({
  chargedAt: from.subtract({ microseconds: 1 }),
  run: asId<RunId>("ffffffff-ffff-ffff-ffff-ffffffffffff"),
});
