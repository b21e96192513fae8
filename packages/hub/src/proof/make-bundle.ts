import { transferIdOf, usualFact, type AccountPath, type JournalLine } from "@wadi/core/ledger";
import { voucherOf, type Bundle as ProvedBundle } from "@wadi/core/proof";
import type { Reading } from "@wadi/core/metering";
import { minus, noMoney, plus, total, type RunId, type TenantId } from "@wadi/core/units";
import type { Bundle, ClaimId } from "@wadi/protocol";

import { claimsForProof } from "../claims/index.ts";
import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  balanceAt,
  findTransfers,
  linesOn,
  readByHand,
  sha256,
  viewOfTransfer,
  type Stretch,
} from "../ledger/index.ts";
import {
  chargesBetween,
  viewOfEvidence,
  withEvidence,
  type StoredCorrection,
} from "../metering/index.ts";
import { linesMax, notFound, periodOf, refuseTooMany, snapshot } from "../statements/index.ts";
import { tenantOf } from "../tenants/index.ts";
import { versionsOf } from "../vouchers/index.ts";
import { billedMonths } from "./billed-months.ts";
import { provableCorrections, type ProvableCorrection } from "./corrections-of.ts";
import { inPages, inTurns } from "./in-turns.ts";
import { ownAccounts } from "./own-store.ts";
import { placeLines } from "./place-lines.ts";
import { signaturesOf } from "./signatures-of.ts";

export interface Asked {
  readonly from: Temporal.Instant | undefined;
  readonly until: Temporal.Instant | undefined;
}

/** A bundle before it is written, and so without its digest. */
export type BundleDraft = Omit<Bundle, "digest" | "claims" | "rules"> &
  Pick<ProvedBundle, "claims" | "rules">;

/**
 * A tenant's bill for what the hub came to know in a time, with all that proves it: readings with
 * their signatures, prices, claims with the rules that decided them, transfers with their place
 * under an anchor.
 * @throws Refused `not-found`, `invalid-request` when it would be too long
 */
export async function makeBundle(
  { db, clock, config }: Pick<Hub, "db" | "clock" | "config">,
  tenant: TenantId,
  asked: Asked,
): Promise<BundleDraft> {
  const madeAt = clock.now();
  const of = { tenant, asked, madeAt, timeZone: config.timeZone };
  return composed(await snapshot(db, (sql) => gather(sql, of))); // no query waits for the pauses
}

type Gathered = Awaited<ReturnType<typeof gather>>;

/** All that a bundle has, as it is stored, of one moment. */
async function gather(
  sql: Sql,
  of: { tenant: TenantId; asked: Asked; madeAt: Temporal.Instant; timeZone: string },
) {
  const { tenant, asked, madeAt, timeZone } = of;
  if (!(await tenantOf(sql, tenant))) throw notFound(`tenant ${tenant}`);
  const { from, until, stretch } = await periodOf(sql, asked, madeAt);
  const paths = await ownAccounts(sql, tenant);
  const stored = await chargesBetween(sql, { of: { tenant }, from, until, limit: linesMax + 1 });
  const own = await linesOn(sql, paths, stretch);
  refuseTooMany([...stored, ...own]);
  const proved = await inPages(stored, (page) => withEvidence(sql, page));
  const charges = proved.sort((a, b) => (a.run < b.run ? -1 : 1));
  const corrections = await provableCorrections(sql, { tenant, from, until });
  const runs = charges.map(({ run }) => run);
  const lines = inOrder([...own, ...(await inPages(runs, (page) => postedFor(sql, page)))]);
  const earlier = await earlierLines(sql, { tenant, paths, stretch });
  const placed = [...earlier, ...lines];
  const billed = await billedMonths(sql, { tenant, from, until });
  const signed = [...runs, ...corrections.map(({ charge }) => charge.run), ...billed.runs];
  const paid = [...charges, ...corrections.map(({ charge }) => charge)];
  const programmes = [...new Set(paid.flatMap(({ share }) => share.programme ?? []))];
  return {
    ...{ tenant, from, until, madeAt, charges, corrections, lines, earlier, billed },
    places: await placeLines(sql, placed, timeZone),
    signatures: await signaturesOf(sql, [...new Set(signed)]),
    accounts: await balancesOf(sql, paths, stretch),
    programmes: await versionsOf(sql, programmes),
    claimed: await claimsForProof(sql, claimsIn(placed), until),
  };
}

