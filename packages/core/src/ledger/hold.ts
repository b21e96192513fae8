import { noMoney, type HoldId, type MicroYuan } from "../units/index.ts";
import type { AccountPath } from "./account.ts";

/**
 * Money set aside on one account for one submission: placed at once or bit by bit, then used up in
 * parts, the rest given back. A submission that a voucher pays part of has two: on `held` and on
 * `reserved`.
 */
export interface Hold {
  readonly id: HoldId;
  readonly account: AccountPath;
  /** All that was ever placed. */
  readonly placed: MicroYuan;
  /** What has been neither posted nor released; never below zero. */
  readonly remaining: MicroYuan;
}

/** Names a hold on an account. */
export type HoldKey = `${string}@${string}`;
export const holdKey = ({ id, account }: Pick<Hold, "id" | "account">): HoldKey =>
  `${id}@${account}`;

export const newHold = (id: HoldId, account: AccountPath): Hold => ({
  id,
  account,
  placed: noMoney,
  remaining: noMoney,
});
