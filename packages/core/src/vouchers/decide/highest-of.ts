import { noMoney } from "../../units/index.ts";
import type { HighestOf } from "../rules/index.ts";
import type { Grant } from "./grant.ts";

/** R22: of each group only the highest part stands; between equals the first in file order. */
export function highestOf(grants: readonly Grant[], groups: readonly HighestOf[]): Grant[] {
  return grants.map((grant) => {
    const winner = groups
      .filter(({ highestOf: codes }) => codes.includes(grant.part.code))
      .map(({ highestOf: codes }) => highest(grants, codes))
      .find((code) => code !== grant.part.code);
    if (winner === undefined) return grant;
    return { ...grant, surpassedBy: winner, granted: noMoney };
  });
}

function highest(grants: readonly Grant[], codes: readonly string[]): string | undefined {
  const group = grants.filter(({ part }) => codes.includes(part.code));
  const most = group.reduce((max, { amount }) => (amount > max ? amount : max), noMoney);
  return group.find(({ amount }) => amount === most)?.part.code;
}
