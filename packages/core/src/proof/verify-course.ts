import { formatYuan, microYuan, noMoney, plus, total, type MicroYuan } from "../units/index.ts";
import {
  lastDay,
  noCounters,
  noProgress,
  redeem,
  release,
  rulesToRedeem,
  type Claim,
  type Counters,
  type Decision,
  type ProgrammeRules,
  type Progress,
  type RedemptionDecision,
} from "../vouchers/index.ts";
import type { BundleClaim, BundleRedemption } from "./bundle-claims.ts";
import type { Bundle } from "./bundle.ts";
import { firstUnlike } from "./first-unlike.ts";

interface Course {
  readonly claim: BundleClaim;
  readonly rules: ProgrammeRules;
  readonly decision: Decision;
}

/** What became of a grant: its bills one after the other, and its end, made anew. */
export function* wrongInCourse(bundle: Bundle, of: Course): Generator<string> {
  const { claim, rules } = of;
  yield* outOfOrder(claim);
  let progress: Progress = noProgress;
  let isExact = claim.byJobs === 0n;
  let gone: MicroYuan = claim.byJobs;
  for (const said of claim.redemptions) {
    const at = `bill "${said.settlement.id}"`;
    const redone = redo(bundle, of, { said, progress });
    const before = gone;
    gone = plus(gone, said.redeemed);
    if (isExact && redone.kind === "same") {
      progress = redone.right.progress;
      continue;
    }
    isExact = false;
    yield* beyondBounds(claim, { said, most: redone.most, gone: before }, at);
    if (redone.kind === "unlike" && claim.byJobs === 0n) {
      const { place, right, said: bundled } = redone.unlike;
      yield `${at}: the rules give ${right} for ${place}, the bundle says ${bundled}`;
    }
    progress = settledWith(redone.most, progress);
  }
  yield* wrongInSums(of);
  if (isExact && claim.end) yield* wrongInEnd(of, progress);
  yield* outOfTime(claim, rules);
}

function* outOfOrder({ redemptions }: BundleClaim): Generator<string> {
  for (const [i, { at, settlement }] of redemptions.entries()) {
    const before = redemptions[i - 1];
    if (!before || Temporal.Instant.compare(before.at, at) <= 0) continue;
    yield `bill "${settlement.id}" does not come after bill "${before.settlement.id}"`;
  }
}

type Redone = { readonly most: RedemptionDecision } & (
  | { readonly kind: "same"; readonly right: RedemptionDecision }
  | { readonly kind: "unlike"; readonly unlike: NonNullable<ReturnType<typeof firstUnlike>> }
);

/** A bill anew: with as much room on each counter as what it was refused there leaves. */
function redo(
  bundle: Bundle,
  { claim, rules: decidedBy, decision }: Course,
  { said, progress }: { said: BundleRedemption; progress: Progress },
): Redone {
  const approved = bundle.rules.filter(
    ({ rules, approvedAt }) =>
      rules.id === claim.programme && Temporal.Instant.compare(approvedAt, said.at) <= 0,
  );
  const redeemedOn = said.settlement.on;
  const versions = approved.map(({ rules }) => rules);
  const rules = rulesToRedeem(versions, { decidedBy, decision, redeemedOn });
  const granted: Claim = { case: claim.case, decision, issuedOn: claim.issuedOn, progress };
  const asOf = said.at.toZonedDateTimeISO(decidedBy.timeZone).toPlainDate();
  const inquiry = { rules, claim: granted, settlement: said.settlement, asOf };
  const most = redeem({ ...inquiry, counters: noCounters });
  const right = redeem({ ...inquiry, counters: stoodBefore(most, said) });
  const unlike = firstUnlike(said, saidOfRedemption(right));
  return unlike ? { kind: "unlike", unlike, most } : { kind: "same", right, most };
}

/**
 * How counters stood that refused a part of a bill: at their limit less what the bill got, and what
 * was refused after them. The bundle has no word of the hub on them.
 */
