import { accounts, type Transfer } from "@wadi/core/ledger";
import {
  least,
  minus,
  noMoney,
  plus,
  total,
  type MicroYuan,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import { listDirect, type DirectlyPaid } from "./direct-store.ts";
import type { Month } from "./month-store.ts";
import { postGroups, standingOf } from "./post-groups.ts";
import { listDues } from "./result-store.ts";

/**
 * Posts, for each provider, what it is due less what the charges gave it already, and gives back to
 * those who paid it themselves what they were charged. Where a provider has not so much any more it
 * owes the rest, which is carried forward.
 */
export const postAdjustments = (sql: Sql, month: Month, at: Temporal.Instant): Promise<void> =>
  postAll(sql, { month, at, verb: "settle" });

/**
 * Posts the same the other way, into the open month. What was posted stays; so does what was netted
 * of debts, which were owed whatever the month says.
 */
export const takeBackAdjustments = (sql: Sql, month: Month, at: Temporal.Instant): Promise<void> =>
  postAll(sql, { month, at, verb: "unsettle" });

interface Said {
  readonly month: Month;
  readonly at: Temporal.Instant;
  /** In the facts: each settlement is posted once, and taken back once. */
  readonly verb: "settle" | "unsettle";
}

/** Each provider's transfers together. */
async function postAll(sql: Sql, said: Said): Promise<void> {
  await lockHead(sql); // what stands now does so until all is posted
  const payable = await standingOf(sql, "payable");
  const free = await standingOf(sql, "prepaid");
  const direct = Map.groupBy(await listDirect(sql, said.month.id), ({ provider }) => provider);
  const groups = [...(await adjustments(sql, said))].map(([provider, amount]) => {
    const own = direct.get(provider) ?? [];
    const moves = [
      ...adjusting(provider, amount, said),
      ...own.flatMap((one) =>
        said.verb === "settle" ? [paidDirectly(one, said)] : notPaidDirectly(one, said, free),
      ),
    ];
    const before = payable.get(provider) ?? noMoney;
    const after = plus(before, total(moves.map((move) => changeOf(provider, move))));
    return [...overpaid(provider, after, said), ...moves];
  });
  await postGroups(sql, groups, said.at);
}

/** What each provider is to get on top, or to give back; also where that is nothing. */
async function adjustments(sql: Sql, { month, verb }: Said): Promise<Map<ProviderId, MicroYuan>> {
  const sums = new Map<ProviderId, MicroYuan>();
  for (const { provider, adjustment } of await listDues(sql, month.id)) {
    const amount = verb === "settle" ? adjustment : minus(noMoney, adjustment);
    sums.set(provider, plus(sums.get(provider) ?? noMoney, amount));
  }
  return sums;
}

function adjusting(provider: ProviderId, amount: MicroYuan, said: Said): Transfer[] {
  if (amount === noMoney) return [];
  const [payable, fee] = [accounts.payable(provider), accounts.platformFee()];
  const move =
    amount > noMoney
      ? ({ kind: "adjust-provider-up", from: fee, to: payable, amount } as const)
      : ({
          ...({ kind: "adjust-provider-down", from: payable, to: fee } as const),
          amount: minus(noMoney, amount),
        } as const);
  return [moveOf(said, move, { of: provider })];
}

function paidDirectly({ provider, amount, ...by }: DirectlyPaid, said: Said): Transfer {
  const from = accounts.payable(provider);
  const move =
    by.payer === "tenant"
      ? ({ kind: "paid-directly", to: accounts.prepaid(by.of) } as const)
      : ({ kind: "fund-paid-directly", to: accounts.due(by.of) } as const);
  const of = `${provider}/${by.payer}/${by.of}`;
  return moveOf(said, { ...move, from, amount }, { of, part: "direct" });
}

/** @param free  what tenants have paid in and not spent; less what is taken of it, afterwards */
function notPaidDirectly(
  { provider, amount, ...by }: DirectlyPaid,
  said: Said,
  free: Map<string, MicroYuan>,
): Transfer[] {
  const of = `${provider}/${by.payer}/${by.of}`;
  const to = accounts.payable(provider);
  if (by.payer === "fund") {
    const [due, back] = [accounts.due(by.of), accounts.fundRefund(by.of)];
    return [
      moveOf(said, { kind: "fund-refund", from: due, to: back, amount }, { of, part: "refund" }),
      moveOf(said, { kind: "fund-direct-back", from: back, to, amount }, { of, part: "direct" }),
    ];
  }
  const paid = least(amount, free.get(by.of) ?? noMoney);
  free.set(by.of, minus(free.get(by.of) ?? noMoney, paid));
  const [prepaid, receivable] = fromTenant(by.of);
  const owed = minus(amount, paid);
  return [
    moveOf(said, { ...prepaid, to, amount: paid }, { of, part: "direct" }),
    moveOf(said, { ...receivable, to, amount: owed }, { of, part: "direct-owed" }),
  ].filter((move) => move.amount > noMoney);
}

const fromTenant = (tenant: TenantId) =>
  [
    { kind: "direct-back", from: accounts.prepaid(tenant) },
    { kind: "direct-owed", from: accounts.receivable(tenant) },
  ] as const;

/** Of what would stand below zero, the provider owes it. */
function overpaid(provider: ProviderId, after: MicroYuan, said: Said): Transfer[] {
  if (after >= noMoney) return [];
  const [from, to] = [accounts.overpaid(provider), accounts.payable(provider)];
  const move = { kind: "overpaid", from, to, amount: minus(noMoney, after) } as const;
  return [moveOf(said, move, { of: provider, part: "overpaid" })];
}

function changeOf(provider: ProviderId, { from, to, amount }: Transfer): MicroYuan {
  const { path } = accounts.payable(provider);
  if (to.path === path) return amount;
  return from.path === path ? minus(noMoney, amount) : noMoney;
}

/** @param name.part  what else the settlement does with it, besides the adjustment */
function moveOf(
  { month, at, verb }: Said,
  move: Pick<Transfer, "kind" | "from" | "to" | "amount">,
  { of, part }: { of: string; part?: string },
): Transfer {
  return {
    ...move,
    ...{ hold: null, job: null, run: null, happenedAt: at },
    fact: `${part === undefined ? verb : `${verb}-${part}`}/${month.id}/${of}`,
    note: `${verb} ${month.month}, revision ${month.revision}`,
  };
}
