import type { InKindUnit } from "@wadi/core/vouchers";
import type { Context } from "../context.ts";

const names: Record<InKindUnit, { readonly en: string; readonly zh: string }> = {
  "card-hours": { en: "card-hours", zh: "卡时" },
  tokens: { en: "tokens", zh: "词元" },
};

/** So many units, in words: "1200 card-hours". */
export const unitText = (
  count: bigint,
  unit: InKindUnit,
  { language }: Pick<Context, "language">,
): string => `${count} ${names[unit][language]}`;
