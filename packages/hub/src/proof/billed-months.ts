import { monthOf } from "@wadi/core/rating";
import type { Reading } from "@wadi/core/metering";
import type { MicroYuan, RunId, TenantId } from "@wadi/core/units";
import type { Bundle } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import {
  readMeterBatches,
  signedMeterPlaces,
  usageAsOf,
  type MeterAsOf,
  type RunAsOf,
} from "../metering/index.ts";
import {
  billsOf,
  firstPackageMonth,
  pactsOf,
  readAgreement,
  readList,
  type BilledMonth,
} from "../rating/index.ts";
import { refuseTooMany } from "../statements/index.ts";
import { billedIn } from "./month-store.ts";
import { batchesIn, openBatches } from "./signatures-of.ts";

type Month = Bundle["months"][number];

/** A bill of a month with the usage that it was rated from, before signatures are looked up. */
interface Used {
  readonly bill: BilledMonth;
  readonly before: BilledMonth | undefined;
  readonly earlier: Month["earlier"];
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly runs: readonly RunAsOf[];
  readonly meters: readonly MeterAsOf[];
}

/** What a bundle has of months that were billed by agreement. */
export interface BilledMonths {
  /** Whose readings stand in the months. */
  readonly runs: readonly RunId[];
  readonly priceLists: Bundle["priceLists"];
  readonly agreements: Bundle["agreements"];
  readonly meterBatches: Bundle["meterBatches"];
  /** @param shown  readings with where they stand in what was signed */
  months(
    shown: (run: RunId, readings: readonly Reading[]) => Month["runs"][number]["readings"],
  ): Month[];
}

/**
 * Bills of months that were made in a time, with the prices and the usage they were made from.
 * @throws Refused `invalid-request` when meters have too many readings
 */
export async function billedMonths(
  sql: Sql,
  of: { tenant: TenantId; from: Temporal.Instant; until: Temporal.Instant },
): Promise<BilledMonths> {
  const used: Used[] = [];
  for (const named of await billedIn(sql, of)) used.push(await usedBy(sql, of.tenant, named));
  refuseTooMany(used.flatMap(({ meters }) => meters.flatMap(({ readings }) => readings)));
  const { meterBatches, signedOf } = await meterSignatures(sql, used);
  return {
    runs: used.flatMap(({ runs }) => runs.map(({ stored }) => stored.run)),
    ...(await pricesOf(sql, of.tenant, used)),
    meterBatches,
    months: (shown) =>
      used.map(({ bill, before, earlier, runs, meters }) => ({
        ...{ month: bill.month, number: bill.number, billedAt: bill.billedAt },
        ...{ parts: [...bill.parts], unpriced: bill.unpriced.map(shownUnpriced) },
        ...{ total: bill.total, charged: bill.charged, cash: bill.cash, backs: backsOf(bill) },
        before: before ? { cash: before.cash, backs: backsOf(before) } : null,
        earlier,
        runs: runs
          .map(({ stored, charge, readings }) => {
            const { run, provider, pool, model, cardShare, share } = stored;
            return {
              ...{ run, provider, pool, model, cardShare },
              ...{ charge: charge.charge, voucher: charge.voucher, voucherRate: share.voucherRate },
              readings: shown(run, inOrder(readings)),
            };
          })
          .sort((a, b) => (a.run < b.run ? -1 : 1)),
        meters: meters.map((one) => shownMeter(one, signedOf)),
      })),
  };
}

