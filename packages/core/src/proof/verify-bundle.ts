import { type Sha256 } from "../ledger/index.ts";
import { formatYuan, minus, noMoney, plus, total, type MicroYuan } from "../units/index.ts";
import type { BundleMonth } from "./bundle-months.ts";
import type { Bundle } from "./bundle.ts";
import { isOwn } from "./bundle.ts";
import { wrongInCharges } from "./verify-charges.ts";
import { wrongInClaims } from "./verify-claims.ts";
import { wrongInCorrections } from "./verify-corrections.ts";
import { wrongInAnchors, wrongInEarlier, wrongInTransfers } from "./verify-journal.ts";
import { wrongInMeterBatches, wrongInMonths } from "./verify-months.ts";
import { batchText } from "./sign-readings.ts";

/** What the caller brings: this package has nothing from outside the language. */
export interface BundleTools {
  readonly sha256: Sha256;
  /** Whether an Ed25519 signature is right; key and signature in base64, as the bundle has them. */
  readonly isSigned: (signed: {
    readonly text: string;
    readonly signingKey: string;
    readonly signature: string;
  }) => boolean;
}

/**
 * Makes a bill anew from its readings, prices and transfers, and follows each to what was signed
 * or anchored, without the hub and its database.
 * @returns the first thing that is wrong, as a sentence; undefined when the bill is right
 */
export function firstDifference(bundle: Bundle, tools: BundleTools): string | undefined {
  const parts = [
    wrongInAnchors,
    wrongInTransfers,
    wrongInEarlier,
    wrongInBatches,
    wrongInMeterBatches,
    wrongInCharges,
    wrongInCorrections,
    wrongInMonths,
    wrongInClaims,
    wrongInLines,
    wrongInBalances,
  ];
  for (const part of parts) {
    for (const sentence of part(bundle, tools)) return sentence;
  }
  return undefined;
}

function* wrongInBatches({ batches }: Bundle, { isSigned }: BundleTools): Generator<string> {
  for (const [i, { centre, root, signingKey, signature }] of batches.entries()) {
    if (!isSigned({ text: batchText(centre, root), signingKey, signature })) {
      yield `batch ${i}: ${centre} has not signed these readings with its key`;
    }
  }
}

function* wrongInLines({ lines, charges, corrections, months, totals }: Bundle): Generator<string> {
  for (const [i, { run, charge }] of charges.entries()) {
    const line = lines[i];
    if (!line) yield `line ${i + 1}: the bill has no line for the run ${run}`;
    else if (line.run !== run) yield `line ${i + 1}: is for the run ${line.run}, not ${run}`;
    else if (!line.at.equals(charge.chargedAt)) {
      yield `line ${i + 1}: is of ${line.at}; the run ${run} was charged at ${charge.chargedAt}`;
    } else {
      for (const part of ["charge", "voucher", "cash"] as const) {
        if (line[part] === charge[part]) continue;
        const said = `${part} is ${formatYuan(line[part])}`;
        yield `line ${i + 1}: ${said}, the run ${run} was charged ${formatYuan(charge[part])}`;
      }
    }
  }
  if (lines.length > charges.length) {
    yield `line ${charges.length + 1}: the run ${lines[charges.length]!.run} was never charged`;
  }
  const changes = corrections.map(({ before, after }) => {
    const cash = minus(after.cash, before.cash);
    const voucher = minus(after.voucher, before.voucher);
    return { cash, voucher, charge: plus(cash, voucher) };
  });
  const adjusted = months.map((one) => {
    const cash = minus(one.cash, one.before?.cash ?? noMoney);
    const backs = (of: BundleMonth["before"]) =>
      total((of?.backs ?? []).map(({ amount }) => amount));
    const voucher = minus(backs(one.before), backs(one));
    return { cash, voucher, charge: plus(cash, voucher) };
  });
  for (const part of ["charge", "voucher", "cash"] as const) {
    const sum = total([...lines, ...changes, ...adjusted].map((line) => line[part]));
    if (totals[part] === sum) continue;
    yield `totals: ${part} is ${formatYuan(totals[part])}, the lines give ${formatYuan(sum)}`;
  }
}

/** What stood on each of the tenant's accounts, and what moved, must give what stands there. */
function* wrongInBalances({ tenant, accounts, transfers }: Bundle): Generator<string> {
  const balances = new Map(accounts.map(({ path, opening }) => [path, opening]));
  const move = (path: string, amount: MicroYuan) => {
    const before = balances.get(path);
    if (before !== undefined) balances.set(path, plus(before, amount));
    return before !== undefined || !isOwn(path, tenant);
  };
  for (const { seq, from, to, amount } of transfers) {
    const isKnown = move(from, minus(noMoney, amount)) && move(to, amount);
    if (!isKnown) yield `transfer ${seq}: moves what stands on no account of the bundle`;
  }
  for (const [i, { path, opening, closing }] of accounts.entries()) {
    const before = accounts[i - 1];
    if (before && before.path >= path) yield `account ${path}: does not come after ${before.path}`;
    if (!isOwn(path, tenant)) yield `account ${path}: is not the tenant's`;
    const balance = balances.get(path)!;
    if (balance === closing) continue;
    const [had, has, gives] = [opening, closing, balance].map(formatYuan);
    yield `account ${path}: had ${had} yuan and has ${has}; its transfers make it ${gives}`;
  }
}
