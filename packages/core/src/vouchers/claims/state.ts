/** The life of a claim as tables: the hub moves along them, the documents draw them. */
import type { Words } from "../rules/index.ts";

export const claimStates = {
  draft: { en: "being written", zh: "草稿" },
  applied: { en: "applied", zh: "已申请" },
  incomplete: { en: "something is missing", zh: "待补正" },
  reviewing: { en: "with the offices", zh: "审核中" },
  gathered: { en: "waits for its round", zh: "待批次评定" },
  announced: { en: "on public notice", zh: "公示中" },
  granted: { en: "granted", zh: "已核准" },
  issued: { en: "voucher issued", zh: "已发券" },
  redeeming: { en: "redeemed in part", zh: "部分兑付" },
  settled: { en: "settled", zh: "已结清" },
  refused: { en: "refused", zh: "不予支持" },
  withdrawn: { en: "withdrawn", zh: "已撤回" },
  expired: { en: "expired", zh: "已过期" },
  "clawed-back": { en: "clawed back", zh: "已追回" },
} as const satisfies Record<string, Words>;
export type ClaimState = keyof typeof claimStates;

/** Who may make a move. */
export type Mover = "applicant" | "platform" | "reviewer" | "officer";

/**
 * What a move does in the fund's book. `reserve` sets aside what was decided (earlier or later
 * where the programme says so: R35), `redeem` pays out of it, `release` gives back what is left.
 */
export type MoneyEffect =
  | "none"
  | "reserve"
  | "redeem"
  | "release"
  | "redeem-and-release"
  | "claw-back";

interface Move {
  readonly from: readonly ClaimState[];
  readonly to: ClaimState;
  readonly by: readonly Mover[];
  readonly money: MoneyEffect;
  readonly text: Words;
}

/** Every move there is. The same move twice, or from elsewhere, changes nothing and is refused. */
export const claimMoves = {
  apply: {
    from: ["draft"],
    to: "applied",
    by: ["applicant", "platform"],
    money: "none",
    text: { en: "apply", zh: "提交申请" },
  },
  ask: {
    from: ["applied", "reviewing", "gathered", "announced"],
    to: "incomplete",
    by: ["platform", "reviewer", "officer"],
    money: "release",
    text: { en: "ask for what is missing", zh: "要求补正" },
  },
  complete: {
    from: ["incomplete"],
    to: "applied",
    by: ["applicant"],
    money: "none",
    text: { en: "bring what was missing", zh: "提交补正" },
  },
  review: {
    from: ["applied"],
    to: "reviewing",
    by: ["platform"],
    money: "none",
    text: { en: "pass to the offices", zh: "进入审核" },
  },
  gather: {
    from: ["applied", "reviewing"],
    to: "gathered",
    by: ["platform", "officer"],
    money: "none",
    text: { en: "wait for the round", zh: "汇入批次" },
  },
  announce: {
    from: ["reviewing", "gathered"],
    to: "announced",
    by: ["officer"],
    money: "none",
    text: { en: "give public notice", zh: "公示" },
  },
  object: {
    from: ["gathered", "announced"],
    to: "reviewing",
    by: ["officer"],
    money: "none",
    text: { en: "review again after an objection", zh: "异议复核" },
  },
  grant: {
    from: ["applied", "reviewing", "gathered", "announced"],
    to: "granted",
    by: ["platform", "officer"],
    money: "reserve",
    text: { en: "grant", zh: "核准" },
  },
  refuse: {
    from: ["applied", "incomplete", "reviewing", "gathered", "announced"],
    to: "refused",
    by: ["platform", "reviewer", "officer"],
    money: "release",
    text: { en: "refuse", zh: "不予支持" },
  },
  issue: {
    from: ["granted"],
    to: "issued",
    by: ["platform"],
    money: "none",
    text: { en: "issue the voucher", zh: "发券" },
  },
  redeem: {
    from: ["issued", "redeeming"],
    to: "redeeming",
    by: ["platform", "officer"],
    money: "redeem",
    text: { en: "redeem a part", zh: "部分兑付" },
  },
  settle: {
    from: ["granted", "issued", "redeeming"],
    to: "settled",
    by: ["platform", "officer"],
    money: "redeem-and-release",
    text: { en: "redeem the last part, release the rest", zh: "结清" },
  },
  expire: {
    from: ["granted", "issued", "redeeming"],
    to: "expired",
    by: ["platform"],
    money: "release",
    text: { en: "run out", zh: "到期失效" },
  },
  withdraw: {
    from: [
      "draft",
      "applied",
      "incomplete",
      "reviewing",
      "gathered",
      "announced",
      "granted",
      "issued",
    ],
    to: "withdrawn",
    by: ["applicant"],
    money: "release",
    text: { en: "withdraw", zh: "撤回" },
  },
  "claw-back": {
    from: ["redeeming", "settled", "expired"],
    to: "clawed-back",
    by: ["officer"],
    money: "claw-back",
    text: { en: "claw back", zh: "追回" },
  },
} as const satisfies Record<string, Move>;
export type ClaimMove = keyof typeof claimMoves;

export const claimMove = (move: ClaimMove): Move => claimMoves[move];

/** The state after a move; null where it may not be made from there, or not by such a one. */
export function moveClaim(
  from: ClaimState,
  { move, by }: { move: ClaimMove; by: Mover },
): ClaimState | null {
  const { from: starts, to, by: movers } = claimMove(move);
  return starts.includes(from) && movers.includes(by) ? to : null;
}

/** What may happen to a claim next, in the order of the table. */
export const movesFrom = (state: ClaimState): ClaimMove[] =>
  (Object.keys(claimMoves) as ClaimMove[]).filter((move) => claimMove(move).from.includes(state));

export const isFinalClaim = (state: ClaimState) => movesFrom(state).length === 0;
