import { formatYuan, noMoney, total, type MicroYuan } from "../units/index.ts";
import { clawback, type ProgrammeRules } from "../vouchers/index.ts";
import type { BundleClaim } from "./bundle-claims.ts";
import type { Bundle } from "./bundle.ts";
import { isWithin } from "./verify-journal.ts";

/**
 * What was asked back of each bill, and its interest where that was posted in the bill's time, made
 * anew; not of a claim that jobs used too: how much of it is not in the bundle.
 */
export function* wrongInClawback(
  bundle: Bundle,
  { claim, rules }: { readonly claim: BundleClaim; readonly rules: ProgrammeRules },
): Generator<string> {
  const { end, byJobs } = claim;
  if (end?.how !== "claw-back" || byJobs > 0n) return;
  const rule = rules.control.clawback;
  if (rule === null) {
    yield "was clawed back, which its rules do not know";
    return;
  }
  const moved = movedBy(bundle);
  const dayOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(rules.timeZone).toPlainDate();
  for (const [place, { paidAt, payer, amount }] of paidUnder(claim).entries()) {
    const times = { paidOn: dayOf(paidAt), backOn: dayOf(end.at) };
    const right = clawback(rule, { redeemed: amount, ...times });
    const fact = `claim/${claim.claim}/claw-back/${place}/${payer}`;
    const asked = moved(`${fact}/asked`);
    if (asked !== right.amount) {
      yield `the rules ask back ${formatYuan(right.amount)}, posted was ${formatYuan(asked)}`;
    }
    if (!isWithin(bundle, end.at)) continue;
    const interest = total([moved(`${fact}/interest-paid`), moved(`${fact}/interest-owed`)]);
    if (interest === right.interest) continue;
    const [should, was] = [right.interest, interest].map(formatYuan);
    yield `the rules ask ${should} of interest, posted was ${was}`;
  }
}

/** What each payer paid for each bill, in the order in which it is asked back. */
const paidUnder = ({ redemptions }: BundleClaim) =>
  redemptions.flatMap(({ at, payers }) =>
    payers.map(({ payer, amount }) => ({ paidAt: at, payer, amount })),
  );

function movedBy({ earlier, transfers }: Bundle): (fact: string) => MicroYuan {
  const byFact = new Map([...earlier, ...transfers].map(({ fact, amount }) => [fact, amount]));
  return (fact) => byFact.get(fact) ?? noMoney;
}
