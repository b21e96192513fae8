import { Readable } from "node:stream";
import { chargeRows, correctionRow, csvLine, focusHeader } from "@wadi/core/settlement";
import type { FocusCorrection, FocusFrame } from "@wadi/core/settlement";
import { asId, minus, noMoney, type RunId, type TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { billChangesOf } from "./bill-changes-store.ts";
import { voucherPart } from "./disputes.ts";
import {
  chargesOfTenant,
  correctionsFor,
  givenBackTo,
  tenantsOf,
  type ChargePlace,
} from "./focus-store.ts";
import { findMonth, type Month } from "./month-store.ts";

const pageSize = 5000;

/**
 * A month as FOCUS 1.2 in CSV, tenant by tenant, made as it is read: any number of charges fits. In
 * the file of a month that is not published yet, rows may still be added.
 *
 * @param only  the rows of one tenant; null: of all
 * @throws Refused `not-found`; `wrong-state` before the month's charges were imported
 */
export async function exportFocus(
  hub: Hub,
  { month, only }: { month: string; only: TenantId | null },
): Promise<Readable> {
  const found = await findMonth(hub.db.sql, month);
  if (!found) throw new Refused("not-found", {}, `${month} is not open; open it first`);
  if (found.state === "draft" || found.state === "void") {
    const detail = `${month} is ${found.state}; import its charges first`;
    throw new Refused("wrong-state", { state: found.state }, detail);
  }
  const frame: FocusFrame = { billing: found, platform: hub.config.issuer };
  return Readable.from(lines(hub.db.sql, { month: found, frame, only }), { objectMode: false });
}

async function* lines(
  sql: Sql,
  { month, frame, only }: { month: Month; frame: FocusFrame; only: TenantId | null },
): AsyncGenerator<string> {
  yield csvLine(focusHeader);
  for (const { tenant, name } of await tenantsOf(sql, month)) {
    if (only !== null && tenant !== only) continue;
    const account = { id: tenant as string, name };
    let after: ChargePlace | undefined = placeBefore(month);
    while (after) {
      const page = await chargesOfTenant(sql, { tenant, month, after, limit: pageSize });
      const rows = page.flatMap((one) => chargeRows({ ...one, account, paidTo: null }, frame));
      if (rows.length > 0) yield rows.map(csvLine).join("");
      after = page.length < pageSize ? undefined : page.at(-1);
    }
    const later = await correctionsOf(sql, {
      ...{ tenant, account, month, platform: frame.platform },
    });
    if (later.length > 0) yield later.map((one) => csvLine(correctionRow(one, frame))).join("");
  }
}

interface OfTenant {
  readonly tenant: TenantId;
  readonly account: FocusCorrection["account"];
  readonly month: Month;
}

/** What was given back, or asked for later: by disputes, corrections of charges, and bills. */
async function correctionsOf(
  sql: Sql,
  { account, platform, ...of }: OfTenant & { platform: string },
): Promise<FocusCorrection[]> {
  const isEarlier = (at: Temporal.Instant | null) =>
    at !== null && Temporal.Instant.compare(at, of.month.from) < 0;
  const disputes = (await givenBackTo(sql, of)).map((one): FocusCorrection => {
    const toFund = voucherPart(one.amount, { voucherPaid: one.voucher, cashPaid: one.cash });
    return {
      ...{ account, what: `Dispute ended for the tenant: ${one.reason}`, at: one.at },
      ...{ publisher: one.publisher, run: one.run, ofEarlierPeriod: isEarlier(one.chargedAt) },
      amount: minus(noMoney, minus(one.amount, toFund)),
    };
  });
  const corrected = (await correctionsFor(sql, of)).map((one): FocusCorrection => ({
    ...{ account, what: "Readings that came after the charge", at: one.at, amount: one.change },
    ...{ publisher: one.publisher, run: one.run, ofEarlierPeriod: isEarlier(one.chargedAt) },
  }));
  const billed = (await billChangesOf(sql, of)).map((one): FocusCorrection => ({
    ...{ account, what: `The bill of ${one.month} by agreement`, at: one.at, amount: one.change },
    ...{ publisher: platform, run: null, ofEarlierPeriod: one.month < of.month.month },
  }));
  return [...disputes, ...corrected, ...billed].filter(({ amount }) => amount !== noMoney);
}

/** Right before the month's first charge that there could be. */
const placeBefore = ({ from }: Month): ChargePlace => ({
  chargedAt: from.subtract({ microseconds: 1 }),
  run: asId<RunId>("ffffffff-ffff-ffff-ffff-ffffffffffff"),
});
