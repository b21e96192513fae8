import { accounts, describeRefusal, type Transfer } from "@wadi/core/ledger";
import {
  asId,
  divide,
  downToFen,
  formatYuan,
  minus,
  noMoney,
  type MicroYuan,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import type { DisputeId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { postTransfers, claimOnce, type Once } from "../ledger/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, providerOf, tenantOf, type AuditEntry } from "../tenants/index.ts";
import {
  endDisputeRow,
  findCharge,
  insertDispute,
  lockDispute,
  type Dispute,
  type DisputedCharge,
  type DisputeOutcome,
} from "./dispute-store.ts";

type By = AuditEntry["by"];

export interface DisputeAsked {
  readonly provider: ProviderId;
  readonly tenant: TenantId;
  readonly run: RunId | null;
  readonly amount: MicroYuan;
  readonly reason: string;
  readonly by: By;
  readonly once: Once;
}

/**
 * Keeps back a provider's money. Asked again with the same key, answers with the same dispute.
 * @throws Refused `insufficient-funds` where the provider has not that much that is not paid out;
 *   `invalid-request` where the run is another's or was charged less; `key-reused`
 */
export function openDispute(hub: Hub, asked: DisputeAsked): Promise<Dispute> {
  const { by, once, ...what } = asked;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const id = asId<DisputeId>(hub.newId());
    const before = await claimOnce(sql, { by, once, subject: id });
    if (before !== undefined) return (await lockDispute(sql, asId<DisputeId>(before)))!;
    await refuseUnfounded(sql, asked);
    const openedBy = by.signer.key;
    const made: Dispute = {
      ...{ ...what, id, openedAt: at, openedBy },
      ...{ endedAt: null, outcome: null },
    };
    await insertDispute(sql, made);
    const [payable, held] = [
      accounts.payable(asked.provider),
      accounts.disputeHold(asked.provider),
    ];
    const rest = { kind: "dispute", from: payable, to: held, amount: asked.amount } as const;
    await postAll(sql, [moveOf(made, { ...rest, at, note: asked.reason })], at);
    const facts = { amount: formatYuan(asked.amount), reason: asked.reason };
    await audit(sql, { by, at, action: "dispute.open", subject: `dispute/${id}`, facts });
    return made;
  });
}

/**
 * Ends a dispute. For the provider, or withdrawn: it gets back all that was kept. For the tenant:
 * what vouchers had paid of the run goes back to their fund, rounded down to the fen, the rest to
 * the tenant, and another person than opened it must say so. Whatever the end, nothing stays kept
 * back.
 * @throws Refused `not-found`, `wrong-state`, `needs-another-person`
 */
export function endDispute(
  hub: Hub,
  { id, outcome, note, by }: { id: DisputeId; outcome: DisputeOutcome; note: string; by: By },
): Promise<Dispute> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const found = await lockDispute(sql, id);
    if (!found) throw new Refused("not-found", {}, `there is no dispute ${id}`);
    if (found.outcome !== null) {
      const detail = `it ended at ${found.endedAt} for the ${found.outcome}`;
      throw new Refused("wrong-state", { outcome: found.outcome }, detail);
    }
    if (outcome === "tenant" && found.openedBy === by.signer.key) {
      const detail = "this key opened it; another person must end it for the tenant";
      throw new Refused("needs-another-person", {}, detail);
    }
    const charge = found.run === null ? undefined : await findCharge(sql, found.run);
    const moves =
      outcome === "tenant"
        ? givenBack(found, { at, note, charge })
        : [release(found, { at, note: note || outcome })];
    await endDisputeRow(sql, { id, outcome, at, by: by.signer.key });
    await postAll(sql, moves, at);
    const facts = { outcome, note, amount: formatYuan(found.amount) };
    await audit(sql, { by, at, action: "dispute.end", subject: `dispute/${id}`, facts });
    return { ...found, endedAt: at, outcome };
  });
}

