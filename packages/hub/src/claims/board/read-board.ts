import {
  microYuan,
  minus,
  noMoney,
  plus,
  total,
  type FundId,
  type MicroYuan,
} from "@wadi/core/units";
import {
  figuresOf,
  judgeIndicators,
  programmeFigures,
  keysOfBudget,
  standingOfBudget,
  type Indicator,
  type ProgrammeFigure,
  type ProgrammeRules,
} from "@wadi/core/vouchers";
import { writtenIn } from "@wadi/protocol";

import type { Sql } from "../../db/index.ts";
import { sumFund, type FundSum } from "../../ledger/index.ts";
import { refusedByCode, setAsideOf, sumsByState, sumsForFigures } from "./board-store.ts";
import { dayOf } from "../claim/claim-case.ts";
import { readCounters } from "../counters/counter-store.ts";
import { unitsOfProgramme } from "../units/unit-store.ts";

/**
 * Where a programme's money stands, of its claims and in the books of the funds that pay, and its
 * figures beside the goals of its rules. Read in one transaction of isolation `repeatable read`.
 */
export async function readBoard(sql: Sql, rules: ProgrammeRules, at: Temporal.Instant) {
  const { id, spend, control } = rules;
  const sums = await sumsByState(sql, id);
  const sumOf = (of: "granted" | "redeemed" | "released") => total(sums.map((one) => one[of]));
  const names = [...new Set(rules.payers.map(({ fund }) => fund))];
  const funds = await Promise.all(names.map((fund) => standingOfFund(sql, { fund, rules })));
  const open = minus(sumOf("granted"), plus(sumOf("redeemed"), sumOf("released")));
  const byJobs = usedByJobs(open, funds);
  const redeemed = plus(sumOf("redeemed"), byJobs);
  const known = await sumsForFigures(sql, { programme: id, base: spend.claimBase });
  const figures = figuresOf({ ...known, redeemed });
  return {
    claims: Object.fromEntries(sums.map(({ state, claims }) => [state, claims])),
    ...{ granted: sumOf("granted"), redeemed, released: sumOf("released") },
    open: minus(open, byJobs),
    setAside: await setAsideOf(sql, id),
    budget: await budgetNow(sql, rules, dayOf(at, rules)),
    contracts: microYuan(known.base),
    refused: await refusedByCode(sql, id),
    inKind: await unitsOfProgramme(sql, id),
    funds,
    figures: Object.entries(programmeFigures).map(([code, { unit, text }]) => {
      const value = figures[code as ProgrammeFigure];
      return { code, text, unit, value: written(unit, value) };
    }),
    indicators: indicatorsOf(control.indicators, figures),
  };
}

async function budgetNow(sql: Sql, rules: ProgrammeRules, asOf: Temporal.PlainDate) {
  const of = { rules, asOf };
  return standingOfBudget(of, await readCounters(sql, keysOfBudget(of)));
}

/**
 * What jobs used of vouchers, which claims note when they are looked at: what is open of claims and
 * stands on no voucher any more.
 */
function usedByJobs(
  open: MicroYuan,
  funds: readonly Awaited<ReturnType<typeof standingOfFund>>[],
): MicroYuan {
  const stands = total(
    funds.map(({ ofProgramme: { issued, reserved } }) => plus(issued, reserved)),
  );
  return open > stands ? minus(open, stands) : noMoney;
}

const written = (unit: Indicator["unit"], value: bigint | null) =>
  value === null ? null : writtenIn(unit, value);

function indicatorsOf(
  indicators: readonly Indicator[],
  figures: Readonly<Record<string, bigint | null>>,
) {
  return judgeIndicators(indicators, figures).map(({ code, value, isMet }, index) => {
    const { unit, text, goal } = indicators[index]!;
    const [aim] = Object.entries(goal ?? {}) as ["atLeast" | "atMost", bigint][];
    return {
      ...{ code, text, unit, value: written(unit, value), isMet },
      goal: aim ? { side: aim[0], value: writtenIn(unit, aim[1]) } : null,
    };
  });
}

async function standingOfFund(
  sql: Sql,
  { fund, rules: { id, payers } }: { fund: FundId; rules: ProgrammeRules },
) {
  const programmes = [id, ...payers.map(({ code }) => `${id}--${code}`)];
  const sums = await sumFund(sql, { fund, programmes });
  const of = (kind: FundSum["kind"], which: "all" | "own" = "all"): MicroYuan =>
    sums.find((one) => one.kind === kind)?.[which] ?? noMoney;
  return {
    fund,
    appropriated: minus(noMoney, of("appropriation")),
    ...{ available: of("available"), issued: of("issued"), reserved: of("reserved") },
    ...{ redeemed: of("redeemed"), expired: of("expired"), returned: of("returned") },
    clawback: of("clawback"),
    ofProgramme: {
      ...{ issued: of("issued", "own"), reserved: of("reserved", "own") },
      ...{ redeemed: of("redeemed", "own"), expired: of("expired", "own") },
    },
  };
}
