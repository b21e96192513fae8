import { accounts, describeRefusal, type Transfer } from "@wadi/core/ledger";
import type { HoldId, JobId, MicroYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { latest } from "./latest.ts";
import { postTransfers } from "./post-transfers.ts";
import { findVouchers, type ReservedPart, type VoucherFinder } from "./voucher-funds.ts";

/** A part of a hold that is not needed any more. */
export interface Release extends ReservedPart {
  readonly hold: HoldId;
  /** Why it is free, once for ever: `release/<job>`. */
  readonly fact: string;
  readonly job: JobId;
  readonly cash: MicroYuan;
  readonly at: Temporal.Instant;
}

/**
 * Gives parts of holds back to those they came from. The same release again changes nothing.
 * @throws Error when a hold has less left than that: the caller has lost count
 */
export async function releaseHolds(sql: Sql, releases: readonly Release[]): Promise<void> {
  if (releases.length === 0) return;
  const voucherOf = await findVouchers(sql, releases);
  const groups = releases.map((release) => transfersOf(release, voucherOf));
  const { outcomes } = await postTransfers(sql, groups, latest(releases.map(({ at }) => at)));
  for (const [i, outcome] of outcomes.entries()) {
    const { hold, fact } = releases[i]!;
    if (outcome.kind === "refused") {
      throw new Error(`releasing ${hold} for ${fact}: ${describeRefusal(outcome.reason)}`);
    }
    if (outcome.kind === "key-reused") {
      throw new Error(`releasing ${hold}: ${fact} released another amount before`);
    }
  }
}

/** None for amounts of zero. The voucher's part has the fact with `/voucher` added. */
function transfersOf(release: Release, voucherOf: VoucherFinder): Transfer[] {
  const { tenant, cash, voucher, fact, hold, job, at } = release;
  const common = { hold, job, run: null, note: "", happenedAt: at };
  const transfers: Transfer[] = [];
  if (cash > 0n) {
    const way = { from: accounts.held(tenant), to: accounts.prepaid(tenant) };
    transfers.push({ ...common, ...way, kind: "release", amount: cash, fact });
  }
  const of = voucherOf(release);
  if (of) {
    const way = { from: accounts.reserved(of), to: accounts.issued(of) };
    const part = { amount: voucher, fact: `${fact}/voucher` };
    transfers.push({ ...common, ...way, kind: "unreserve", ...part });
  }
  return transfers;
}
