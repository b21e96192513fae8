import { adjustment, chargedWithin, monthOf, type RunCharge } from "@wadi/core/rating";
import { total as totalOf, type TenantId } from "@wadi/core/units";
import { billedPart, unpricedUsage } from "@wadi/protocol";
import { z } from "zod";

import type { Sql } from "../db/index.ts";
import { chargedRunsOf, type ChargedUsage } from "../metering/index.ts";
import { Refused } from "../refused.ts";
import { billOf, type BilledMonth, type TenantMonth } from "./bill-store.ts";
import { countCharges } from "./charge-count-store.ts";
import { pactsOf, rateTenantMonth, unbilledBefore, type RatedPart } from "./rate-month.ts";
import { unpricedOf, type UnpricedMonth } from "./refuse-unpriced.ts";

/** A month's next bill with all that posting it takes; or why there is none. */
export type NextBill =
  | { readonly kind: "nothing-agreed" }
  | { readonly kind: "unpriced"; readonly found: UnpricedMonth }
  | { readonly kind: "ready"; readonly next: ReadyBill };

export interface ReadyBill {
  readonly bill: BilledMonth;
  /** The bill so far. */
  readonly before: BilledMonth | undefined;
  readonly runs: readonly ChargedUsage[];
  /** Whether it says nothing that the bill before does not. */
  readonly isSame: boolean;
}

/**
 * Works out what a month is to be billed. It only reads; all of it must be read as of one moment.
 * @throws Refused `wrong-state` for a month that is not over, or after one that was not billed and
 *   whose packages go on into it
 */
export async function nextBill(
  sql: Sql,
  { tenant, month }: TenantMonth,
  now: Temporal.Instant,
): Promise<NextBill> {
  const parts = await rateTenantMonth(sql, { tenant, month });
  const [first] = parts;
  if (!first) return { kind: "nothing-agreed" };
  const { from, to } = monthOf(first.list, month);
  refuseEarly({ month, to }, now);
  refuseUnbilled({ tenant, month }, await unbilledBefore(sql, { tenant, month }));
  const before = await billOf(sql, { tenant, month, which: "last" });
  const found = before ? undefined : unpricedOf({ tenant, month }, parts);
  if (found) return { kind: "unpriced", found };
  const runs = await chargedRunsOf(sql, { tenant, from, until: to });
  const bill = billFrom(parts, { tenant, month, runs, before, now });
  const isSame = before !== undefined && saidBy(before) === saidBy(bill);
  return { kind: "ready", next: { bill, before, runs, isSame } };
}

/**
 * What a tenant's bill depends on and somebody else may change: the bill before, what is agreed,
 * what its runs were charged. Equal stamps, and the bill that was worked out still fits.
 */
export async function stampOf(sql: Sql, of: TenantMonth): Promise<string> {
  const bill = await billOf(sql, { ...of, which: "last" });
  const pacts = (await pactsOf(sql, of)).map(
    ({ from, until, list, listRevision, agreementRevision }) =>
      `${from} ${until} ${list.id} ${listRevision} ${agreementRevision}`,
  );
  return JSON.stringify([bill?.number ?? 0, pacts, await countCharges(sql, of.tenant)]);
}

function refuseEarly(
  { month, to }: { month: Temporal.PlainYearMonth; to: Temporal.Instant },
  now: Temporal.Instant,
): void {
  if (Temporal.Instant.compare(now, to) >= 0) return;
  throw new Refused(
    "wrong-state",
    { until: `${to}` },
    `${month} is not over; bill it from ${to} on`,
  );
}

function refuseUnbilled(
  { tenant, month }: TenantMonth,
  [before]: readonly Temporal.PlainYearMonth[],
): void {
  if (!before) return;
  const detail = `packages of ${before} go on into ${month}; bill ${before} of ${tenant} first`;
  throw new Refused("wrong-state", { tenant, month: `${before}` }, detail);
}

function billFrom(
  parts: readonly RatedPart[],
  of: {
    tenant: TenantId;
    month: Temporal.PlainYearMonth;
    runs: readonly ChargedUsage[];
    before: BilledMonth | undefined;
    now: Temporal.Instant;
  },
): BilledMonth {
  const { tenant, month, runs, before, now: billedAt } = of;
  const total = totalOf(parts.map(({ rated }) => rated.total));
  const charges = runs.map((one) => chargeIn(one, parts));
  const { charged, cash, backs } = adjustment(total, charges, before?.backs);
  return {
    ...{ tenant, month, number: (before?.number ?? 0) + 1, billedAt, total, charged, cash },
    parts: parts.map(({ rated, list, from, until, listRevision, agreementRevision }) => ({
      ...{ from, until, list: list.id, listRevision, agreementRevision, total: rated.total },
      lines: rated.lines.map(({ sources: _sources, ...line }) => line),
    })),
    unpriced: parts.flatMap(({ rated }) => rated.unpriced),
    backs: new Map(backs.map(({ run, amount }) => [run, amount])),
  };
}

/** The part of a run's charge that is for days on which something was agreed. */
function chargeIn({ stored, charge, lines }: ChargedUsage, parts: readonly RatedPart[]): RunCharge {
  const { run, share } = stored;
  const { voucher } = charge;
  const held = lines.filter(({ measure }) => measure === "card-seconds");
  const whole = { run, charge: charge.charge, voucher, voucherRate: share.voucherRate };
  const within = parts.map(({ rated }) => chargedWithin(whole, held, rated));
  return {
    ...whole,
    charge: totalOf(within.map((one) => one.charge)),
    voucher: totalOf(within.map((one) => one.voucher)),
  };
}

/** All that a bill says but its number and its time. */
function saidBy({ total, charged, cash, parts, unpriced }: BilledMonth): string {
  const money = [total, charged, cash].map(String);
  return JSON.stringify([money, z.encode(said, { parts: [...parts], unpriced: [...unpriced] })]);
}

const said = z.object({ parts: z.array(billedPart), unpriced: z.array(unpricedUsage) });
