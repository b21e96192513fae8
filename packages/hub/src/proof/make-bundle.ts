import {
  accounts,
  transferIdOf,
  usualFact,
  type AccountPath,
  type JournalLine,
} from "@wadi/core/ledger";
import { digestOf, type JsonObject } from "@wadi/core/proof";
import type { Reading } from "@wadi/core/metering";
import { minus, plus, total, type RunId, type TenantId } from "@wadi/core/units";
import { bundle, type Bundle } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  balanceAt,
  findAccounts,
  findTransfers,
  linesOn,
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
import { versionsOf, vouchersEver } from "../vouchers/index.ts";
import { provableCorrections, type ProvableCorrection } from "./corrections-of.ts";
import { placeLines } from "./place-lines.ts";
import { signaturesOf } from "./signatures-of.ts";

export interface Asked {
  readonly from: Temporal.Instant | undefined;
  readonly until: Temporal.Instant | undefined;
}

/**
 * A tenant's bill for what the hub came to know in a time, with all that proves it: readings with
 * their signatures, prices, the programmes' rates, transfers with their place under an anchor.
 * @throws Refused `not-found`, `invalid-request` when it would be too long
 */
export function makeBundle(
  { db, clock, config }: Pick<Hub, "db" | "clock" | "config">,
  tenant: TenantId,
  asked: Asked,
): Promise<Bundle> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw notFound(`tenant ${tenant}`);
    const { from, until, stretch } = await periodOf(sql, asked, madeAt);
    const paths = await ownAccounts(sql, tenant);
    const stored = await chargesBetween(sql, { of: { tenant }, from, until, limit: linesMax + 1 });
    const own = await linesOn(sql, paths, stretch);
    refuseTooMany([...stored, ...own]);
    const charges = (await withEvidence(sql, stored)).toSorted((a, b) => (a.run < b.run ? -1 : 1));
    const corrections = await provableCorrections(sql, { tenant, from, until });
    const runs = charges.map(({ run }) => run);
    const lines = inOrder([...own, ...(await postedFor(sql, runs))]);
    const { placeOf, anchors } = await placeLines(sql, lines, config.timeZone);
    const signed = [...runs, ...corrections.map(({ charge }) => charge.run)];
    const { signedOf, batches } = await signaturesOf(sql, [...new Set(signed)]);
    const of = [...charges, ...corrections.map(({ charge }) => charge)];
    const programmes = [...new Set(of.flatMap(({ share }) => share.programme ?? []))];
    const bill = charges.map(({ run, chargedAt, charge: { charge, voucher, cash } }) => {
      return { run, at: chargedAt, charge, voucher, cash };
    });
    const shownReadings = (run: RunId, readings: readonly Reading[]) =>
      readings.map((reading) => shownReading(reading, (one) => signedOf({ run, ...one })));
    return withDigest({
      ...{ format: "wadi-bundle/1", tenant, from, until, madeAt },
      accounts: await balancesOf(sql, paths, stretch),
      lines: bill,
      totals: totalsOf(bill, corrections),
      charges: charges.map((one) => {
        return { ...viewOfEvidence(one), readings: shownReadings(one.run, one.evidence.readings) };
      }),
      corrections: corrections.map((one) => {
        const { charge: _, ...evidence } = viewOfEvidence(one.charge);
        return {
          ...{ correction: one.correction.correction, at: one.correction.correctedAt },
          ...{ before: partsOf(one.before), after: partsOf(one.correction.charge) },
          evidence: { ...evidence, readings: shownReadings(one.charge.run, one.readings) },
        };
      }),
      batches,
      programmes: await versionsOf(sql, programmes),
      transfers: lines.map((line) => ({ ...viewOfTransfer(line), ...placeOf(line) })),
      anchors,
    });
  });
}

type Signed = Bundle["charges"][number]["readings"][number]["signed"];

function shownReading(
  { number, revision = 0, from, to, cards, cpuTime, peakMemoryBytes, final }: Reading,
  signedOf: (one: { number: number; revision: number }) => Signed,
): Bundle["charges"][number]["readings"][number] {
  const read = { number, revision, from, to, cards, cpuTime, peakMemoryBytes, final };
  return { ...read, signed: signedOf({ number, revision }) };
}

function partsOf({ usage, price, voucher, cash, platformFee }: StoredCorrection["charge"]) {
  const { cardSeconds, held } = usage;
  return { cardSeconds, held, price, voucher, cash, platformFee };
}

/** Of the lines, and of what corrections changed. */
function totalsOf(
  lines: Bundle["lines"],
  corrections: readonly ProvableCorrection[],
): Bundle["totals"] {
  const sum = (part: "voucher" | "cash") =>
    total([
      ...lines.map((line) => line[part]),
      ...corrections.map(({ before, correction }) => minus(correction.charge[part], before[part])),
    ]);
  const [voucher, cash] = [sum("voucher"), sum("cash")];
  return { charge: plus(voucher, cash), voucher, cash };
}

/** Those that were ever used, by path. */
async function ownAccounts(sql: Sql, tenant: TenantId): Promise<AccountPath[]> {
  const { prepaid, held, receivable, depositHeld } = accounts;
  const { issued, reserved, redeemed, expired, clawback } = accounts;
  const money = [prepaid, held, receivable, depositHeld].map((account) => account(tenant));
  const vouchers = (await vouchersEver(sql, tenant)).flatMap((of) =>
    [issued, reserved, redeemed, expired, clawback].map((account) => account(of)),
  );
  const used = await findAccounts(
    sql,
    [...money, ...vouchers].map(({ path }) => path),
  );
  return used.map(({ path }) => path).sort();
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

/** Over the JSON as it travels. */
function withDigest(draft: Omit<Bundle, "digest">): Bundle {
  const travels = JSON.stringify(z.encode(bundle, { ...draft, digest: sha256("") }));
  return { ...draft, digest: digestOf(JSON.parse(travels) as JsonObject, sha256) };
}
