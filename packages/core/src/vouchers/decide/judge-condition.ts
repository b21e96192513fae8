import type { Condition } from "../rules/index.ts";
import { judgeFact } from "./judge-fact.ts";
import { judgeUnrelated } from "./judge-unrelated.ts";
import type { Known } from "./known.ts";
import { allOf, anyOf, negate, type Truth } from "./truth.ts";

/** Whether a condition holds. What is unknown matters only where the rest does not decide. */
export function judge(condition: Condition, seen: Known): Truth {
  if ("all" in condition) return allOf(condition.all.map((one) => judge(one, seen)));
  if ("any" in condition) return anyOf(condition.any.map((one) => judge(one, seen)));
  if ("not" in condition) return negate(judge(condition.not, seen));
  if ("unrelated" in condition) return judgeUnrelated(condition.unrelated, seen);
  return judgeFact(condition, seen);
}

/** No condition always holds. */
export const judgeOr = (condition: Condition | null, seen: Known): Truth =>
  condition === null || judge(condition, seen);
