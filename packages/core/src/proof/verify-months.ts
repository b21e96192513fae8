import type { Sha256 } from "../ledger/index.ts";
import { usageLinesOfMeter, usageLinesOfRun, usageOf, type UsageLine } from "../metering/index.ts";
import {
  adjustment,
  chargedWithin,
  priceList,
  ratePacts,
  type Agreement,
  type Days,
  type PackageBalance,
  type Pact,
  type RatedMonth,
} from "../rating/index.ts";
import { formatYuan, microYuan, minus, noMoney, plus, total, type RunId } from "../units/index.ts";
import type { BundleMeter, BundleMonth, BundleMonthRun, BundlePact } from "./bundle-months.ts";
import type { Bundle } from "./bundle.ts";
import { firstUnlike } from "./first-unlike.ts";
import { rootOf } from "./merkle.ts";
import { meterBatchText, meterLeaf } from "./sign-meter-readings.ts";
import { wrongInReadings } from "./verify-charges.ts";
import { isWithin } from "./verify-journal.ts";

interface Tools {
  readonly sha256: Sha256;
}

/** Months billed by agreement are what usage and prices give, and moved what they changed. */
export function* wrongInMonths(bundle: Bundle, { sha256 }: Tools): Generator<string> {
  yield* wrongInPrices(bundle);
  for (const [i, one] of bundle.months.entries()) {
    const at = nameOf(one);
    const last = bundle.months[i - 1];
    if (last && orderOf(last) >= orderOf(one)) yield `${at}: does not come after ${nameOf(last)}`;
    if (!isWithin(bundle, one.billedAt)) {
      yield `${at}: was made at ${one.billedAt}, out of the bill's time`;
    }
    const isNext = last?.month.equals(one.month) === true && last.number + 1 === one.number;
    const unlike = isNext ? firstUnlike(one.before, { cash: last.cash, backs: last.backs }) : null;
    if (unlike) yield `${at}: ${unlike.place} before it was ${unlike.right}, not ${unlike.said}`;
    for (const run of one.runs) {
      for (const what of wrongInReadings(bundle, run, sha256))
        yield `${at}: run ${run.run}: ${what}`;
      for (const what of wrongInCharge(bundle, run)) yield `${at}: run ${run.run}: ${what}`;
    }
    for (const [place, meter] of one.meters.entries()) {
      const former = one.meters[place - 1];
      if (former && former.id >= meter.id) yield `${at}: meter ${meter.id} is out of order`;
      for (const what of wrongInMeter(bundle, meter, sha256)) yield `${at}: ${what}`;
    }
    yield* wrongInRating(bundle, one, at);
    yield* wrongInMoves(bundle, one, at);
  }
  yield* leftOut(bundle);
}

/** Each revision once, in order. */
function* wrongInPrices({ priceLists, agreements }: Bundle): Generator<string> {
  for (const [i, { list, revision }] of priceLists.entries()) {
    const before = priceLists[i - 1];
    if (!before || before.list.id < list.id) continue;
    if (before.list.id === list.id && before.revision < revision) continue;
    yield `price list ${list.id}: revision ${revision} is out of order`;
  }
  for (const [i, { revision }] of agreements.entries()) {
    if (i === 0 || agreements[i - 1]!.revision < revision) continue;
    yield `agreement: revision ${revision} is out of order`;
  }
}

export const nameOf = ({ month, number }: Pick<BundleMonth, "month" | "number">) =>
  `bill of ${month}, number ${number}`;
const orderOf = ({ month, number }: BundleMonth) => `${month} ${String(number).padStart(9, "0")}`;

/** What sources signed, by their keys. */
export function* wrongInMeterBatches(
  { meterBatches }: Bundle,
  { isSigned }: { readonly isSigned: (of: MeterSignature) => boolean },
): Generator<string> {
  for (const [i, { signer, source, root, signingKey, signature }] of meterBatches.entries()) {
    if (!isSigned({ text: meterBatchText({ signer, source }, root), signingKey, signature })) {
      yield `meter batch ${i}: "${source}" of ${signer} has not signed these readings with its key`;
    }
  }
}
interface MeterSignature {
  readonly text: string;
  readonly signingKey: string;
  readonly signature: string;
}

