import {
  below,
  cardModel,
  cardModelsLike,
  checkSlug,
  checkText,
  checkUnique,
  checkWhole,
  type Problem,
} from "../../capacity/index.ts";
import type { FairnessPolicy, Organisation } from "../policy.ts";
import { checkQuotas } from "./check-quotas.ts";
import { circles } from "./circles.ts";

/**
 * All that is wrong with the fairness of a policy, by path, as in `organisations[2].parent`; none
 * when it can be used. Only such a policy is taken by `openFairness`.
 */
export function checkFairness(policy: FairnessPolicy): Problem[] {
  const { organisations, cardClasses } = policy;
  return [
    ...checkNumber({ path: "halfLife", value: policy.halfLife, above: 0, unit: " ms" }),
    ...checkNumber({ path: "pastWeight", value: policy.pastWeight, least: 0 }),
    ...checkClasses(cardClasses),
    ...checkUnique({
      ids: organisations.map(({ id }) => id),
      path: (index) => `organisations[${index}].id`,
    }),
    ...organisations.flatMap((organisation, index) =>
      below(`organisations[${index}]`, [
        ...checkFacts(organisation),
        ...checkParent(organisation, organisations),
        ...checkQuotas(organisation.quotas, cardClasses),
      ]),
    ),
    ...checkCircles(organisations),
    ...checkTenants(organisations),
  ];
}

function checkFacts({ id, weight, startsPerHour }: Organisation): Problem[] {
  const starts = { path: "startsPerHour", value: startsPerHour ?? 0, least: 0, most: 1e9 };
  return [
    ...checkSlug({ path: "id", value: id }),
    ...checkNumber({ path: "weight", value: weight, above: 0 }),
    ...checkWhole(starts),
  ];
}

function checkParent({ parent }: Organisation, all: readonly Organisation[]): Problem[] {
  if (parent === null || all.some(({ id }) => id === parent)) return [];
  const message = `"${parent}" is no organisation; name one of the list, or null for the root`;
  return [{ path: "parent", message }];
}

function checkCircles(organisations: readonly Organisation[]): Problem[] {
  return circles(organisations).map((circle) => {
    const index = organisations.findIndex(({ id }) => id === circle[0]);
    const round = [...circle, circle[0]].join(" → ");
    const message = `${round} is a circle; hang one of them on the root with null`;
    return { path: `organisations[${index}].parent`, message };
  });
}

function checkTenants(organisations: readonly Organisation[]): Problem[] {
  const members = organisations.flatMap(({ tenants }, index) =>
    tenants.map((id, place) => ({ id, path: `organisations[${index}].tenants[${place}]` })),
  );
  return checkOnce(members, "organisation");
}

function checkClasses(cardClasses: FairnessPolicy["cardClasses"]): Problem[] {
  const members = Object.entries(cardClasses).flatMap(([name, models]) =>
    models.map((model, place) => ({ id: model, path: `cardClasses.${name}[${place}]` })),
  );
  return [
    ...Object.entries(cardClasses).flatMap(([name, models]) =>
      checkClass(`cardClasses.${name}`, { name, models }),
    ),
    ...members.flatMap(({ id, path }) => checkModel(path, id)),
    ...checkOnce(members, "class"),
  ];
}

/** One problem for every member that is somewhere already. */
function checkOnce(members: readonly { id: string; path: string }[], of: string): Problem[] {
  const first = new Map<string, string>();
  return members.flatMap(({ id, path }) => {
    const before = first.get(id);
    if (before !== undefined) {
      return [{ path, message: `"${id}" is ${before} already; leave it in one ${of} only` }];
    }
    first.set(id, path);
    return [];
  });
}

/** A name that is a card model too must not hide that model. */
function checkClass(
  path: string,
  { name, models }: { name: string; models: readonly string[] },
): Problem[] {
  const problems = checkText({ path, value: name });
  if (models.length === 0) {
    problems.push({ path, message: `"${name}" has no card model; name one, or leave it out` });
  }
  if (cardModel(name) && !models.includes(name)) {
    const message = `"${name}" is a card model that is not in it; give the class another name`;
    problems.push({ path, message });
  }
  return problems;
}

function checkModel(path: string, model: string): Problem[] {
  if (cardModel(model)) return [];
  const like = cardModelsLike(model);
  const cure = like.length > 0 ? `use ${like.join(" or ")}` : "use one of the card models";
  return [{ path, message: `"${model}" is no card model; ${cure}` }];
}

function checkNumber(field: {
  path: string;
  value: number;
  above?: number;
  least?: number;
  unit?: string;
}): Problem[] {
  const { path, value, above = -Infinity, least = -Infinity, unit = "" } = field;
  if (Number.isFinite(value) && value > above && value >= least) return [];
  const rule = field.above === undefined ? `of at least ${least}` : `above ${above}`;
  return [{ path, message: `${value}${unit} is not allowed; use a number ${rule}` }];
}
