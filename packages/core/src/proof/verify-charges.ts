import { isOfClaim, type Sha256 } from "../ledger/index.ts";
import { verifyCharge } from "../metering/index.ts";
import { deciTflops, formatYuan, microYuan, type RunId } from "../units/index.ts";
import type { BundleReading } from "./bundle-reading.ts";
import type { Bundle, BundleCharge, BundleTransfer } from "./bundle.ts";
import { rootOf } from "./merkle.ts";
import { readingLeaves } from "./sign-readings.ts";
import { isWithin } from "./verify-journal.ts";

interface Tools {
  readonly sha256: Sha256;
}

/** Readings are what was signed, charges what readings and prices give, transfers the same. */
export function* wrongInCharges(bundle: Bundle, { sha256 }: Tools): Generator<string> {
  const { charges, transfers, tenant } = bundle;
  const posted = Map.groupBy(transfers, ({ run }) => run);
  for (const [i, one] of charges.entries()) {
    const at = `run ${one.run}`;
    const before = charges[i - 1];
    if (before && before.run >= one.run) yield `${at}: does not come after ${before.run}`;
    if (one.tenant !== tenant) yield `${at}: is of ${one.tenant}, not of ${tenant}`;
    if (!isWithin(bundle, one.charge.chargedAt)) {
      yield `${at}: was charged at ${one.charge.chargedAt}, out of the bill's time`;
    }
    for (const what of wrongInReadings(bundle, one, sha256)) yield `${at}: ${what}`;
    const terms = { ...one.share, programme: one.programme, voucherRate: one.voucherRate };
    const peak = one.peak === null ? null : deciTflops(one.peak);
    const evidence = { ...one, peak, share: terms };
    for (const what of verifyCharge(one.charge, evidence)) yield `${at}: ${what}`;
    for (const what of wrongInPosting(one, posted.get(one.run) ?? [])) yield `${at}: ${what}`;
    for (const what of wrongInProgramme(bundle, one)) yield `${at}: ${what}`;
  }
  const known = new Set<RunId | null>(charges.map(({ run }) => run));
  for (const { seq, run, kind, fact } of transfers) {
    if (kind in partOf && !known.has(run) && !isOfClaim({ run, fact })) {
      yield `transfer ${seq}: charges the run ${run}, which the bill leaves out`;
    }
  }
}

/** Readings come in their order, and each is what its centre signed. */
export function* wrongInReadings(
  { batches }: Bundle,
  { run, readings }: Pick<BundleCharge, "run" | "readings">,
  sha256: Sha256,
): Generator<string> {
  for (const [i, reading] of readings.entries()) {
    const { number, revision, signed } = reading;
    const before = readings[i - 1];
    if (before && !comesAfter(reading, before)) yield `reading ${number} is out of order`;
    if (revision < 0) yield `reading ${number} has the revision ${revision}`;
    if (!signed) continue;
    const batch = batches[signed.batch];
    const [leaf] = readingLeaves([{ ...reading, run }], sha256);
    if (!batch || rootOf(leaf!, { ...signed, size: batch.size }, sha256) !== batch.root) {
      yield `reading ${number} is not what ${batch?.centre ?? "anybody"} signed`;
    }
  }
}

const comesAfter = (a: BundleReading, b: BundleReading) =>
  a.number > b.number || (a.number === b.number && a.revision > b.revision);

/** The kinds of transfers that a charge is posted as, and the part of it that each is. */
const partOf: Readonly<Record<string, "cash" | "voucher" | "platformFee">> = {
  cash: "cash",
  redeem: "voucher",
  subsidy: "voucher",
  fee: "platformFee",
};

function* wrongInPosting(
  { tenant, provider, job, programme, charge }: BundleCharge,
  transfers: readonly BundleTransfer[],
): Generator<string> {
  const [payable, held] = [`payable/${provider}`, `held/${tenant}`];
  const ways: Record<string, { from?: string; to?: string }> = {
    cash: { from: held, to: payable },
    redeem: { from: `reserved/${tenant}/${programme}`, to: `redeemed/${tenant}/${programme}` },
    subsidy: { to: payable },
    fee: { from: payable },
  };
  for (const [kind, part] of Object.entries(partOf)) {
    const own = transfers.filter((line) => line.kind === kind);
    const sum = own.reduce((all, { amount }) => all + amount, 0n);
    if (sum !== charge[part]) {
      yield `${kind} is ${formatYuan(charge[part])}, posted was ${formatYuan(microYuan(sum))}`;
    }
    const { from, to } = ways[kind]!;
    for (const line of own) {
      if ((from ?? line.from) !== line.from || (to ?? line.to) !== line.to) {
        yield `${kind} went from ${line.from} to ${line.to}`;
      }
      if (line.job !== job) yield `is of the job ${job}, posted was ${line.job}`;
      if (!line.knownAt.equals(charge.chargedAt)) {
        yield `was charged at ${charge.chargedAt}, posted at ${line.knownAt}`;
      }
    }
  }
}

function* wrongInProgramme({ programmes }: Bundle, one: BundleCharge): Generator<string> {
  const { programme, voucherRate, charge } = one;
  if (charge.voucher === 0n) return;
  const versions = programmes.filter((version) => version.programme === programme);
  if (versions.some(({ rate }) => rate === voucherRate)) return;
  yield `a voucher of ${programme} paid ${voucherRate} millionths; no version of it has that rate`;
}