async function usedBy(
  sql: Sql,
  tenant: TenantId,
  { month, number }: Pick<BilledMonth, "month" | "number">,
): Promise<Used> {
  const bills = await billsOf(sql, { tenant, month });
  const bill = bills.find((one) => one.number === number)!;
  const [pact] = await pactsOf(sql, { tenant, month });
  const first = await firstPackageMonth(sql, { tenant, month });
  const [from, until] = [monthOf(pact!.list, first).from, monthOf(pact!.list, month).to];
  const earlier: Month["earlier"] = [];
  for (let at = first; !at.equals(month); at = at.add({ months: 1 })) {
    const parts = (await pactsOf(sql, { tenant, month: at })).map((one) => ({
      ...{ from: one.from, until: one.until, list: one.list.id },
      ...{ listRevision: one.listRevision, agreementRevision: one.agreementRevision },
    }));
    earlier.push({ month: at, parts });
  }
  const usage = await usageAsOf(sql, { tenant, from, until, at: bill.billedAt });
  const before = bills.find((one) => one.number === number - 1);
  return { bill, before, earlier, from, until, ...usage };
}

async function pricesOf(sql: Sql, tenant: TenantId, used: readonly Used[]) {
  const pacts = used.flatMap(({ bill, earlier }) => [
    ...bill.parts,
    ...earlier.flatMap(({ parts }) => parts),
  ]);
  const lists = new Map(pacts.map((one) => [`${one.list} ${one.listRevision}`, one]));
  const priceLists: Bundle["priceLists"] = [];
  for (const { list: id, listRevision } of lists.values()) {
    const { list, revision } = (await readList(sql, id, listRevision))!;
    priceLists.push({ list, revision });
  }
  priceLists.sort((a, b) =>
    a.list.id === b.list.id ? a.revision - b.revision : a.list.id < b.list.id ? -1 : 1,
  );
  const agreements: Bundle["agreements"] = [];
  for (const number of new Set(pacts.map(({ agreementRevision }) => agreementRevision))) {
    const { agreement, revision } = (await readAgreement(sql, tenant, number))!;
    agreements.push({ agreement, revision });
  }
  agreements.sort((a, b) => a.revision - b.revision);
  return { priceLists, agreements };
}

type SignedOf = (reading: {
  readonly meter: number;
  readonly number: bigint;
  readonly revision: number;
}) => Month["meters"][number]["readings"][number]["signed"];

/** What sources signed of the readings of meters. */
async function meterSignatures(
  sql: Sql,
  used: readonly Used[],
): Promise<{ meterBatches: Bundle["meterBatches"]; signedOf: SignedOf }> {
  const keyOf = ({ meter, number, revision }: Parameters<SignedOf>[0]) =>
    `${meter} ${number} ${revision}`;
  const places = [];
  for (const { meters, from, until } of used) {
    const ids = meters.map(({ meter }) => meter.id);
    places.push(...(await signedMeterPlaces(sql, ids, { from, until })));
  }
  const stored = await readMeterBatches(sql, batchesIn(places));
  const trees = openBatches(stored);
  const found = new Map(places.map((one) => [keyOf(one), one]));
  return {
    meterBatches: stored.map(({ signer, source, ...batch }) => {
      return { signer, source, ...trees.signed(batch) };
    }),
    signedOf: (reading) => {
      const place = found.get(keyOf(reading));
      return place ? trees.placeOf(place) : null;
    },
  };
}

function shownMeter({ meter, readings }: MeterAsOf, signedOf: SignedOf): Month["meters"][number] {
  const { id, signer, source, resource, measure, basis, attributes } = meter;
  return {
    ...{ id, signer, source, resource, measure, basis, attributes: { ...attributes } },
    readings: readings.map((reading) => {
      const { number, revision, from, to, quantity } = reading;
      return { number, revision, from, to, quantity, signed: signedOf(reading) };
    }),
  };
}

const shownUnpriced = ({ attributes, ...one }: BilledMonth["unpriced"][number]) => ({
  ...one,
  attributes: { ...attributes },
});

const backsOf = ({ backs }: BilledMonth): { run: RunId; amount: MicroYuan }[] =>
  [...backs].map(([run, amount]) => ({ run, amount })).sort((a, b) => (a.run < b.run ? -1 : 1));

const inOrder = (readings: readonly Reading[]): Reading[] =>
  readings.toSorted((a, b) => a.number - b.number || (a.revision ?? 0) - (b.revision ?? 0));
