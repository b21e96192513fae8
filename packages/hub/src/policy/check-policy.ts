import { checkFairness, type Policy } from "@wadi/core/dispatch";

import { Refused } from "../refused.ts";

/**
 * What the grammar alone cannot judge: the tree of organisations, its quotas, its card classes.
 * @throws Refused `invalid-request` with every wrong field
 */
export function checkPolicy({ fairness }: Policy): void {
  const fields = checkFairness(fairness).map(({ path, message }) => ({
    pointer: `/fairness/${path.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll(".", "/")}`,
    in: "body" as const,
    detail: message,
  }));
  const [first, ...more] = fields;
  if (!first) return;
  const rest = more.length > 0 ? `, and ${more.length} more` : "";
  throw new Refused("invalid-request", {}, `${first.pointer} ${first.detail}${rest}`, fields);
}
