import { formatYuan, total, type MicroYuan } from "../../units/index.ts";
import type { ProgrammeRules } from "../rules/index.ts";

/** R34: a part of a voucher for one sub-account of the applicant's own. */
export interface FacePart {
  readonly account: string;
  readonly amount: MicroYuan;
}

export type SplitRefusal =
  | { readonly code: "not-transferable" }
  | { readonly code: "too-many-accounts"; readonly most: number }
  | { readonly code: "account-twice"; readonly account: string }
  | { readonly code: "amount-not-positive"; readonly account: string }
  | { readonly code: "does-not-add-up"; readonly sum: string; readonly face: string };

/** R34: why a voucher may not be split so; null where nothing stands against it. */
export function judgeSplit(
  { lifecycle: { transfer } }: Pick<ProgrammeRules, "lifecycle">,
  { face, parts }: { face: MicroYuan; parts: readonly FacePart[] },
): SplitRefusal | null {
  if (transfer === "none") return { code: "not-transferable" };
  const { subAccounts: most } = transfer;
  if (parts.length > most) return { code: "too-many-accounts", most };
  const accounts = parts.map(({ account }) => account);
  const again = accounts.find((account, index) => accounts.indexOf(account) < index);
  if (again !== undefined) return { code: "account-twice", account: again };
  const empty = parts.find(({ amount }) => amount <= 0n);
  if (empty) return { code: "amount-not-positive", account: empty.account };
  const sum = total(parts.map(({ amount }) => amount));
  if (sum === face) return null;
  return { code: "does-not-add-up", sum: formatYuan(sum), face: formatYuan(face) };
}