/** What was gathered, as bundles show it. */
async function composed(of: Gathered): Promise<BundleDraft> {
  const { charges, corrections, lines, earlier, billed, places, signatures } = of;
  const { signedOf, batches } = signatures;
  const { priceLists, agreements, meterBatches } = billed;
  const placeOf = await places.open();
  const shownLine = (line: JournalLine) => ({ ...viewOfTransfer(line), ...placeOf(line) });
  const shownReadings = (run: RunId, readings: readonly Reading[]) =>
    readings.map((reading) => shownReading(reading, (one) => signedOf({ run, ...one })));
  const bill = charges.map(({ run, chargedAt, charge: { charge, voucher, cash } }) => {
    return { run, at: chargedAt, charge, voucher, cash };
  });
  const months = billed.months(shownReadings);
  return {
    ...{ format: "wadi-bundle/2", tenant: of.tenant, from: of.from, until: of.until },
    ...{ madeAt: of.madeAt, accounts: of.accounts, lines: bill },
    totals: totalsOf(bill, corrections, months),
    charges: await inTurns(charges, (one) => {
      return { ...viewOfEvidence(one), readings: shownReadings(one.run, one.evidence.readings) };
    }),
    corrections: await inTurns(corrections, (one) => {
      const { charge: _, ...evidence } = viewOfEvidence(one.charge);
      return {
        ...{ correction: one.correction.correction, at: one.correction.correctedAt },
        ...{ before: partsOf(one.before), after: partsOf(one.correction.charge) },
        evidence: { ...evidence, readings: shownReadings(one.charge.run, one.readings) },
      };
    }),
    ...{ months, priceLists, agreements, batches, meterBatches, programmes: of.programmes },
    ...of.claimed,
    earlier: await inTurns(earlier, shownLine),
    transfers: await inTurns(lines, shownLine),
    anchors: places.anchors,
  };
}

type Signed = Bundle["charges"][number]["readings"][number]["signed"];

function shownReading(
  { number, revision = 0, from, to, cards, cpuTime, peakMemoryBytes, busyTime, final }: Reading,
  signedOf: (one: { number: number; revision: number }) => Signed,
): Bundle["charges"][number]["readings"][number] {
  const busy = busyTime === undefined ? {} : { busyTime };
  const read = { number, revision, from, to, cards, cpuTime, peakMemoryBytes, ...busy, final };
  return { ...read, signed: signedOf({ number, revision }) };
}

function partsOf({ usage, price, voucher, cash, platformFee }: StoredCorrection["charge"]) {
  const { cardSeconds, held } = usage;
  return { cardSeconds, held, price, voucher, cash, platformFee };
}

/** Of the lines, and of what corrections and bills of months changed. */
function totalsOf(
  lines: Bundle["lines"],
  corrections: readonly ProvableCorrection[],
  months: Bundle["months"],
): Bundle["totals"] {
  const changed = (part: "voucher" | "cash") => [
    ...lines.map((line) => line[part]),
    ...corrections.map(({ before, correction }) => minus(correction.charge[part], before[part])),
  ];
  const back = (of: Bundle["months"][number]["before"]) =>
    total((of?.backs ?? []).map(({ amount }) => amount));
  const cash = total([
    ...changed("cash"),
    ...months.map((one) => minus(one.cash, one.before?.cash ?? noMoney)),
  ]);
  const voucher = total([
    ...changed("voucher"),
    ...months.map((one) => minus(back(one.before), back(one))),
  ]);
  return { charge: plus(voucher, cash), voucher, cash };
}

async function balancesOf(
  sql: Sql,
  paths: readonly AccountPath[],
  { after, through }: Stretch,
): Promise<Bundle["accounts"]> {
  const balances: Bundle["accounts"] = [];
  for (const path of paths) {
    const opening = await balanceAt(sql, [path], after);
    balances.push({ path, opening, closing: await balanceAt(sql, [path], through) });
  }
  return balances;
}

/** What runs were charged by: the same facts for ever. */
async function postedFor(sql: Sql, runs: readonly RunId[]): Promise<JournalLine[]> {
  const kinds = ["cash", "redeem", "subsidy", "fee"] as const;
  const ids = runs.flatMap((run) =>
    kinds.map((kind) => transferIdOf(usualFact({ kind, run, hold: null }), sha256)),
  );
  return [...(await findTransfers(sql, ids)).values()];
}

/** Each once. */
function inOrder(lines: readonly JournalLine[]): JournalLine[] {
  const bySeq = new Map(lines.map((line) => [line.seq, line]));
  return [...bySeq.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1));
}

/** What came onto the tenant's vouchers before, or left them, and all that moved under claims. */
async function earlierLines(
  sql: Sql,
  of: { tenant: TenantId; paths: readonly AccountPath[]; stretch: Stretch },
): Promise<JournalLine[]> {
  const { tenant, paths, stretch } = of;
  const vouchers = paths.filter((path) => voucherOf(path, tenant) !== undefined);
  const lines = await readByHand(sql, vouchers, { after: 0n, through: stretch.after });
  return lines.filter(({ fact, from, to }) => {
    const [left, came] = [voucherOf(from.path, tenant), voucherOf(to.path, tenant)];
    return left !== came || fact.startsWith("claim/");
  });
}

/** The claims that were granted by one of the lines. */
function claimsIn(lines: readonly JournalLine[]): ClaimId[] {
  const granted = lines.filter(({ kind }) => kind === "grant");
  const ids = granted.flatMap(({ fact }) => /^claim\/([^/]+)\//.exec(fact)?.[1] ?? []);
  return [...new Set(ids)] as ClaimId[];
}
