import {
  divide,
  downToFen,
  least,
  microYuan,
  minus,
  noMoney,
  oneFen,
  plus,
  total,
  type MicroYuan,
} from "../../units/index.ts";
import type { Counters } from "../counters.ts";
import type { PayerShare, Refusal } from "../decision.ts";
import type { Part, Payer, ProgrammeRules } from "../rules/index.ts";
import type { Course } from "./cut.ts";
import type { Inquiry } from "./inquiry.ts";
import { payerMeter, roomUnder } from "./meters.ts";

/** What each payer of the rules bears, in their order; of one part. */
export type Borne = readonly MicroYuan[];

/**
 * R24: divides what is left of each part among those that bear it. Where the fund of a level has
 * no more money, its share is refused and the others still bear theirs.
 */
export function bear(course: Course, inquiry: Inquiry): Course & { readonly borne: Borne[] } {
  const { payers } = inquiry.rules;
  const rooms = payers.map((_, index) => roomOf(inquiry, index, inquiry.counters));
  let refusedSum = noMoney;
  const borne = course.grants.map(({ part, granted }) => {
    const wanted = divideAmong(granted, sharesOf(part, payers));
    return wanted.map((amount, index) => {
      const room = rooms[index] ?? null;
      const given = room === null ? amount : least(amount, room);
      if (room !== null) rooms[index] = minus(room, given);
      refusedSum = plus(refusedSum, minus(amount, given));
      return given;
    });
  });
  const refusal: Refusal = { code: "payer-budget", by: "payer", amount: refusedSum };
  return {
    grants: course.grants.map((grant, index) => ({ ...grant, granted: total(borne[index]!) })),
    refused: refusedSum > 0n ? [...course.refused, refusal] : course.refused,
    borne,
  };
}

/** What each bears of a part that was cut down since: the last ones are relieved first. */
export function relieve(borne: Borne, to: MicroYuan): Borne {
  let left = to;
  return borne.map((amount) => {
    const kept = least(amount, left);
    left = minus(left, kept);
    return kept;
  });
}

/**
 * Divides an amount by shares in whole fen, one after the other: each takes its share of what the
 * ones before it left, rounded down, the last one all that is left. So nobody's part ever falls
 * when the amount grows.
 */
export function divideAmong(amount: MicroYuan, shares: readonly bigint[]): MicroYuan[] {
  let left = amount;
  let leftShares = shares.reduce((sum, share) => sum + share, 0n);
  return shares.map((share) => {
    if (share === 0n) return noMoney;
    const own =
      share === leftShares
        ? left
        : downToFen(microYuan(divide((left / oneFen) * share, leftShares, "down") * oneFen));
    left = minus(left, own);
    leftShares -= share;
    return own;
  });
}

/** Each payer's share of a part; 0 for who does not bear it. */
export const sharesOf = (part: Pick<Part, "payers">, payers: readonly Payer[]) =>
  payers.map(({ code, share }) =>
    part.payers === null || part.payers.includes(code) ? share : 0n,
  );

/** By payer, those that bear nothing left out. */
export const borneBy = ({ payers }: ProgrammeRules, borne: Borne) =>
  payers.flatMap(({ code }, index) => {
    const amount = borne[index]!;
    return amount === 0n ? [] : [{ payer: code, amount }];
  });

/** Sums by payer, those that bear nothing left out. */
export function payerShares(rules: ProgrammeRules, borne: readonly Borne[]): PayerShare[] {
  return rules.payers.flatMap(({ code, level, fund }, index) => {
    const amount = total(borne.map((one) => one[index]!));
    return amount === 0n ? [] : [{ payer: code, level, fund, amount }];
  });
}

function roomOf(inquiry: Inquiry, index: number, counters: Counters): MicroYuan | null {
  const meter = payerMeter(inquiry, index);
  return meter && roomUnder(meter, counters);
}
