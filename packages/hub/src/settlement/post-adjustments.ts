import { accounts, describeRefusal, type Transfer } from "@wadi/core/ledger";
import {
  formatYuan,
  minus,
  noMoney,
  plus,
  type MicroYuan,
  type ProviderId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { postTransfers } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import type { Month } from "./month-store.ts";
import { listDues } from "./result-store.ts";

/**
 * Posts, for each provider, what it is due less what the charges gave it already.
 * @throws Refused `insufficient-funds` where a provider was given too much and paid out already
 */
export async function postAdjustments(sql: Sql, month: Month, at: Temporal.Instant): Promise<void> {
  const by = await adjustments(sql, month);
  await postAll(sql, { month, at, verb: "settle", by });
}

/**
 * Posts the same the other way, into the open month. What was posted stays.
 * @throws Refused `insufficient-funds`
 */
export async function takeBackAdjustments(
  sql: Sql,
  month: Month,
  at: Temporal.Instant,
): Promise<void> {
  const by = await adjustments(sql, month);
  const back = new Map([...by].map(([provider, amount]) => [provider, minus(noMoney, amount)]));
  await postAll(sql, { month, at, verb: "unsettle", by: back });
}

async function adjustments(sql: Sql, { id }: Month): Promise<Map<ProviderId, MicroYuan>> {
  const sums = new Map<ProviderId, MicroYuan>();
  for (const { provider, adjustment } of await listDues(sql, id)) {
    sums.set(provider, plus(sums.get(provider) ?? noMoney, adjustment));
  }
  return sums;
}

interface ToPost {
  readonly month: Month;
  readonly at: Temporal.Instant;
  /** In the facts: each settlement is posted once, and taken back once. */
  readonly verb: "settle" | "unsettle";
  readonly by: ReadonlyMap<ProviderId, MicroYuan>;
}

async function postAll(sql: Sql, { month, at, verb, by }: ToPost): Promise<void> {
  const transfers = [...by].flatMap(([provider, amount]): Transfer[] => {
    if (amount === noMoney) return [];
    const [payable, fee] = [accounts.payable(provider), accounts.platformFee()];
    const isUp = amount > noMoney;
    return [
      {
        kind: isUp ? "adjust-provider-up" : "adjust-provider-down",
        from: isUp ? fee : payable,
        to: isUp ? payable : fee,
        amount: isUp ? amount : minus(noMoney, amount),
        ...{ hold: null, job: null, run: null, happenedAt: at },
        fact: `${verb}/${month.id}/${provider}`,
        note: `${verb} ${month.month}, revision ${month.revision}`,
      },
    ];
  });
  const groups = transfers.map((one) => [one]);
  const { outcomes } = await postTransfers(sql, groups, at);
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.kind !== "refused") continue;
    const { reason } = outcome;
    const { from, amount } = transfers[i]!;
    if (reason.code !== "below-floor") throw new Error(`settling: ${describeRefusal(reason)}`);
    const has = `${from.path} has ${formatYuan(reason.balance)} yuan`;
    const detail = `${has}, less than the ${formatYuan(amount)} to take back; it was paid out`;
    throw new Refused("insufficient-funds", { account: from.path }, detail);
  }
}
