import { formatYuan, microYuan } from "../units/index.ts";
import type { Refusal } from "../vouchers/index.ts";
import type { BundleClaim } from "./bundle-claims.ts";
import { voucherOf, type Bundle } from "./bundle.ts";
import { nameOf } from "./verify-months.ts";

/**
 * What a bundle that is right leaves to be believed: each as a sentence, in the bundle's order.
 * Whoever verifies must tell it beside the verdict.
 */
export function unproved(bundle: Bundle): string[] {
  return [...ofMonths(bundle), ...ofClaims(bundle), ...ofVouchers(bundle)];
}

function* ofMonths({ months, charges }: Bundle): Generator<string> {
  const own = new Set(charges.map(({ run }) => run));
  for (const one of months) {
    const at = nameOf(one);
    const readings = one.meters.flatMap((meter) => meter.readings);
    const unsigned = readings.filter(({ signed }) => signed === null).length;
    if (unsigned > 0) yield `${at}: nobody signed ${unsigned} of ${readings.length} meter readings`;
    const before = one.runs.filter(({ run }) => !own.has(run)).length;
    if (before > 0) {
      yield `${at}: what ${before} of its runs were charged stands in bundles of before`;
    }
  }
}

function* ofClaims({ claims }: Bundle): Generator<string> {
  if (claims.some(({ decision }) => decision.counters.some(({ before }) => before !== 0n))) {
    yield "what stood on caps and budgets before each claim is the hub's word";
  }
  for (const one of claims) {
    for (const what of ofClaim(one)) yield `claim ${one.claim}: ${what}`;
  }
}

function* ofClaim({ turn, byJobs, redemptions, end }: BundleClaim): Generator<string> {
  if (turn !== null) {
    const share = typeof turn.budget === "bigint" ? ` of ${formatYuan(turn.budget)}` : "";
    yield `was decided in a round: its share${share} of the budget was not divided anew`;
  }
  const capped = ({ by }: Refusal) => by === "cap" || by === "budget";
  if (redemptions.some(({ refused }) => refused.some(capped))) {
    yield "how much caps on redemptions had left for its bills is the hub's word";
  }
  if (byJobs > 0n && (redemptions.length > 0 || end !== null)) {
    const used = formatYuan(byJobs);
    yield `jobs used ${used} of it; its bills and its end were held against bounds alone`;
  }
}

/** What came onto vouchers otherwise than by a claim of the tenant's own. */
function* ofVouchers({ tenant, claims, earlier, transfers }: Bundle): Generator<string> {
  const own = new Set<string | undefined>(claims.map(({ claim }) => claim));
  // A part of an own claim's voucher that came back from a sub-account is nobody else's.
  const isOwn = (fact: string) =>
    fact.startsWith("claim/") || own.has(/^split\/claim\/([^/]+)\//.exec(fact)?.[1]);
  const others = new Map<string, bigint>();
  for (const { kind, fact, to, amount } of [...earlier, ...transfers]) {
    const voucher = voucherOf(to, tenant);
    const how = isOwn(fact) ? undefined : waysIn[kind];
    if (voucher === undefined || how === undefined) continue;
    const name = `voucher ${voucher}: %s ${how}`;
    others.set(name, (others.get(name) ?? 0n) + amount);
  }
  for (const [name, amount] of others) yield name.replace("%s", formatYuan(microYuan(amount)));
}

const waysIn: Readonly<Record<string, string>> = {
  grant: "was granted by hand, by no claim",
  split: "came with a split of another tenant's, whose claim this bundle has not",
};