interface Said {
  readonly at: Temporal.Instant;
  readonly note: string;
}

const release = (dispute: Dispute, said: Said): Transfer =>
  moveOf(dispute, {
    ...{ ...said, kind: "dispute-release", amount: dispute.amount },
    from: accounts.disputeHold(dispute.provider),
    to: accounts.payable(dispute.provider),
  });

function givenBack(
  dispute: Dispute,
  { charge, ...said }: Said & { charge: DisputedCharge | undefined },
): Transfer[] {
  const { provider, tenant, amount } = dispute;
  const kept = accounts.disputeHold(provider);
  const toFund = charge?.voucher ? voucherPart(amount, charge) : noMoney;
  const toTenant = minus(amount, toFund);
  const moves: Transfer[] = [];
  if (toTenant > noMoney) {
    const way = { from: kept, to: accounts.prepaid(tenant), amount: toTenant };
    moves.push(moveOf(dispute, { ...said, ...way, kind: "dispute-refund" }));
  }
  if (charge?.voucher && toFund > noMoney) {
    const of = { ...charge.voucher, tenant };
    const back = { ...said, amount: toFund };
    moves.push(
      moveOf(dispute, {
        ...{ ...back, kind: "dispute-return" },
        ...{ from: kept, to: accounts.due(of.fund) },
      }),
      moveOf(dispute, {
        ...{ ...back, kind: "claw-back" },
        ...{ from: accounts.redeemed(of), to: accounts.clawback(of) },
      }),
      moveOf(dispute, {
        ...{ ...back, kind: "clawed-back" },
        ...{ from: accounts.clawback(of), to: accounts.available(of.fund) },
      }),
    );
  }
  return moves;
}

/** Of what is given back: what vouchers had paid, in proportion, rounded down to the fen. */
export function voucherPart(
  amount: MicroYuan,
  { voucherPaid, cashPaid }: Pick<DisputedCharge, "voucherPaid" | "cashPaid">,
): MicroYuan {
  const whole = voucherPaid + cashPaid;
  return whole === 0n
    ? noMoney
    : downToFen(divide(amount * voucherPaid, whole, "down") as MicroYuan);
}

function moveOf(
  { id, run }: Dispute,
  move: Said & Pick<Transfer, "kind" | "from" | "to" | "amount">,
): Transfer {
  const { at, ...what } = move;
  return { ...what, hold: null, job: null, run, happenedAt: at, fact: `${move.kind}/${id}` };
}

async function postAll(sql: Sql, moves: readonly Transfer[], at: Temporal.Instant): Promise<void> {
  const { outcomes } = await postTransfers(sql, [moves], at);
  const outcome = outcomes[0]!;
  if (outcome.kind !== "refused") return;
  const { reason } = outcome;
  if (reason.code !== "below-floor") throw new Error(`a dispute: ${describeRefusal(reason)}`);
  const available = formatYuan(reason.balance);
  const detail = `${reason.account} has ${available} yuan, less than this dispute is about`;
  throw new Refused("insufficient-funds", { account: reason.account, available }, detail);
}

async function refuseUnfounded(sql: Sql, asked: DisputeAsked): Promise<void> {
  const { provider, tenant, run, amount } = asked;
  if (!(await providerOf(sql, provider))) throw wrongField("/provider", `names no provider`);
  if (!(await tenantOf(sql, tenant))) throw wrongField("/tenant", `names no tenant`);
  if (run === null) return;
  const charge = await findCharge(sql, run);
  if (charge?.provider !== provider || charge.tenant !== tenant) {
    throw wrongField("/run", `is no run of ${tenant} at ${provider} that was charged`);
  }
  const left = minus(charge.toProvider, charge.disputed);
  if (amount <= left) return;
  const gave = `the provider got ${formatYuan(charge.toProvider)} for the run`;
  throw wrongField("/amount", `is too much: ${gave}, ${formatYuan(left)} not disputed yet`);
}
