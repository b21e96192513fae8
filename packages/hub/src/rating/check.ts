import type { Problem } from "@wadi/core/capacity";
import {
  checkAgreement,
  priceList,
  type Agreement,
  type PriceList,
  type PriceListDraft,
} from "@wadi/core/rating";

import { Refused } from "../refused.ts";

/** @throws Refused `invalid-request` with every wrong field */
export function checkedList(draft: PriceListDraft): PriceList {
  const checked = priceList(draft);
  if (checked.kind === "ok") return checked.value;
  throw refusedFields(checked.problems);
}

/** @throws Refused `invalid-request` with every wrong field */
export function refuseWrongAgreement(agreement: Agreement, list: PriceList): void {
  refuseProblems(checkAgreement(agreement, list));
}

/** @throws Refused `invalid-request` with every one of them, if there is any */
export function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refusedFields(problems);
}

/** A place as JSON pointers write it: `versions[1].from` is `/versions/1/from`. */
export const pointerOf = (path: string): string =>
  `/${path.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`;

function refusedFields(problems: readonly Problem[]): Refused {
  const fields = problems.map(({ path, message }) => ({
    pointer: pointerOf(path),
    in: "body" as const,
    detail: message,
  }));
  const [first] = fields;
  const more = fields.length > 1 ? `, and ${fields.length - 1} more` : "";
  return new Refused("invalid-request", {}, `${first!.pointer} ${first!.detail}${more}`, fields);
}
