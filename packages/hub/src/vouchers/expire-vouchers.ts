import { accounts, balanceOf, ownerOf, voucherOf, type Transfer } from "@wadi/core/ledger";
import { noMoney, total, type MicroYuan } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { findUnused, lockHead, postTransfers, type StoredAccount } from "../ledger/index.ts";
import { expiredProgrammes } from "./store.ts";

/**
 * Takes back what tenants have not used of programmes that are over. What is reserved for jobs
 * stays; should it be released later, the next sweep takes it. Safe to repeat at any time, by
 * several hubs at once.
 * @returns how much expired now
 */
export async function expireVouchers({ db, clock }: Pick<Hub, "db" | "clock">): Promise<MicroYuan> {
  const now = clock.now();
  const over = (await expiredProgrammes(db.sql, now)).map(({ id }) => id);
  if (over.length === 0 || (await findUnused(db.sql, over)).length === 0) return noMoney;
  return db.transaction(async (sql) => {
    await lockHead(sql); // what is unused stays so until it has expired
    const transfers = (await findUnused(sql, over)).map((issued) => expiryOf(issued, now));
    const { outcomes } = await postTransfers(
      sql,
      transfers.map((one) => [one]),
      now,
    );
    const failed = outcomes.find(({ kind }) => kind !== "posted");
    if (failed) throw new Error(`a voucher could not expire: ${failed.kind}`);
    return total(transfers.map(({ amount }) => amount));
  });
}

/**
 * The fact names how much was ever issued: it is another one once something came back after the
 * voucher had expired.
 */
function expiryOf(issued: StoredAccount, now: Temporal.Instant): Transfer {
  return {
    kind: "expire",
    from: issued,
    to: accounts.expired(voucherOf(issued)),
    amount: balanceOf(issued),
    hold: null,
    fact: `expire/${ownerOf(issued)}/${issued.credits}`,
    note: "",
    job: null,
    run: null,
    happenedAt: now,
  };
}
