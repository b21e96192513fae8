import {
  below,
  cardModel,
  cardModels,
  checkWhole,
  closest,
  type Problem,
} from "../../capacity/index.ts";
import type { FairnessPolicy, Quota } from "../policy.ts";

/** What is wrong with the quotas of one organisation; paths as in `quotas[0].cards`. */
export function checkQuotas(
  quotas: readonly Quota[],
  cardClasses: FairnessPolicy["cardClasses"],
): Problem[] {
  const first = new Map<string, number>();
  return quotas.flatMap((quota, index) => {
    const problems = [...checkAmounts(quota), ...checkCards(quota, cardClasses)];
    const before = first.get(quota.cards);
    if (before === undefined) first.set(quota.cards, index);
    else {
      const message = `"${quota.cards}" has quotas[${before}]; give each class one quota`;
      problems.push({ path: "cards", message });
    }
    return below(`quotas[${index}]`, problems);
  });
}

function checkAmounts({ nominal, borrow, lend }: Quota): Problem[] {
  const range = { least: 0, most: 1e9 };
  return [
    ...checkWhole({ path: "nominal", value: nominal, ...range }),
    ...checkWhole({ path: "borrow", value: borrow ?? 0, ...range }),
    ...checkWhole({ path: "lend", value: lend ?? 0, ...range }),
  ];
}

function checkCards({ cards }: Quota, cardClasses: FairnessPolicy["cardClasses"]): Problem[] {
  if (Object.hasOwn(cardClasses, cards)) return [];
  const home = Object.entries(cardClasses).find(([, models]) =>
    models.some((model) => model === cards),
  );
  if (home) {
    const message = `"${cards}" is counted in the class "${home[0]}"; give that one the quota`;
    return [{ path: "cards", message }];
  }
  if (cardModel(cards)) return [];
  const names = [...Object.keys(cardClasses), ...cardModels.map(({ id }) => id)];
  const like = closest(cards, names);
  const cure = like.length > 0 ? `use ${like.join(" or ")}` : "name one of them";
  return [{ path: "cards", message: `"${cards}" is no card class and no card model; ${cure}` }];
}
