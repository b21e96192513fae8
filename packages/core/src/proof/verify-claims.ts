import { formatYuan, microYuan, noMoney, total, type MicroYuan } from "../units/index.ts";
import { decide, type Counters, type Decision, type ProgrammeRules } from "../vouchers/index.ts";
import type { BundleClaim, BundleDecision } from "./bundle-claims.ts";
import { isOwn, voucherOf, type Bundle, type BundleTransfer } from "./bundle.ts";
import { firstUnlike } from "./first-unlike.ts";
import { wrongInClawback } from "./verify-clawback.ts";
import { wrongInCourse } from "./verify-course.ts";

/**
 * Grants are what rules, case and counters give, made anew by `decide`; bills are what `redeem`
 * makes of them; the transfers say the same; and all that stands on a voucher came from them.
 */
export function* wrongInClaims(bundle: Bundle): Generator<string> {
  yield* wrongInRules(bundle);
  const lines = Map.groupBy(claimLines(bundle), ({ fact }) => claimIn(fact));
  for (const [i, claim] of bundle.claims.entries()) {
    const at = `claim ${claim.claim}`;
    const before = bundle.claims[i - 1];
    if (before && before.claim >= claim.claim) yield `${at}: does not come after ${before.claim}`;
    if (claim.case.claim !== claim.claim) yield `${at}: its case is of ${claim.case.claim}`;
    if (claim.case.applicant !== bundle.tenant) {
      yield `${at}: is of ${claim.case.applicant}, not of ${bundle.tenant}`;
    }
    const rules = rulesOf(bundle, claim);
    if (!rules) {
      yield `${at}: the bundle lacks version ${claim.version} of the rules of ${claim.programme}`;
      continue;
    }
    const decision = redecide(claim, rules);
    yield* wrongInDecision(claim, decision, at);
    if (Temporal.PlainDate.compare(claim.issuedOn, decision.decidedOn) < 0) {
      yield `${at}: was issued on ${claim.issuedOn}, decided on ${decision.decidedOn}`;
    }
    for (const what of wrongInCourse(bundle, { claim, rules, decision })) yield `${at}: ${what}`;
    for (const what of wrongInClawback(bundle, { claim, rules })) yield `${at}: ${what}`;
    const own = lines.get(claim.claim) ?? [];
    yield* wrongInLines(claim, { decision, lines: own }, at);
    yield* wrongInTimes(claim, { rules, lines: own }, at);
  }
  const known = new Set(bundle.claims.map(({ claim }) => claim));
  for (const [id, [line]] of lines) {
    if (line && !known.has(id)) {
      yield `transfer ${line.seq}: is of the claim ${id}, which the bundle leaves out`;
    }
  }
  yield* wrongInFunding(bundle);
}

function* wrongInRules({ rules }: Bundle): Generator<string> {
  const nameOf = ({ rules: { id, version } }: Bundle["rules"][number]) =>
    `${id} ${String(version.number).padStart(7, "0")}`;
  for (const [i, one] of rules.entries()) {
    const before = rules[i - 1];
    if (!before || nameOf(before) < nameOf(one)) continue;
    const { id, version } = one.rules;
    yield `rules of ${id}: version ${version.number} is out of order`;
  }
}

export const rulesOf = ({ rules }: Pick<Bundle, "rules">, claim: BundleClaim) =>
  rules.find(
    ({ rules: { id, version } }) => id === claim.programme && version.number === claim.version,
  )?.rules;

/** By the counters as the bundle says that they stood; one that it does not name stood at 0. */
export function redecide(claim: BundleClaim, rules: ProgrammeRules): Decision {
  const { decision, turn } = claim;
  const stood = new Map(decision.counters.map(({ key, before }) => [key, before]));
  const counters: Counters = (key) => stood.get(key) ?? 0n;
  const inquiry = { rules, case: claim.case, asOf: decision.decidedOn, counters };
  return turn === null ? decide(inquiry) : decide(inquiry, turn);
}

function* wrongInDecision(claim: BundleClaim, decision: Decision, at: string): Generator<string> {
  if (decision.outcome !== "granted") {
    const [missing] = decision.missing;
    const why = missing ? `${missing.for} asks for ${missing.name}` : codesOf(decision);
    yield `${at}: the rules do not grant it (${why}), the bundle says it was granted`;
    return;
  }
  const { granted } = claim.decision;
  if (decision.granted !== granted) {
    const [right, said] = [decision.granted, granted].map(formatYuan);
    yield `${at}: the rules give ${right}, the bundle says ${said}`;
  }
  const unlike = firstUnlike(claim.decision, saidOf(decision));
  if (!unlike) return;
  yield `${at}: the rules give ${unlike.right} for ${unlike.place}, the bundle says ${unlike.said}`;
}

const codesOf = ({ refused }: Decision) => refused.map(({ code }) => code).join(", ");

/** What a bundle says of a decision. */
export function saidOf(decision: Decision): BundleDecision {
  const { decidedOn, base, granted, refused, excluded } = decision;
  return {
    ...{ decidedOn, base, granted },
    parts: decision.parts.map(({ code, payee, borne, ...part }) => {
      return { code, payee, base: part.base, amount: part.amount, granted: part.granted, borne };
    }),
    inKind: decision.inKind.map(({ code, unit, asked, granted: given }) => {
      return { code, unit, asked, granted: given };
    }),
    ...{ refused, excluded },
    payers: decision.payers.map(({ payer, fund, amount }) => ({ payer, fund, amount })),
    counters: decision.touched.map(({ code, key, before, by }) => ({ code, key, before, by })),
  };
}

