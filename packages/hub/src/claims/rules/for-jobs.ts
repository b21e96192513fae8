import { rate, type Rate } from "@wadi/core/units";
import { capByRules, modeFacts, type Programme, type ProgrammeRules } from "@wadi/core/vouchers";

/**
 * How vouchers of a programme are used for jobs. Where the programme reduces bills on the platform,
 * a voucher pays the lowest rate that its rules have for compute: published rates are ceilings, and
 * which row fits is known only when the claim is decided. Other programmes' vouchers pay no jobs:
 * their holders redeem bills, or had theirs redeemed with the grant. So it is where a redemption is
 * bound by counters, which jobs do not look at, or shared by several funds. Of a programme with
 * several funds that bear parts of their own, jobs use the first fund's.
 *
 * The programme has no end here: its claims run out each by itself, on its own last day.
 */
export function forJobs(rules: ProgrammeRules): Omit<Programme, "version"> {
  const { id, name, payers } = rules;
  return {
    id,
    fund: payers[0]!.fund,
    name: name.zh,
    rate: paysJobs(rules) ? lowestRate(rules) : rate(0n),
    capPerTenant: capByRules,
    expiresAt: noEnd,
  };
}

/** Whether vouchers of these rules pay jobs by themselves. */
const paysJobs = (rules: ProgrammeRules) => partsForJobs(rules).length > 0;

/** The parts that jobs use by themselves: those that the first fund bears, and bears alone. */
export function partsForJobs({
  lifecycle,
  caps,
  payers,
  parts,
}: ProgrammeRules): ProgrammeRules["parts"] {
  const { offsetsBill, redeemedAtOnce } = modeFacts(lifecycle.mode);
  const offsets = offsetsBill && !redeemedAtOnce && lifecycle.reserves !== "redemption";
  if (!offsets || caps.some(({ counts }) => counts !== "granted")) return [];
  const first = payers[0]!.code;
  const theirs = parts.filter((part) => part.payers === null || part.payers.includes(first));
  const alone = theirs.every((part) => (part.payers ?? payers).length === 1);
  return alone ? theirs : [];
}

function lowestRate(rules: ProgrammeRules): Rate {
  const rates = partsForJobs(rules).flatMap(({ rule }) => {
    if ("rates" in rule) return rule.rates.map((row) => row.rate);
    return "bands" in rule ? rule.bands.rows.map((row) => row.rate) : [];
  });
  const paying = rates.filter((one) => one > 0n);
  return paying.length === 0 ? rate(0n) : paying.reduce((a, b) => (a < b ? a : b));
}

const noEnd = Temporal.Instant.from("9998-12-31T00:00:00Z");