/** Where the bundle has the run's charge itself, the month must have it as it stood then. */
function* wrongInCharge(
  { charges, corrections }: Bundle,
  { run, provider, charge, voucher, voucherRate, readings }: BundleMonthRun,
): Generator<string> {
  const own = charges.find((one) => one.run === run);
  if (!own) return;
  if (own.provider !== provider) yield `is of ${provider}, its charge is of ${own.provider}`;
  for (const reading of own.readings) {
    const { number, revision } = reading;
    const same = readings.find((one) => one.number === number && one.revision === revision);
    if (!same || firstUnlike(same, reading))
      yield `reading ${number} is not the one it was charged by`;
  }
  const later = corrections.filter(({ evidence }) => evidence.run === run);
  const stood = [own.charge, ...later.map(({ after }) => after)].map((one) => {
    return { charge: plus(one.voucher, one.cash), voucher: one.voucher };
  });
  const fits = stood.some((one) => one.charge === charge && one.voucher === voucher);
  if (!fits || own.voucherRate !== voucherRate) {
    yield `is charged ${formatYuan(charge)}, its charge was ${formatYuan(stood.at(-1)!.charge)}`;
  }
}

/** Readings come by number, and each is what its source signed. */
function* wrongInMeter(
  { tenant, meterBatches }: Bundle,
  { id, signer, readings, ...meter }: BundleMeter,
  sha256: Sha256,
): Generator<string> {
  const at = `meter ${id} of ${meter.resource}`;
  for (const [i, reading] of readings.entries()) {
    const { number, signed } = reading;
    const before = readings[i - 1];
    if (before && before.number >= number) yield `${at}: reading ${number} is out of order`;
    if (!signed) continue;
    const batch = meterBatches[signed.batch];
    const leaf = meterLeaf({ ...meter, tenant }, reading, sha256);
    const isTheirs = batch?.signer === signer && batch.source === meter.source;
    if (!isTheirs || rootOf(leaf, { ...signed, size: batch.size }, sha256) !== batch.root) {
      const whom = batch ? `"${batch.source}"` : "anybody";
      yield `${at}: reading ${number} is not what ${whom} signed`;
    }
  }
}

function* wrongInRating(bundle: Bundle, one: BundleMonth, at: string): Generator<string> {
  const found = rerate(bundle, one);
  if (typeof found === "string") {
    yield `${at}: ${found}`;
    return;
  }
  const said = one.parts.map(({ total: sum, lines }) => ({ total: sum, lines }));
  const right = found.map((part) => ({
    total: part.total,
    lines: part.lines.map(({ sources: _sources, ...line }) => line),
  }));
  const sum = total(found.map((part) => part.total));
  const unpriced = found.flatMap((part) => part.unpriced);
  const charges = one.runs.map((run) => chargeIn(run, found));
  const before = new Map(one.before?.backs.map(({ run, amount }) => [run, amount]));
  const { charged, cash, backs } = adjustment(sum, charges, before);
  const unlike =
    firstUnlike({ parts: said, unpriced: one.unpriced }, { parts: right, unpriced }) ??
    firstUnlike(
      { total: one.total, charged: one.charged, cash: one.cash, backs: byRun(one.backs) },
      { total: sum, charged, cash, backs: byRun(backs) },
    );
  if (!unlike) return;
  const { place, right: gives, said: says } = unlike;
  yield `${at}: usage and prices give ${gives} for ${place}, the bundle says ${says}`;
}

const byRun = <T extends { readonly run: RunId }>(backs: readonly T[]): T[] =>
  backs.toSorted((a, b) => (a.run < b.run ? -1 : 1));

/** The month anew, part by part; or what the bundle lacks for it. */
function rerate(bundle: Bundle, one: BundleMonth): readonly RatedMonth[] | string {
  const usage = [
    ...one.runs.flatMap(usageOfRun),
    ...one.meters.flatMap((meter) => usageLinesOfMeter(`${meter.id}`, meter, meter.readings)),
  ];
  let carried: readonly PackageBalance[] = [];
  for (const { month, parts } of one.earlier) {
    const pacts = pactsOf(bundle, parts);
    if (typeof pacts === "string") return pacts;
    if (Temporal.PlainYearMonth.compare(month, one.month) >= 0)
      return `${month} is no earlier month`;
    ({ carried } = ratePacts({ usage, month, pacts, carried }));
  }
  const pacts = pactsOf(bundle, one.parts);
  if (typeof pacts === "string") return pacts;
  return ratePacts({ usage, month: one.month, pacts, carried }).rated;
}

