import { checkFairness, type Policy } from "@wadi/core/dispatch";

import { pointerOf, refuseWrongFields } from "../refused.ts";

/**
 * What the grammar alone cannot judge: the tree of organisations, its quotas, its card classes.
 * @throws Refused `invalid-request` with every wrong field
 */
export function checkPolicy({ fairness }: Policy): void {
  refuseWrongFields(
    checkFairness(fairness).map(({ path, message }) => {
      return { pointer: pointerOf(`fairness.${path}`), detail: message };
    }),
  );
}
