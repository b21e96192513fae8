import type { Words } from "./words.ts";

/** Codes that every programme may refuse with; a programme's own codes must differ. */
export const standardCodes = {
  "not-in-force": { en: "this version was not in force that day", zh: "当日该版本政策未生效" },
  "outside-window": { en: "no claims are taken that day", zh: "不在申报窗口期" },
  banned: { en: "the applicant is banned from claiming", zh: "申请主体处于禁止申报期" },
  "no-qualifying-spend": { en: "no line qualifies", zh: "无符合条件的支出" },
  "no-part": { en: "no part of the programme is for such a line", zh: "该项支出不在支持范围" },
  "not-asked": { en: "less was asked for", zh: "申请金额低于可享金额" },
  "above-share": { en: "the programme gives a share of it", zh: "超出支持比例" },
  "above-most": { en: "more units than one claim may have", zh: "超出单次实物上限" },
  "had-before": { en: "it was given once already", zh: "该项一次性补助已享受" },
  "no-face": { en: "what is left fills no voucher", zh: "余额不足一张定额券" },
  budget: { en: "the programme has no more money", zh: "资金额度不足" },
  "not-placed": { en: "others had more points", zh: "竞争性评审未入选" },
  "payer-budget": { en: "the fund of one level has no more money", zh: "该级财政资金不足" },
  "above-grant": { en: "more was settled than granted", zh: "结算超出核定额度" },
  expired: { en: "the voucher was no longer valid", zh: "算力券已过有效期" },
} as const satisfies Record<string, Words>;
export type StandardCode = keyof typeof standardCodes;
