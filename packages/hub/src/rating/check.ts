import type { Problem } from "@wadi/core/capacity";
import {
  checkAgreement,
  priceList,
  type Agreement,
  type PriceList,
  type PriceListDraft,
} from "@wadi/core/rating";

import { pointerOf, refuseWrongFields, wrongFields, type WrongField } from "../refused.ts";

/** @throws Refused `invalid-request` with every wrong field */
export function checkedList(draft: PriceListDraft): PriceList {
  const checked = priceList(draft);
  if (checked.kind === "ok") return checked.value;
  throw wrongFields(fieldsOf(checked.problems));
}

/** @throws Refused `invalid-request` with every wrong field */
export function refuseWrongAgreement(agreement: Agreement, list: PriceList): void {
  refuseProblems(checkAgreement(agreement, list));
}

/** @throws Refused `invalid-request` with every one of them, if there is any */
export const refuseProblems = (problems: readonly Problem[]): void =>
  refuseWrongFields(fieldsOf(problems));

const fieldsOf = (problems: readonly Problem[]): WrongField[] =>
  problems.map(({ path, message }) => ({ pointer: pointerOf(path), detail: message }));