/** Lines of claims on the tenant's vouchers: what was granted, redeemed, given back. */
function claimLines({ tenant, earlier, transfers }: Bundle): BundleTransfer[] {
  const isVoucher = (path: string) => voucherOf(path, tenant) !== undefined;
  return [...earlier, ...transfers].filter(
    ({ fact, run, from, to }) =>
      run === null && claimIn(fact) !== "" && (isVoucher(from) || isVoucher(to)),
  );
}

/** "" where the fact is of no claim. */
const claimIn = (fact: string) => /^claim\/([^/]+)\//.exec(fact)?.[1] ?? "";

/** The kinds of lines that say what a claim was granted, what its bills gave, what came back. */
const told = new Set(["grant", "redeem", "ungrant", "expire"]);

function* wrongInLines(
  claim: BundleClaim,
  { decision, lines }: { decision: Decision; lines: readonly BundleTransfer[] },
  at: string,
): Generator<string> {
  const expected = factsOf(claim, decision);
  const posted = new Map<string, MicroYuan>();
  for (const { kind, fact, amount, seq } of lines) {
    if (!told.has(kind)) continue;
    if (!expected.has(fact)) yield `transfer ${seq}: ${fact} is not what the ${at} tells of`;
    posted.set(fact, total([posted.get(fact) ?? microYuan(0n), amount]));
  }
  for (const [fact, amount] of expected) {
    const moved = posted.get(fact) ?? noMoney;
    if (amount === null || moved === amount) continue;
    yield `${at}: ${fact} is ${formatYuan(amount)}, posted was ${formatYuan(moved)}`;
  }
  const returned = lines.filter(({ kind }) => kind === "ungrant" || kind === "expire");
  const back = total(returned.map(({ amount }) => amount));
  const released = total([...claim.redemptions, ...(claim.end ? [claim.end] : [])].map(releasedOf));
  if (back !== released) {
    yield `${at}: ${formatYuan(released)} was given back of it, posted was ${formatYuan(back)}`;
  }
}

/** It was issued, redeemed and ended when its transfers were posted. */
function* wrongInTimes(
  { issuedOn, redemptions, end }: BundleClaim,
  { rules, lines }: { rules: ProgrammeRules; lines: readonly BundleTransfer[] },
  at: string,
): Generator<string> {
  const billOf = new Map(redemptions.map((one) => [one.settlement.id, one]));
  for (const { kind, fact, happenedAt } of lines) {
    const [, bill] = /^claim\/[^/]+\/(.*)\/[^/]+\/redeem$/.exec(fact) ?? [];
    const isOfEnd = end !== null && fact.split("/")[2] === end.how;
    const said = bill === undefined ? (isOfEnd ? end.at : undefined) : billOf.get(bill)?.at;
    if (said && !said.equals(happenedAt)) {
      yield `${at}: ${fact} was posted at ${happenedAt}, the bundle says ${said}`;
    }
    const day = happenedAt.toZonedDateTimeISO(rules.timeZone).toPlainDate();
    if (kind === "grant" && !day.equals(issuedOn)) {
      yield `${at}: was issued on ${issuedOn}, its grant was posted on ${day}`;
    }
  }
}

const releasedOf = ({ released }: { readonly released: MicroYuan }) => released;

/** The transfers there must be, by their facts; null: given back, which is summed up. */
function factsOf(claim: BundleClaim, decision: Decision): Map<string, MicroYuan | null> {
  const facts = new Map<string, MicroYuan | null>();
  const add = (fact: string, amount: MicroYuan | null) => {
    if (amount !== 0n) facts.set(`claim/${claim.claim}/${fact}`, amount);
  };
  for (const { payer, amount } of claim.decision.payers) add(`grant/${payer}`, amount);
  for (const { settlement, payers, released } of claim.redemptions) {
    for (const { payer, amount } of payers) add(`${settlement.id}/${payer}/redeem`, amount);
    if (released === 0n) continue;
    for (const { payer } of decision.payers) add(`settled/${payer}`, null);
  }
  const { end } = claim;
  for (const { payer } of end && end.released > 0n ? decision.payers : []) {
    add(`${end!.how === "claw-back" ? "claw-back/rest" : end!.how}/${payer}`, null);
  }
  return facts;
}

/** What stood on each voucher when the time began is what came onto it before. */
function* wrongInFunding({ tenant, accounts, earlier, from }: Bundle): Generator<string> {
  const stood = new Map<string, bigint>();
  const add = (path: string, amount: bigint) => {
    const voucher = voucherOf(path, tenant);
    if (voucher !== undefined) stood.set(voucher, (stood.get(voucher) ?? 0n) + amount);
  };
  for (const { path, opening } of accounts) if (isOwn(path, tenant)) add(path, opening);
  for (const line of earlier) {
    if (Temporal.Instant.compare(line.knownAt, from) >= 0) continue;
    add(line.from, line.amount);
    add(line.to, 0n - line.amount);
  }
  for (const [voucher, rest] of stood) {
    if (rest === 0n) continue;
    const what = formatYuan(microYuan(rest));
    yield `voucher ${voucher}: ${what} of what stood on it came by no transfer of the bundle`;
  }
}
