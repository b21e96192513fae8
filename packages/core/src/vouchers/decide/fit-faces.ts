import { downToFen, microYuan, noMoney, type MicroYuan } from "../../units/index.ts";
import type { Faces, PartRule } from "../rules/index.ts";

export const facesOf = (rule: PartRule): Faces | null =>
  "rates" in rule || "bands" in rule ? (rule.faces ?? null) : null;

/**
 * R26: what of an amount fills vouchers of fixed faces. More never fills less: taking the largest
 * face first, a larger amount has more of it, or as many and more left.
 */
export function fitFaces(amount: MicroYuan, faces: Faces | null): MicroYuan {
  if (faces === null) return downToFen(amount);
  const largestFirst = faces.amounts.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  if (faces.fill === "one") return largestFirst.find((face) => face <= amount) ?? noMoney;
  let left = amount as bigint;
  for (const face of largestFirst) left %= face;
  return microYuan(amount - left);
}
