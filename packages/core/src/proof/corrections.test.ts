import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { flatPrice, priceSchedule } from "../capacity/index.ts";
import { chargeFor, correctCharge, usageOf, type Terms } from "../metering/index.ts";
import {
  asId,
  bytes,
  durationOf,
  minus,
  noMoney,
  plus,
  rate,
  yuan,
  type ProgrammeId,
  type ProviderId,
  type RunId,
  type TenantId,
} from "../units/index.ts";
import type { BundleReading } from "./bundle-reading.ts";
import type { Bundle, BundleCorrection, BundleTransfer } from "./bundle.ts";
import { wrongInCorrections } from "./verify-corrections.ts";

/* A run of two hours, half of it paid by voucher; a third hour is read when it was charged. */

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const start = Temporal.Instant.from("2026-11-01T00:00:00Z");
const at = (hours: number) => start.add({ hours });
const run = asId<RunId>("018f0000-0000-7000-8000-000000000001");
const tenant = asId<TenantId>("acme");
const programme = asId<ProgrammeId>("half");

const reading = (number: number): BundleReading => ({
  ...{ number, revision: 0, from: at(number - 1), to: at(number), cards: 1 },
  ...{ cpuTime: durationOf(0), peakMemoryBytes: bytes(1), final: number === 3, signed: null },
});
const [first, second, late] = [1, 2, 3].map(reading) as [
  BundleReading,
  BundleReading,
  BundleReading,
];
const prices = flatPrice(yuan(6));
const schedule = priceSchedule(prices);
if (schedule.kind === "refused") throw new Error("a flat price is a schedule");
const share = { cash: yuan(100), voucher: yuan(50), programme, voucherRate: rate(500_000n) };
const terms: Terms = {
  peak: null,
  prices: schedule.value,
  feeRate: rate(20_000n),
  charged: true,
  share,
};

/** The correction as a hub makes it, with what it moved. */
function corrected(): Bundle {
  const charge = chargeFor(usageOf([first, second]), terms);
  const all = [first, second, late];
  const { after, correction } = correctCharge(charge, { readings: all, terms });
  const partsOf = ({ usage, price, voucher, cash, platformFee }: typeof charge) => {
    return {
      ...{ cardSeconds: usage.cardSeconds, held: usage.held },
      price,
      voucher,
      cash,
      platformFee,
    };
  };
  const { charged, feeRate } = terms;
  const one: BundleCorrection = {
    ...{ correction: 1, at: at(5), before: partsOf(charge), after: partsOf(after) },
    evidence: {
      ...{ run, job: asId(run), tenant, provider: asId<ProviderId>("lowland"), peak: null, prices },
      ...{ readings: all, feeRate, charged, share, programme, voucherRate: share.voucherRate },
      cardShare: 1000,
    },
  };
  const moved = {
    run,
    fact: `adjust-tenant-up/${run}/1`,
    amount: correction.cash,
  } as BundleTransfer;
  return {
    ...{ tenant, from: start, until: at(10), charges: [], batches: [] },
    ...{ corrections: [one], transfers: [moved] },
  } as unknown as Bundle;
}

const wrongIn = (bundle: Bundle) => [...wrongInCorrections(bundle, { sha256 })];
const withAfter = (
  bundle: Bundle,
  change: (after: BundleCorrection["after"]) => object,
): Bundle => {
  const [one] = bundle.corrections;
  return { ...bundle, corrections: [{ ...one!, after: { ...one!.after, ...change(one!.after) } }] };
};

test("what a late reading adds to a run that a voucher paid half of, cash pays alone", () => {
  const bundle = corrected();
  const { before, after } = bundle.corrections[0]!;
  expect([before.voucher, before.cash]).toEqual([yuan(6), yuan(6)]);
  expect([after.voucher, after.cash]).toEqual([yuan(6), yuan(12)]); // and not 9 and 9
  expect(wrongIn(bundle)).toEqual([]);
});

test("a voucher's part that rose with the late reading is told", () => {
  const risen = withAfter(corrected(), ({ voucher, cash }) => {
    const more = yuan(3);
    return { voucher: plus(voucher, more), cash: minus(cash, more) };
  });
  expect(wrongIn(risen)[0]).toBe(
    `correction 1 of run ${run}: voucher is ${yuan(9)}, recomputed it is ${yuan(6)}`,
  );
});

test("a correction that moved less than it says is told", () => {
  const bundle = corrected();
  const half = { ...bundle.transfers[0]!, amount: yuan(3) };
  expect(wrongIn({ ...bundle, transfers: [half] })).toEqual([
    `correction 1 of run ${run}: cash changed by 6.00, moved was 3.00`,
  ]);
  expect(wrongIn({ ...bundle, transfers: [{ ...half, amount: noMoney }] })).toHaveLength(1);
});
