import { counterKeys, type CountedFor } from "../counters.ts";
import type { Missing } from "../decision.ts";
import type { Exclusion } from "../rules/index.ts";
import { asked, type Bar } from "./eligibility.ts";
import type { Grant } from "./grant.ts";
import type { Inquiry } from "./inquiry.ts";

/** A thing given once: its counter goes up by one when it is given. */
export interface OnceKey {
  readonly code: string;
  readonly key: string;
  /** The part it is about; null: the whole grant. */
  readonly part: string | null;
}

/** R30: what rules the grant out. */
export function exclusionBars(inquiry: Inquiry): { bars: Bar[]; missing: Missing[] } {
  const bars: Bar[] = [];
  const missing: Missing[] = [];
  for (const exclusion of inquiry.rules.exclusions) {
    const { code } = exclusion;
    const isOut = "once" in exclusion ? wasGiven(exclusion, inquiry) : hasOther(exclusion, inquiry);
    if (isOut) bars.push({ code, by: "exclusion" });
    else if ("noOther" in exclusion && inquiry.case.otherMoney === null) {
      missing.push(...asked(["otherMoney"], code));
    }
  }
  return { bars, missing };
}

/** The counters of all that this case may be given once only. */
export function onceKeys({ rules, case: of }: Omit<Inquiry, "counters">): OnceKey[] {
  const whole = rules.exclusions.flatMap((one) =>
    "once" in one ? keyFor(one.code, one.once, null) : [],
  );
  const parts = rules.parts.flatMap(({ code, rule }) =>
    "once" in rule && rule.once.per !== "claim" ? keyFor(code, rule.once.per, code) : [],
  );
  return [...whole, ...parts];

  function keyFor(code: string, per: Exclude<CountedFor["per"], "claim">, part: string | null) {
    const id = of[per as "contract" | "applicant" | "project"];
    return id === null ? [] : [{ code, key: counterKeys.once(rules.id, code, { per, id }), part }];
  }
}

/** Parts that were given before; they give nothing again. */
export function partsGivenBefore(inquiry: Inquiry): ReadonlySet<Grant["part"]["code"]> {
  return new Set(
    onceKeys(inquiry).flatMap(({ key, part }) =>
      part !== null && inquiry.counters(key) > 0n ? [part] : [],
    ),
  );
}

function wasGiven({ code }: Exclusion, inquiry: Inquiry): boolean {
  return onceKeys(inquiry)
    .filter((one) => one.part === null && one.code === code)
    .some(({ key }) => inquiry.counters(key) > 0n);
}

/** Money that this programme gave for the contract before is not another's. */
function hasOther(
  { noOther: { levels, programmes } }: Extract<Exclusion, { noOther: unknown }>,
  { rules, case: { contract, otherMoney }, counters }: Inquiry,
): boolean {
  const found = [
    ...levels.map(
      (level) =>
        counters(counterKeys.contractLevel(contract, level)) -
        counters(counterKeys.contractProgrammeLevel(contract, rules.id, level)),
    ),
    ...programmes.map((programme) => counters(counterKeys.contractProgramme(contract, programme))),
  ];
  const isElsewhere = (otherMoney ?? []).some(
    ({ level, programme, amount }) =>
      amount > 0n && (levels.includes(level) || programmes.includes(programme)),
  );
  return isElsewhere || found.some((amount) => amount > 0n);
}
