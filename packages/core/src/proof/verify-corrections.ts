import { priceSchedule } from "../capacity/index.ts";
import type { Sha256, TransferKind } from "../ledger/index.ts";
import { chargeFor, correctCharge, usageOf } from "../metering/index.ts";
import { deciTflops, formatYuan, microYuan, minus, noMoney, total } from "../units/index.ts";
import type { Bundle, BundleCharge, BundleCorrection, CorrectedParts } from "./bundle.ts";
import { firstUnlike } from "./first-unlike.ts";
import { wrongInReadings } from "./verify-charges.ts";
import { isWithin } from "./verify-journal.ts";

/** Corrections are what all readings give, follow one another, and moved what they changed. */
export function* wrongInCorrections(
  bundle: Bundle,
  { sha256 }: { readonly sha256: Sha256 },
): Generator<string> {
  const charged = new Map(bundle.charges.map((one) => [one.run, one]));
  for (const [i, one] of bundle.corrections.entries()) {
    const { run, tenant } = one.evidence;
    const at = `correction ${one.correction} of run ${run}`;
    const last = bundle.corrections[i - 1];
    const isNext = last?.evidence.run === run && last.correction + 1 === one.correction;
    if (last && !isNext && last.evidence.run >= run) yield `${at}: is out of order`;
    if (tenant !== bundle.tenant) yield `${at}: is of ${tenant}, not of ${bundle.tenant}`;
    if (!isWithin(bundle, one.at)) yield `${at}: was made at ${one.at}, out of the bill's time`;
    for (const what of wrongInReadings(bundle, one.evidence, sha256)) yield `${at}: ${what}`;

    const own = charged.get(run);
    if (own) yield* wrongBesideCharge(own, one, at);
    const first = own && one.correction === 1 ? { ...own.charge, ...own.charge.usage } : undefined;
    const was = isNext ? last.after : first;
    if (was) yield* differences(one.before, was, `${at}: before it`);
    yield* wrongInAfter(one, at);
    yield* wrongInMoves(bundle, one, at);
  }
  yield* leftOut(bundle);
}

/** It is of the same run, and has all readings that the charge was made from. */
function* wrongBesideCharge(
  own: BundleCharge,
  { evidence }: BundleCorrection,
  at: string,
): Generator<string> {
  for (const part of ["job", "provider", "programme", "peak"] as const) {
    if (own[part] === evidence[part]) continue;
    yield `${at}: ${part} is ${evidence[part]}, the charge has ${own[part]}`;
  }
  for (const reading of own.readings) {
    const { number, revision } = reading;
    const same = evidence.readings.find(
      (one) => one.number === number && one.revision === revision,
    );
    if (same && !firstUnlike(same, reading)) continue;
    yield `${at}: reading ${number} is not the one that the run was charged by`;
  }
}

/** What a correction moved is of one in the bundle; its fact ends with the run and its number. */
function* leftOut({ corrections, transfers }: Bundle): Generator<string> {
  const known = new Set(
    corrections.map(({ evidence, correction }) => `${evidence.run}/${correction}`),
  );
  for (const { seq, run, fact } of transfers) {
    const [, number] = /^[a-z-]+\/[^/]+\/(\d+)$/.exec(fact) ?? [];
    if (run === null || number === undefined || known.has(`${run}/${number}`)) continue;
    yield `transfer ${seq}: is of correction ${number} of run ${run}, which the bundle leaves out`;
  }
}

const parts = ["cardSeconds", "held", "price", "voucher", "cash", "platformFee"] as const;

function* differences(said: CorrectedParts, right: CorrectedParts, at: string): Generator<string> {
  for (const part of parts) {
    if (said[part] !== right[part]) yield `${at} ${part} was ${right[part]}, not ${said[part]}`;
  }
}

/** Made anew as corrections are: a voucher's part never rises above what it was before. */
function* wrongInAfter(
  { evidence, before, after }: BundleCorrection,
  at: string,
): Generator<string> {
  const prices = priceSchedule(evidence.prices);
  if (prices.kind === "refused") {
    yield `${at}: prices ${prices.problems[0]?.message}`;
    return;
  }
  const { share, programme, voucherRate, peak, readings } = evidence;
  const terms = {
    ...evidence,
    peak: peak === null ? null : deciTflops(peak),
    prices: prices.value,
    share: { ...share, programme, voucherRate },
  };
  const stood = { ...chargeFor(usageOf(readings), terms), voucher: before.voucher };
  const { after: right } = correctCharge(stood, { readings, terms });
  const { cardSeconds, held } = right.usage;
  for (const part of parts) {
    const recomputed = { ...right, cardSeconds, held }[part];
    if (after[part] !== recomputed) {
      yield `${at}: ${part} is ${after[part]}, recomputed it is ${recomputed}`;
    }
  }
}

/** Its transfers have its run and number in their fact. */
function* wrongInMoves(
  { transfers }: Bundle,
  { evidence, correction, before, after }: BundleCorrection,
  at: string,
): Generator<string> {
  const moved = (...kinds: TransferKind[]) => {
    const facts = new Set(kinds.map((kind) => `${kind}/${evidence.run}/${correction}`));
    return total(transfers.filter(({ fact }) => facts.has(fact)).map(({ amount }) => amount));
  };
  const cash = minus(moved("adjust-tenant-up", "owe"), moved("adjust-tenant-down"));
  const change = minus(after.cash, before.cash);
  if (cash !== change)
    yield `${at}: cash changed by ${formatYuan(change)}, moved was ${formatYuan(cash)}`;
  const back = minus(before.voucher, after.voucher);
  const returned = moved("claw-back");
  if (returned !== (back > 0n ? back : noMoney)) {
    const fell = formatYuan(microYuan(back > 0n ? back : 0n));
    yield `${at}: the voucher's part fell by ${fell}, ${formatYuan(returned)} went back`;
  }
}
