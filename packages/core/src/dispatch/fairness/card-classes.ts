import type { CardModelId } from "../../units/index.ts";
import type { FairnessPolicy } from "../policy.ts";

/** Card models that are counted together. Classes are numbered from 0 as they are first met. */
export interface CardClasses {
  /** The class of a model. One that the policy puts in no class is its own. */
  of(model: CardModelId): number;
  /** The class that a quota means by `cards`: a class of the policy before a card model. */
  named(name: string): number;
  name(index: number): string;
}

export function openCardClasses({ cardClasses }: Pick<FairnessPolicy, "cardClasses">): CardClasses {
  const names: string[] = [];
  const byName = new Map<string, number>();
  const byModel = new Map<CardModelId, number>();

  const named = (name: string): number => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    byName.set(name, names.length);
    return names.push(name) - 1;
  };
  for (const [name, models] of Object.entries(cardClasses)) {
    for (const model of models) byModel.set(model, named(name));
  }

  return {
    of(model) {
      const known = byModel.get(model);
      if (known !== undefined) return known;
      const own = named(model);
      byModel.set(model, own);
      return own;
    },
    named,
    name: (index) => names[index]!,
  };
}
