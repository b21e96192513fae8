import { transferIdOf, usualFact, type JournalLine, type TransferKind } from "@wadi/core/ledger";
import { verifyCharge } from "@wadi/core/metering";
import { formatYuan, microYuan, type MicroYuan, type RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findTransfers, problemList, sha256, type AuditCheck } from "../ledger/index.ts";
import { auditCorrections } from "./audit-corrections.ts";
import { noRun, provableCharges, type ProvableCharge } from "./evidence.ts";

const pageSize = 500;

/** The kinds of transfers that a charge posts. */
const kinds = ["cash", "redeem", "subsidy", "fee"] as const satisfies readonly TransferKind[];
type Kind = (typeof kinds)[number];

/**
 * Makes every charge anew from its readings and prices, and holds it against its transfers: each
 * charge is posted as it is, and no transfer of these kinds is without a charge.
 *
 * @param movedBy  the sum of all transfers in the journal by kind
 */
export async function auditCharges(
  sql: Sql,
  movedBy: ReadonlyMap<TransferKind, bigint>,
): Promise<AuditCheck[]> {
  const recomputed = problemList();
  const posted = problemList();
  const sums = new Map<Kind, bigint>();
  let checked = 0n;
  for (let after: RunId = noRun, isLast = false; !isLast;) {
    const page = await provableCharges(sql, { after, limit: pageSize });
    const lines = await linesOf(sql, page.charges);
    for (const one of page.charges) {
      const wrong = verifyCharge(one.charge, one.evidence);
      recomputed.add(wrong.map((what) => `run ${one.run}: ${what}`));
      posted.add(compareLines(one, lines));
      for (const kind of kinds) sums.set(kind, (sums.get(kind) ?? 0n) + amountOf(one, kind));
    }
    checked += BigInt(page.charges.length);
    isLast = page.isLast;
    after = page.charges.at(-1)?.run ?? after;
  }
  posted.add(compareSums(sums, movedBy));
  return [
    { name: "charges are usage × price", checked, problems: recomputed.all() },
    { name: "charges are posted, and nothing else is", checked, problems: posted.all() },
    await auditCorrections(sql),
  ];
}

/** The transfers of the charges, by fact. */
async function linesOf(
  sql: Sql,
  charges: readonly ProvableCharge[],
): Promise<ReadonlyMap<string, JournalLine>> {
  const facts = charges.flatMap((one) => kinds.map((kind) => factOf(one, kind)));
  const found = await findTransfers(
    sql,
    facts.map((fact) => transferIdOf(fact, sha256)),
  );
  return new Map([...found.values()].map((line) => [line.fact, line]));
}

const factOf = ({ run, hold }: ProvableCharge, kind: Kind) => usualFact({ kind, run, hold });

function amountOf({ charge }: ProvableCharge, kind: Kind): MicroYuan {
  if (kind === "cash") return charge.cash;
  return kind === "fee" ? charge.platformFee : charge.voucher;
}

function compareLines(one: ProvableCharge, lines: ReadonlyMap<string, JournalLine>): string[] {
  return kinds.flatMap((kind) => {
    const line = lines.get(factOf(one, kind));
    const amount = amountOf(one, kind);
    if (amount !== (line?.amount ?? 0n)) {
      const moved = formatYuan(line?.amount ?? microYuan(0n));
      return [`run ${one.run}: ${kind} is ${formatYuan(amount)}, but ${moved} was posted`];
    }
    if (!line || isBetween(one, line)) return [];
    return [`run ${one.run}: ${kind} went from ${line.from.path} to ${line.to.path}`];
  });
}

/** Whether a transfer goes between the parties of the charge. */
function isBetween(one: ProvableCharge, { kind, from, to }: JournalLine): boolean {
  switch (kind) {
    case "cash":
      return from.path === `held/${one.tenant}` && to.path === `payable/${one.provider}`;
    case "redeem":
      return from.path === `reserved/${one.tenant}/${one.share.programme}`;
    case "subsidy":
      return to.path === `payable/${one.provider}`;
    default:
      return from.path === `payable/${one.provider}`;
  }
}

function compareSums(
  sums: ReadonlyMap<Kind, bigint>,
  movedBy: ReadonlyMap<TransferKind, bigint>,
): string[] {
  return kinds.flatMap((kind) => {
    const [charged, moved] = [sums.get(kind) ?? 0n, movedBy.get(kind) ?? 0n];
    if (charged === moved) return [];
    const [says, posted] = [formatYuan(microYuan(charged)), formatYuan(microYuan(moved))];
    return [`all charges together have ${says} of ${kind}, the journal ${posted}`];
  });
}
