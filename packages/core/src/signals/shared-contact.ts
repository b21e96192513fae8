import { compare, type Signal, type SignalLimits } from "./signal.ts";

export const details = ["bank account", "phone", "address"] as const;

/** How an applicant is reached and paid. */
export interface ApplicantDetails {
  readonly subject: string;
  readonly details: Readonly<Partial<Record<(typeof details)[number], string>>>;
}

const inChinese = { "bank account": "银行账号", phone: "电话", address: "地址" } as const;

/** Applicants that share a bank account, a phone or an address; blanks and case do not count. */
export function sharedDetails(
  applicants: readonly ApplicantDetails[],
  limits: SignalLimits,
): Signal[] {
  return details.flatMap((what) => {
    const having = applicants.flatMap(({ subject, details: { [what]: value = "" } }) => {
      const plain = value
        .normalize("NFKC")
        .replaceAll(/[\s\-()]/g, "")
        .toLowerCase();
      return plain === "" ? [] : [{ subject, value, plain }];
    });
    return [...Map.groupBy(having, ({ plain }) => plain).values()].flatMap((sharing) => {
      const subjects = [...new Set(sharing.map(({ subject }) => subject))].toSorted(compare);
      if (subjects.length < Math.max(2, limits.sharedLeast)) return [];
      return [
        {
          code: "shared-contact" as const,
          subjects,
          evidence: sharing.map(({ subject, value }) => ({ subject, what, value })),
          sentence: {
            en: `${subjects.length} applicants have the same ${what}`,
            zh: `${subjects.length} 个申请主体使用同一${inChinese[what]}`,
          },
        },
      ];
    });
  });
}