function usageOfRun({
  run,
  model,
  cardShare,
  provider,
  pool,
  readings,
}: BundleMonthRun): UsageLine[] {
  const { spans } = usageOf(readings);
  return usageLinesOfRun({ run, model, spans, cardShare, attributes: { pool, provider } });
}

/** The part of a run's charge that is for days on which something was agreed. */
function chargeIn(run: BundleMonthRun, parts: readonly RatedMonth[]) {
  const held = usageOfRun(run).filter(({ measure }) => measure === "card-seconds");
  const within = parts.map((part) => chargedWithin(run, held, part));
  return {
    run: run.run,
    voucherRate: run.voucherRate,
    charge: total(within.map(({ charge }) => charge)),
    voucher: total(within.map(({ voucher }) => voucher)),
  };
}

function pactsOf(
  { priceLists, agreements }: Bundle,
  parts: readonly BundlePact[],
): Pact[] | string {
  const pacts: Pact[] = [];
  for (const { from, until, list: id, listRevision, agreementRevision } of parts) {
    const put = priceLists.find(
      ({ list, revision }) => list.id === id && revision === listRevision,
    );
    if (!put) return `the bundle lacks revision ${listRevision} of the price list ${id}`;
    const list = priceList(put.list);
    if (list.kind !== "ok") return `price list ${id}: ${list.problems[0]?.message}`;
    const agreed = agreements.find(({ revision }) => revision === agreementRevision);
    if (!agreed) return `the bundle lacks revision ${agreementRevision} of the agreement`;
    if (!holdsOn(agreed.agreement, { from, until })) {
      return `revision ${agreementRevision} of the agreement holds not from ${from} to ${until}`;
    }
    pacts.push({ from, until, list: list.value, agreement: agreed.agreement });
  }
  return pacts;
}

const holdsOn = (agreement: Agreement, { from, until }: Days): boolean =>
  (agreement.from === null || Temporal.PlainDate.compare(agreement.from, from) <= 0) &&
  (agreement.until === null || Temporal.PlainDate.compare(until, agreement.until) <= 0);

/** The kinds of transfers by which a bill changes what the tenant paid. */
const cashKinds = { "adjust-tenant-up": 1n, owe: 1n, "adjust-tenant-down": -1n } as const;

function* wrongInMoves({ tenant, transfers }: Bundle, one: BundleMonth, at: string) {
  const { month, number, billedAt, cash, backs, before } = one;
  for (const { seq, fact, happenedAt } of transfers) {
    if (!fact.endsWith(`/${tenant}/${month}/${number}`) || happenedAt.equals(billedAt)) continue;
    yield `${at}: was made at ${billedAt}, transfer ${seq} of it at ${happenedAt}`;
  }
  const moved = (fact: string) =>
    total(transfers.filter((line) => line.fact === fact).map(({ amount }) => amount));
  const paid = Object.entries(cashKinds).map(
    ([kind, sign]) => sign * moved(`${kind}/${tenant}/${month}/${number}`),
  );
  const posted = microYuan(paid.reduce((sum, amount) => sum + amount, 0n));
  const change = minus(cash, before?.cash ?? noMoney);
  if (posted !== change) {
    yield `${at}: cash changed by ${formatYuan(change)}, moved was ${formatYuan(posted)}`;
  }
  const gone = new Map(before?.backs.map(({ run, amount }) => [run, amount]));
  for (const { run, amount } of backs) {
    const back = minus(amount, gone.get(run) ?? noMoney);
    const went = moved(`claw-back/${run}/${month}/${number}`);
    if (back === went) continue;
    const [should, did] = [back, went].map(formatYuan);
    yield `${at}: the voucher of run ${run} gave back ${should}, moved was ${did}`;
  }
}

/** What the bill of a month moved is of a bill in the bundle. */
function* leftOut({ tenant, transfers, months }: Bundle): Generator<string> {
  const known = new Set(months.map(({ month, number }) => `${tenant}/${month}/${number}`));
  for (const { seq, kind, fact } of transfers) {
    const [, name] = /^[a-z-]+\/([a-z0-9-]+\/\d{4}-\d{2}\/\d+)$/.exec(fact) ?? [];
    if (!(kind in cashKinds) || name === undefined || known.has(name)) continue;
    yield `transfer ${seq}: is of the month's bill ${name}, which the bundle leaves out`;
  }
}
