import { accounts, type Transfer } from "@wadi/core/ledger";
import {
  asId,
  downToFen,
  formatYuan,
  minus,
  noMoney,
  total,
  type MicroYuan,
  type ProviderId,
} from "@wadi/core/units";
import type { PayoutBatchId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { lockHead, claimOnce, type Once } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { payableAfterDebts } from "./owed.ts";
import {
  insertBatch,
  lockBatch,
  lockBatches,
  markDropped,
  markSent,
  promised,
  type PayoutBatch,
  type PayoutLine,
} from "./payout-store.ts";
import { postLines } from "./post-groups.ts";

type By = AuditEntry["by"];

/**
 * Makes a batch of what providers have earned and were not paid, in whole fen, by provider. What is
 * disputed or in another batch is not in it. Nothing is posted before it is sent.
 * @throws Refused `insufficient-funds` when there is nobody to pay; `key-reused`
 */
export function makePayouts(
  hub: Hub,
  asked: {
    least: MicroYuan;
    providers: readonly ProviderId[] | undefined;
    by: By;
    once: Once;
  },
): Promise<PayoutBatch> {
  const { least, providers, by, once } = asked;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const id = asId<PayoutBatchId>(hub.newId());
    const before = await claimOnce(sql, { by, once, subject: id });
    if (before !== undefined) return (await lockBatch(sql, asId<PayoutBatchId>(before)))!;
    await lockBatches(sql);
    const owed = await owedTo(sql);
    const due = [...owed].filter(([provider, amount]) => {
      const isAsked = providers === undefined || providers.includes(provider);
      return isAsked && amount >= least && amount > noMoney;
    });
    if (due.length === 0) {
      const detail = `no provider is owed ${formatYuan(least)} yuan or more that no batch has yet`;
      throw new Refused("insufficient-funds", {}, detail);
    }
    const lines = due.map(([provider, amount], i): PayoutLine => {
      return { line: i + 1, provider, amount, state: "made", bankReference: null };
    });
    await insertBatch(sql, { id, madeAt: at, madeBy: by.signer.key, lines });
    await tell(sql, { by, at, action: "payout.make", id, lines });
    return (await lockBatch(sql, id))!;
  });
}

/**
 * Releases a batch: the money is in transit until the bank's receipt says what became of it.
 * @throws Refused `needs-another-person` for whoever made it; `wrong-state`; `insufficient-funds`
 *   where a provider has been paid or disputed meanwhile: drop the batch and make another
 */
export function sendPayouts(
  hub: Hub,
  { id, by }: { id: PayoutBatchId; by: By },
): Promise<PayoutBatch> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const batch = await openBatch(sql, id);
    if (batch.madeBy === by.signer.key) {
      const detail = "this key made the batch; another person must release it";
      throw new Refused("needs-another-person", {}, detail);
    }
    await markSent(sql, { id, at, by: by.signer.key });
    await lockHead(sql); // what is owed stays so until it is posted
    await refuseOwed(sql, batch.lines);
    const moves = batch.lines.map((line): Transfer => ({
      ...{ kind: "send-payout", amount: line.amount, fact: `send-payout/${id}/${line.line}` },
      from: accounts.payable(line.provider),
      to: accounts.inTransit(line.provider),
      ...{ hold: null, job: null, run: null, happenedAt: at, note: `batch ${batch.number}` },
    }));
    await postLines(sql, moves, at);
    await tell(sql, { by, at, action: "payout.send", id, lines: batch.lines });
    return (await lockBatch(sql, id))!;
  });
}

/** @throws Refused `not-found`, `wrong-state` */
export function dropPayouts(
  hub: Hub,
  { id, by }: { id: PayoutBatchId; by: By },
): Promise<PayoutBatch> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const { lines } = await openBatch(sql, id);
    await markDropped(sql, { id, at });
    await tell(sql, { by, at, action: "payout.drop", id, lines });
    return (await lockBatch(sql, id))!;
  });
}

async function openBatch(sql: Sql, id: PayoutBatchId): Promise<PayoutBatch> {
  const batch = await lockBatch(sql, id);
  if (!batch) throw new Refused("not-found", {}, `there is no payout batch ${id}`);
  if (batch.sentAt === null && batch.droppedAt === null) return batch;
  const what = batch.sentAt === null ? `dropped at ${batch.droppedAt}` : `sent at ${batch.sentAt}`;
  throw new Refused("wrong-state", {}, `batch ${batch.number} was ${what}`);
}

/** By provider: whole fen that are payable and in no batch. */
async function owedTo(sql: Sql): Promise<Map<ProviderId, MicroYuan>> {
  const taken = await promised(sql);
  const free = await payableAfterDebts(sql);
  return new Map(
    [...free].map(([owner, amount]) => {
      const provider = asId<ProviderId>(owner);
      return [provider, downToFen(minus(amount, taken.get(provider) ?? noMoney))];
    }),
  );
}

/** What a provider owes from before is never paid out to it. */
async function refuseOwed(sql: Sql, lines: readonly PayoutLine[]): Promise<void> {
  const free = await payableAfterDebts(sql);
  for (const { provider, amount } of lines) {
    const owed = free.get(provider) ?? noMoney;
    if (amount <= owed) continue;
    const has = `${provider} is owed ${formatYuan(owed)} yuan by now, less than the batch has`;
    const cure = "drop the batch and make another";
    throw new Refused("insufficient-funds", { provider }, `${has}; ${cure}`);
  }
}

async function tell(
  sql: Sql,
  {
    id,
    lines,
    ...entry
  }: Pick<AuditEntry, "by" | "at" | "action"> & Pick<PayoutBatch, "id" | "lines">,
): Promise<void> {
  const sum = formatYuan(total(lines.map(({ amount }) => amount)));
  const facts = { lines: lines.length, sum };
  await audit(sql, { ...entry, subject: `payout-batch/${id}`, facts });
}
