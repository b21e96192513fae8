import { cardModel, cardModelsLike } from "@wadi/core/capacity";
import { sentence } from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";

import { Refused, wrongField } from "../refused.ts";
import type { Draft } from "./draft.ts";

/** Why a job can never run in the region as it is registered; undefined when it can. */
export function refusalOf({ spec, quoted }: Draft): Refused | undefined {
  const unknown = refusalOfCards(spec);
  if (unknown) return unknown;
  if (quoted.verdict !== "impossible") return undefined;
  const reasons = quoted.candidates.map(({ pool, reason }) => ({
    pool: pool.id,
    code: reason?.code,
    sentence: reason ? sentence(reason) : "",
  }));
  const first = reasons[0];
  const detail = first
    ? `No pool could ever run it. ${first.pool}: ${first.sentence}`
    : "No pool could ever run it: the region has no pools yet.";
  return new Refused("nowhere-to-run", { reasons }, detail);
}

/** Why the cards it names cannot be: a model that the catalogue does not have. */
export function refusalOfCards(spec: JobSpec): Refused | undefined {
  for (const [i, { model }] of spec.cards.options.entries()) {
    if (cardModel(model)) continue;
    const like = cardModelsLike(model).join(" or ");
    const cure = like ? `did you mean ${like}?` : "see docs/catalogue.md for the models";
    return wrongField(`/cards/options/${i}/model`, `"${model}" is no card model; ${cure}`);
  }
  return undefined;
}
