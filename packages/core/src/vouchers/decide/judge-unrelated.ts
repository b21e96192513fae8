import { rate } from "../../units/index.ts";
import type { Relations } from "../case.ts";
import type { Unrelated } from "../rules/index.ts";
import { sharesIn } from "./holdings.ts";
import { anyOf, negate, type Truth } from "./truth.ts";
import type { Known } from "./known.ts";

interface Pair {
  readonly applicant: string;
  readonly supplier: string;
}

/** R8: whether applicant and supplier have nothing to do with each other. */
export function judgeUnrelated(rule: Unrelated, { case: of }: Known): Truth {
  const { applicant, supplier, relations } = of;
  if (applicant === supplier) return false;
  const pair = { applicant, supplier };
  return negate(
    anyOf([
      rule.shareFrom === null ? false : byShares(pair, relations.holdings, rule.shareFrom),
      rule.controller ? byController(pair, relations.controllers) : false,
      rule.officers ? byOfficers(pair, relations.officers) : false,
    ]),
  );
}

/** One holds the other, or a third holds both, each with the share or more. */
function byShares(
  { applicant, supplier }: Pair,
  holdings: Relations["holdings"],
  from: bigint,
): Truth {
  if (holdings === null) return ["relations.holdings"];
  if (holdings.length === 0) return false;
  const least = rate(from);
  const ofApplicant = sharesIn(applicant, holdings, least);
  const ofSupplier = sharesIn(supplier, holdings, least);
  if (ofApplicant.has(supplier) || ofSupplier.has(applicant)) return true;
  return [...ofApplicant].some((holder) => ofSupplier.has(holder));
}

function byController(pair: Pair, controllers: Relations["controllers"]): Truth {
  if (controllers === null) return ["relations.controllers"];
  // Whoever controls the other is its controller, whether or not somebody controls it in turn.
  const above = (party: string) =>
    new Set([party, ...controllers.flatMap((c) => (c.party === party ? c.controller : []))]);
  return !above(pair.applicant).isDisjointFrom(above(pair.supplier));
}

function byOfficers({ applicant, supplier }: Pair, officers: Relations["officers"]): Truth {
  if (officers === null) return ["relations.officers"];
  const of = (party: string) =>
    new Set(officers.flatMap((officer) => (officer.party === party ? officer.person : [])));
  return !of(applicant).isDisjointFrom(of(supplier));
}
