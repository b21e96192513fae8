import type { Problem } from "../../capacity/index.ts";
import { formatRate } from "../../units/index.ts";
import type { Case, Holding } from "../case.ts";

type Checked = Pick<Case, "lines" | "asked" | "facts" | "otherMoney" | "relations">;

/** What contradicts itself in a case, by JSON pointer; none when it can be decided. */
export function checkCase({ lines, asked, facts, otherMoney, relations }: Checked): Problem[] {
  const problems: Problem[] = [];
  const isAmount = (path: string, value: bigint) => {
    if (value >= 0n) return;
    problems.push({ path, message: `${value} is negative; amounts and quantities are 0 or more` });
  };
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const at = `/lines/${index}`;
    if (seen.has(line.id)) {
      const message = `"${line.id}" is the id of another line; give each its own`;
      problems.push({ path: `${at}/id`, message });
    }
    seen.add(line.id);
    for (const [name, amount] of Object.entries(line.amounts))
      isAmount(`${at}/amounts/${name}`, amount);
    for (const [unit, count] of Object.entries(line.quantities)) {
      if (count !== undefined) isAmount(`${at}/quantities/${unit}`, count);
    }
    for (const name of Object.keys(line.facts)) {
      if (name.startsWith("line.")) continue;
      const message = `${name} is no fact of a line; put it into the facts of the case`;
      problems.push({ path: `${at}/facts/${name}`, message });
    }
  }
  for (const name of Object.keys(facts)) {
    if (!name.startsWith("line.")) continue;
    const message = `${name} is a fact of a line; put it into the facts of each line`;
    problems.push({ path: `/facts/${name}`, message });
  }
  if (asked !== null) isAmount("/asked", asked);
  for (const [index, { amount }] of (otherMoney ?? []).entries()) {
    isAmount(`/otherMoney/${index}/amount`, amount);
  }
  return [...problems, ...checkHoldings(relations.holdings ?? [])];
}

/** Chains of holdings are followed to their end: there is an end to how many that may be. */
const mostHoldings = 300;

function checkHoldings(holdings: readonly Holding[]): Problem[] {
  const path = "/relations/holdings";
  if (holdings.length > mostHoldings) {
    const count = `${holdings.length} holdings are more than ${mostHoldings}`;
    const message = `${count}; give those that lead from one to the other`;
    return [{ path, message }];
  }
  return holdings.flatMap(({ share }, index) => {
    if (share > 0n && share <= 1_000_000n) return [];
    const message = `${formatRate(share)} is no share; use one above 0 and at most 1`;
    return [{ path: `${path}/${index}/share`, message }];
  });
}
