import {
  downToFen,
  formatYuan,
  minus,
  noMoney,
  parseYuan,
  plus,
  type MicroYuan,
} from "@wadi/core/units";
import { routes, type ClaimView } from "@wadi/protocol";

import { dayAt, lastDay, monthSpan } from "./calendar.ts";
import type { Law } from "./law.ts";
import { theOne, type People } from "./people.ts";
import { document, type PlannedClaim } from "./plan-claims.ts";

/** A claim and what has become of it. */
export interface MadeClaim {
  readonly planned: PlannedClaim;
  readonly view: ClaimView;
  /** Of its tenant's charges, what bills under it were redeemed for. */
  readonly billed: MicroYuan;
}

interface Office {
  readonly people: People;
  readonly laws: readonly Law[];
}

/** Applies for each claim; where the rules have stages, its offices agree one after the other. */
export async function applyForAll(
  planned: readonly PlannedClaim[],
  { people, laws, supplier }: Office & { supplier: string },
): Promise<MadeClaim[]> {
  const made: MadeClaim[] = [];
  for (const one of planned) {
    const { programme, tenant, contract } = one;
    const body = { ...one.case, tenant, supplier, contract };
    const admin = theOne(people.admins, tenant);
    const applied = { params: { id: programme }, body };
    let view: ClaimView = await admin.ask(routes.applyForVoucher, applied);
    for (const officer of officersOf(one, { people, laws })) {
      if (view.state !== "reviewing") break;
      const agree = { params: { id: view.id }, body: { move: "agree" } };
      view = await officer.ask(routes.moveClaim, agree);
    }
    made.push({ planned: one, view, billed: noMoney });
  }
  return made;
}

/**
 * A bill under each open claim whose vouchers pay no jobs; the last one frees the rest. It is for
 * what the tenant was charged since the bill before, or for what its supplier billed it outside.
 */
export async function redeemBills(
  claims: readonly MadeClaim[],
  { people, laws, bill }: Office & { bill: { id: string; on: string; last: boolean } },
): Promise<MadeClaim[]> {
  const redeemed: MadeClaim[] = [];
  for (const claim of claims) {
    const { planned, view, billed } = claim;
    const isOpen = view.state === "issued" || view.state === "redeeming";
    const upTo = isOpen ? await billedUpTo(claim, people) : billed;
    const amount = minus(upTo, billed);
    if (amount <= noMoney) {
      redeemed.push(claim);
      continue;
    }
    const body = {
      ...{ id: bill.id, on: bill.on, last: bill.last },
      lines: [{ line: planned.line, amount: formatYuan(amount) }],
      evidence: [document("invoice", `${planned.contract}/${bill.id}`)],
    };
    const [officer] = officersOf(planned, { people, laws });
    const answer = { params: { id: view.id }, body };
    const { claim: now } = await officer!.ask(routes.redeemClaim, answer);
    redeemed.push({ planned, view: now, billed: upTo });
  }
  return redeemed;
}

/** All that bills under a claim come to, with the one that is due now. */
async function billedUpTo(
  { planned: { bills, tenant }, billed }: MadeClaim,
  { operator }: People,
): Promise<MicroYuan> {
  if (bills === "none") return billed;
  if (bills !== "charges") return plus(billed, parseYuan(bills.outside)!);
  const asked = { params: { id: tenant }, query: { from: `${monthSpan.from}` } };
  const { totals } = await operator.ask(routes.tenantStatement, asked);
  return downToFen(totals["charges"] ?? noMoney);
}

/** Asks back the first one of which something was redeemed, with interest: it was resold. */
export async function clawBackOne(
  claims: readonly MadeClaim[],
  office: Office,
): Promise<MadeClaim[]> {
  const found = claims.find(
    ({ planned, view }) => planned.programme === "hangzhou-ai-chain" && view.redeemed > 0n,
  );
  if (!found) return [...claims];
  const [officer] = officersOf(found.planned, office);
  const body = { move: "claw-back", note: "the compute was resold" };
  const view = await officer!.ask(routes.moveClaim, { params: { id: found.view.id }, body });
  return claims.map((one) => (one === found ? { ...one, view } : one));
}

/** Those planned to be taken back are: what was not used returns to the fund. */
export async function withdrawSome(
  claims: readonly MadeClaim[],
  { admins }: People,
): Promise<MadeClaim[]> {
  const withdrawn: MadeClaim[] = [];
  for (const one of claims) {
    const isDue = one.planned.shows === "withdrawn" && one.view.state === "issued";
    const admin = theOne(admins, one.planned.tenant);
    const asked = { params: { id: one.view.id } };
    const view = isDue ? await admin.ask(routes.withdrawClaim, asked) : one.view;
    withdrawn.push({ ...one, view });
  }
  return withdrawn;
}

function officersOf({ programme }: PlannedClaim, { people, laws }: Office) {
  const { fund } = laws.find(({ name }) => name === programme)!;
  return theOne(people.officers, fund);
}

/** When the month's bills are made out: runs are over, and it is still the month. */
export const billsAt = dayAt(lastDay, 23);
