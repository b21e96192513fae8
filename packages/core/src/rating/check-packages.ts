import {
  below,
  checkSlug,
  checkUnique,
  checkWhole,
  closest,
  type Problem,
} from "../capacity/index.ts";
import type { Package, PriceItem } from "./price-list.ts";
import { sizeOf } from "./price-unit.ts";

/** What is wrong with the packages of one version, each by its place. */
export const checkPackages = (
  packages: readonly Package[],
  items: readonly PriceItem[],
): Problem[] => [
  ...checkUnique({ ids: packages.map(({ id }) => id), path: (i) => `packages[${i}].id` }),
  ...packages.flatMap((one, i) => below(`packages[${i}]`, packageProblems(one, items))),
];

function packageProblems(one: Package, items: readonly PriceItem[]): Problem[] {
  const problems = checkSlug({ path: "id", value: one.id });
  if (one.price < 0n) problems.push({ path: "price", message: "is below zero; use 0 or more" });
  if (one.carryMonths !== null) {
    const value = one.carryMonths;
    problems.push(...checkWhole({ path: "carryMonths", value, least: 0, most: 1200 }));
  }
  if (one.items.length === 0) {
    problems.push({ path: "items", message: "names no item; say what it can be used for" });
  }
  const known = items.map(({ id }) => id);
  for (const [i, id] of one.items.entries()) {
    if (known.includes(id)) continue;
    const [meant] = closest(id, known, 1);
    const cure = meant ? `did you mean "${meant}"?` : `there are ${known.join(", ")}`;
    problems.push({ path: `items[${i}]`, message: `"${id}" is no item of this version; ${cure}` });
  }
  const units = [...new Set(items.filter(({ id }) => one.items.includes(id)).map(unitOf))];
  if (units.length > 1) {
    const message = `are priced per ${units.join(" and ")}; a package is of one unit`;
    problems.push({ path: "items", message });
  }
  const [unit] = units;
  const isWhole = unit === undefined || (one.quantity * sizeOf(unit)) % 1_000_000n === 0n;
  if (one.quantity <= 0n || !isWhole) {
    const message = "must be above zero and a whole number of what is metered";
    problems.push({ path: "quantity", message });
  }
  return problems;
}

const unitOf = ({ per }: PriceItem) => per;
