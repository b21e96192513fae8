import { downToFen, formatYuan, microYuan } from "@wadi/core/units";
import { routes } from "@wadi/protocol";

import type { People } from "./people.ts";

/** A transfer that was recorded twice, and is undone once the month is closed. */
export interface Mistake {
  readonly transfer: string;
  readonly tenant: string;
}

/** The same bank slip is recorded twice. */
export async function topUpTwice({ operator }: People, tenant: string): Promise<Mistake> {
  const slip = { params: { id: tenant }, body: { amount: "1234.56", note: "bank slip 88" } };
  await operator.ask(routes.topUp, slip);
  const { id } = await operator.ask(routes.topUp, slip);
  return { transfer: id, tenant };
}

/** Asked for by one person, approved by another; the counter-entry stands in the open month. */
export async function undo({ operator, second }: People, { transfer }: Mistake): Promise<void> {
  const body = { transfer, reason: "bank slip 88 was recorded twice" };
  const { id } = await operator.ask(routes.askCorrection, { body });
  const decision = { params: { id }, body: { decision: "approve" } } as const;
  await second.ask(routes.decideCorrection, decision);
}

/**
 * A tenant disputes half of its dearest run that a voucher paid a part of, and is right: the
 * voucher's part goes back to its fund, the rest to the tenant.
 * @returns what was given back in yuan; undefined where no voucher paid anything
 */
export async function disputeOne({ operator, second }: People): Promise<string | undefined> {
  const charges = await operator.all(routes.listCharges);
  const paid = charges.filter(({ charge }) => charge.voucher > 0n);
  const worst = paid.toSorted((a, b) => Number(b.charge.charge - a.charge.charge))[0];
  if (!worst) return undefined;
  const { run, tenant, provider, charge } = worst;
  const amount = formatYuan(downToFen(microYuan(charge.charge / 2n)));
  const said = { provider, tenant, run, amount, reason: "half of its hosts were throttled" };
  const { id } = await operator.ask(routes.openDispute, { body: said });
  const body = { for: "tenant", note: "the provider's own log says so" } as const;
  await second.ask(routes.endDispute, { params: { id }, body });
  return amount;
}
