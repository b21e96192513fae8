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
  const problems = checkAgreement(agreement, list);
  if (problems.length > 0) throw refusedFields(problems);
}

function refusedFields(problems: readonly Problem[]): Refused {
  const fields = problems.map(({ path, message }) => ({
    pointer: `/${path.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`,
    in: "body" as const,
    detail: message,
  }));
  const [first] = fields;
  const more = fields.length > 1 ? `, and ${fields.length - 1} more` : "";
  return new Refused("invalid-request", {}, `${first!.pointer} ${first!.detail}${more}`, fields);
}