function stoodBefore(most: RedemptionDecision, said: BundleRedemption): Counters {
  const stood = new Map<string, bigint>();
  for (const { code, key, limit } of most.touched) {
    const place = said.refused.findIndex((one) => one.code === code && bounding.has(one.by));
    if (place < 0 || limit === null) continue;
    const got = said.counters.find((one) => one.key === key)?.by ?? 0n;
    const later = said.refused.slice(place + 1).map(({ amount }) => amount);
    stood.set(key, limit - got - total(later));
  }
  return (key) => stood.get(key) ?? 0n;
}

/** What refuses by how much stands on a counter. */
const bounding = new Set<string>(["cap", "budget"]);

/** What a bundle says of a redemption. */
export function saidOfRedemption(
  right: RedemptionDecision,
): Omit<BundleRedemption, "at" | "settlement"> {
  const { outcome, settled, redeemed, applicantPays, released, refused } = right;
  return {
    ...{ outcome, settled, redeemed, applicantPays, released, refused },
    payers: right.payers.map(({ payer, fund, amount }) => ({ payer, fund, amount })),
    counters: right.touched.map(({ key, by }) => ({ key, by })),
  };
}

/** @param of.gone  all that jobs used, and what the bills before gave */
function* beyondBounds(
  { byJobs }: BundleClaim,
  of: { said: BundleRedemption; most: RedemptionDecision; gone: MicroYuan },
  at: string,
): Generator<string> {
  const { said, most, gone } = of;
  const [got, could, less] = [said.redeemed, most.redeemed, gone].map(formatYuan);
  if (said.redeemed > most.redeemed) {
    yield `${at}: the rules give ${could} at most, the bundle says ${got}`;
  }
  if (byJobs > 0n && plus(said.redeemed, gone) < most.redeemed) {
    yield `${at}: the rules give ${could} less ${less} at most, the bundle says ${got}`;
  }
}

const settledWith = ({ progress: { settled } }: RedemptionDecision, progress: Progress) => ({
  ...progress,
  settled,
});

/** Never more than was granted; of an ended claim nothing is open. */
function* wrongInSums({ claim, decision }: Course): Generator<string> {
  const { redemptions, end, byJobs } = claim;
  const redeemed = plus(total(redemptions.map((one) => one.redeemed)), byJobs);
  const released = total(
    [...redemptions, ...(end ? [end] : [])].map((one): MicroYuan => one.released),
  );
  const open = microYuan(decision.granted - redeemed - released);
  const isOver = end !== null || redemptions.at(-1)?.settlement.last === true;
  if (open < noMoney || (isOver && open !== noMoney)) {
    const parts = [decision.granted, redeemed, released].map(formatYuan);
    yield `granted ${parts[0]}, of which ${parts[1]} was redeemed and ${parts[2]} given back`;
  }
}

function* wrongInEnd({ claim, rules, decision }: Course, progress: Progress): Generator<string> {
  const end = claim.end!;
  const granted: Claim = { case: claim.case, decision, issuedOn: claim.issuedOn, progress };
  const { released, touched } = release({ rules, claim: granted, counters: noCounters });
  const right = { released, counters: touched.map(({ key, by }) => ({ key, by })) };
  const unlike = firstUnlike(end, right);
  if (!unlike) return;
  const { place, said } = unlike;
  yield `its ${end.how}: the rules give ${unlike.right} for ${place}, the bundle says ${said}`;
}

/** Nothing runs out before its last day is over. */
function* outOfTime({ end, issuedOn }: BundleClaim, rules: ProgrammeRules): Generator<string> {
  const last = lastDay(rules, issuedOn);
  if (end?.how !== "expire") return;
  const day = end.at.toZonedDateTimeISO(rules.timeZone).toPlainDate();
  if (last === null || Temporal.PlainDate.compare(day, last) <= 0) {
    yield `expired on ${day}; its last day is ${last ?? "none"}`;
  }
}
