import type { Problem } from "../../capacity/index.ts";
import { formatYuan, type MicroYuan } from "../../units/index.ts";
import type { Cap, Period, ProgrammeRules } from "../rules/index.ts";
import { checkClaimCondition } from "./check-condition.ts";
import { codesInKind, noneSuch } from "./check-parts.ts";
import { checkCount, checkMoney, checkNames, checkRate } from "./judge-values.ts";

/** R17, R18, R24, R28-R30: caps that can never bind, floors that nothing can reach. */
export const checkAmounts = (rules: ProgrammeRules): Problem[] => [
  ...checkSpend(rules),
  ...checkPayers(rules),
  ...rules.caps.flatMap((cap, index) => checkCap(`/caps/${index}`, cap, rules)),
  ...checkCeiling(rules),
  ...checkExclusions(rules),
  ...checkBudget(rules),
];

function checkSpend({ spend: { taxDivisor, floors }, caps, budget }: ProgrammeRules): Problem[] {
  const problems: Problem[] = [];
  if (taxDivisor !== null && (taxDivisor < 1_000_000n || taxDivisor > 2_000_000n)) {
    const path = "/spend/taxDivisor";
    const message = `${taxDivisor} millionths is no tax divisor; use one from 1 to 2, such as 1.06`;
    problems.push({ path, message });
  }
  for (const [index, { amount, of, period }] of floors.entries()) {
    const path = `/spend/floors/${index}`;
    problems.push(
      ...checkMoney(`${path}/amount`, amount),
      ...checkPeriod(`${path}/period`, period),
    );
    if (of === "face" && period !== "none") {
      const message = "a face is that of one claim and has no period; use none";
      problems.push({ path: `${path}/period`, message });
    }
    const lowest = of === "face" ? lowestLimit(caps, budget?.amount ?? null) : null;
    if (lowest !== null && amount > lowest.amount) {
      const least = formatYuan(amount);
      const bound = `${lowest.what} is ${formatYuan(lowest.amount)}`;
      const message = `nothing can reach ${least}: ${bound}; lower this or raise that`;
      problems.push({ path: `${path}/amount`, message });
    }
  }
  return problems;
}

/** The lowest bound that holds for every claim. */
function lowestLimit(caps: readonly Cap[], budget: MicroYuan | null) {
  const bounds = caps.flatMap(({ code, limit, parts, when }) =>
    "amount" in limit && parts === null && when === null
      ? [{ what: `the cap ${code}`, amount: limit.amount }]
      : [],
  );
  const all = budget === null ? bounds : [...bounds, { what: "the budget", amount: budget }];
  return all.toSorted((a, b) => (a.amount < b.amount ? -1 : 1))[0] ?? null;
}

function checkPayers({ payers }: ProgrammeRules): Problem[] {
  if (payers.length === 0) {
    return [{ path: "/payers", message: "nobody pays; name at least one fund" }];
  }
  return payers.flatMap(({ share, budget }, index) => [
    ...checkRate(`/payers/${index}/share`, share, { above0: true }),
    ...(budget ? checkMoney(`/payers/${index}/budget/amount`, budget.amount) : []),
    ...(budget ? checkPeriod(`/payers/${index}/budget/period`, budget.period) : []),
  ]);
}

function checkCap(path: string, cap: Cap, { parts, budget }: ProgrammeRules): Problem[] {
  const { limit, per, period, relaxableTo } = cap;
  const problems = [
    ...("rate" in limit
      ? checkRate(`${path}/limit/rate`, limit.rate, { above0: true })
      : checkMoney(`${path}/limit/amount`, limit.amount)),
    ...checkClaimCondition(`${path}/when`, cap.when),
    ...checkPeriod(`${path}/period`, period),
  ];
  if ("rate" in limit && per !== "claim") {
    const message = `a rate of the base goes with per: claim, not ${per}; use an amount`;
    problems.push({ path: `${path}/limit/rate`, message });
  }
  if (per === "claim" && period !== "none") {
    const message = "one claim has no period; use none";
    problems.push({ path: `${path}/period`, message });
  }
  if (per === "claim" && cap.counts === "redeemed") {
    const message = "what is redeemed of one claim never passes its grant; use granted";
    problems.push({ path: `${path}/counts`, message });
  }
  if (cap.parts !== null) {
    const known = parts.map(({ code }) => code);
    problems.push(...checkNames(`${path}/parts`, cap.parts));
    const inKind = codesInKind(parts);
    for (const [index, code] of cap.parts.entries()) {
      const at = `${path}/parts/${index}`;
      if (!known.includes(code))
        problems.push({ path: at, message: noneSuch("part", code, known) });
      if (!inKind.includes(code)) continue;
      const message = `"${code}" is in kind, and a cap counts money; bound it by most and quotas`;
      problems.push({ path: at, message });
    }
  }
  const relaxed = "amount" in limit && relaxableTo !== null ? limit.amount : null;
  if (relaxableTo !== null && (relaxed === null || relaxableTo <= relaxed)) {
    const message = `${formatYuan(relaxableTo)} raises nothing; use an amount above the limit`;
    problems.push({ path: `${path}/relaxableTo`, message });
  }
  return [...problems, ...checkAgainstBudget(path, cap, budget)];
}

/** Such a cap never binds: in its period there was never so much to give. */
function checkAgainstBudget(
  path: string,
  { limit, per, period }: Cap,
  budget: ProgrammeRules["budget"],
): Problem[] {
  if (!("amount" in limit) || budget === null || limit.amount <= budget.amount) return [];
  if (per !== "claim" && lengthOf(period) > lengthOf(budget.period)) return [];
  const [is, all] = [limit.amount, budget.amount].map(formatYuan);
  const message = `${is} is more than the whole budget of ${all}; lower it`;
  return [{ path: `${path}/limit/amount`, message }];
}

/** In months; for ever is longer than anything. */
function lengthOf(period: Period): number {
  if (typeof period === "object") return 12 * period.years;
  return { month: 1, quarter: 3, "half-year": 6, "calendar-year": 12, none: Infinity }[period];
}

function checkCeiling({ publicCeiling }: ProgrammeRules): Problem[] {
  if (publicCeiling === null) return [];
  const { rate, amount } = publicCeiling;
  return [
    ...checkRate("/publicCeiling/rate", rate, { above0: true }),
    ...(amount === null ? [] : checkMoney("/publicCeiling/amount", amount)),
  ];
}

function checkExclusions({ exclusions, id }: ProgrammeRules): Problem[] {
  return exclusions.flatMap((exclusion, index) => {
    if ("once" in exclusion) return [];
    const path = `/exclusions/${index}/noOther`;
    const { levels, programmes } = exclusion.noOther;
    if (levels.length === 0 && programmes.length === 0) {
      return [{ path, message: "nothing is excluded; name levels or programmes" }];
    }
    const own = programmes.indexOf(id);
    if (own < 0) return [];
    const message = "a programme does not exclude itself; use once: contract for that";
    return [{ path: `${path}/programmes/${own}`, message }];
  });
}

const checkBudget = ({ budget }: ProgrammeRules): Problem[] =>
  budget === null
    ? []
    : [
        ...checkMoney("/budget/amount", budget.amount),
        ...checkPeriod("/budget/period", budget.period),
      ];

const checkPeriod = (path: string, period: Period): Problem[] =>
  typeof period === "object" ? checkCount(`${path}/years`, period.years, 1) : [];
