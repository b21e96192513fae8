import { transferIdOf } from "@wadi/core/ledger";
import { correctCharge, type Charge } from "@wadi/core/metering";
import { formatYuan, microYuan, type MicroYuan, type RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findTransfers, problemList, sha256, type AuditCheck } from "../ledger/index.ts";
import { findCharges } from "./charge-store.ts";
import { correctable, type Correctable } from "./correctable.ts";
import { noRun } from "./evidence.ts";
import { correctedRuns, type StoredCorrection } from "./later-store.ts";

const pageSize = 500;

/** Makes all corrections of charges anew from readings, and holds them against their transfers. */
export async function auditCorrections(sql: Sql): Promise<AuditCheck> {
  const problems = problemList();
  let checked = 0n;
  for (let after: RunId = noRun, isLast = false; !isLast;) {
    const runs = await correctedRuns(sql, { after, limit: pageSize });
    const charges = await findCharges(sql, runs);
    const page = await correctable(sql, [...charges.values()]);
    const moves = page.flatMap((one) => movesOf(one, problems.add));
    const lines = await findTransfers(
      sql,
      moves.map(({ fact }) => transferIdOf(fact, sha256)),
    );
    const posted = new Map([...lines.values()].map(({ fact, amount }) => [fact, amount]));
    problems.add(moves.flatMap((move) => compare(move, posted.get(move.fact) ?? microYuan(0n))));
    checked += BigInt(page.reduce((sum, { corrections }) => sum + corrections.length, 0));
    isLast = runs.length < pageSize;
    after = runs.at(-1) ?? after;
  }
  return { name: "corrections are usage × price, and posted", checked, problems: problems.all() };
}

interface Move {
  readonly fact: string;
  readonly amount: MicroYuan;
}

/** What the corrections of one charge must have moved, recomputed; differences are told. */
function movesOf(one: Correctable, tell: (problems: string[]) => void): Move[] {
  const { charge, corrections, terms } = one;
  if (!terms) {
    tell(corrections.map(({ run }) => `run ${run}: its prices cannot be read`));
    return [];
  }
  let stands: Charge = charge.charge;
  return corrections.flatMap((stored): Move[] => {
    const readings = one.readingsUpTo(stored.correction);
    const { after, correction } = correctCharge(stands, { readings, terms });
    stands = after;
    tell(differences(stored, after));
    const name = `${stored.run}/${stored.correction}`;
    return [
      { fact: `clear-up/${name}`, amount: positive(correction.cash) },
      { fact: `clear-down/${name}`, amount: positive(-(correction.cash as bigint)) },
      { fact: `claw-back/${name}`, amount: positive(-(correction.voucher as bigint)) },
    ];
  });
}

const positive = (amount: bigint) => microYuan(amount > 0n ? amount : 0n);

function differences({ run, correction, charge }: StoredCorrection, right: Charge): string[] {
  return (["price", "voucher", "cash", "platformFee"] as const).flatMap((part) => {
    if (charge[part] === right[part]) return [];
    const [says, is] = [formatYuan(charge[part]), formatYuan(right[part])];
    return [`run ${run}: correction ${correction} says ${part} ${says}, recomputed it is ${is}`];
  });
}

function compare({ fact, amount }: Move, posted: MicroYuan): string[] {
  if (amount === posted) return [];
  return [`${fact} is ${formatYuan(amount)}, but ${formatYuan(posted)} was posted`];
}
