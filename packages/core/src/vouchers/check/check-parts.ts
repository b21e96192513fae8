import { formatYuan } from "../../units/index.ts";
import type { Problem } from "../../capacity/index.ts";
import type { Bands, Condition, Faces, InKind, Part, ProgrammeRules } from "../rules/index.ts";
import { inKindOf } from "../decide/grant.ts";
import { checkClaimCondition, checkCondition } from "./check-condition.ts";
import { checkCount, checkMoney, checkNames, checkRate } from "./judge-values.ts";

/** R19-R27: rate over 1, rows that nothing reaches, bands that overlap or leave gaps. */
export function checkParts({ parts, combine, payers }: ProgrammeRules): Problem[] {
  if (parts.length === 0) {
    return [{ path: "/parts", message: "nothing is granted; add a part" }];
  }
  const payerCodes = payers.map(({ code }) => code);
  return [
    ...parts.flatMap((part, index) => {
      const path = `/parts/${index}`;
      const when = part.when === null ? [] : checkCondition(`${path}/when`, part.when);
      return [...when, ...checkRule(path, part), ...checkPayersOf(path, part, payerCodes)];
    }),
    ...checkCombine(
      combine.map(({ highestOf }) => highestOf),
      parts,
    ),
  ];
}

function checkRule(path: string, { rule }: Part): Problem[] {
  if ("rates" in rule) {
    return [
      ...checkRows(`${path}/rule/rates`, rule.rates, checkCondition),
      ...rule.rates.flatMap(({ rate }, row) =>
        checkRate(`${path}/rule/rates/${row}/rate`, rate, { above0: true }),
      ),
      ...checkFaces(`${path}/rule/faces`, rule.faces),
    ];
  }
  if ("bands" in rule) {
    const bands = checkBands(`${path}/rule/bands/rows`, rule.bands.rows);
    return [...bands, ...checkFaces(`${path}/rule/faces`, rule.faces)];
  }
  if ("once" in rule) {
    return [
      ...checkRows(`${path}/rule/once/rows`, rule.once.rows, checkClaimCondition),
      ...rule.once.rows.flatMap(({ amount }, row) =>
        checkMoney(`${path}/rule/once/rows/${row}/amount`, amount),
      ),
    ];
  }
  if ("spendThenFull" in rule) {
    const at = `${path}/rule/spendThenFull`;
    const { spend, full } = rule.spendThenFull;
    return [...checkMoney(`${at}/spend`, spend), ...checkMoney(`${at}/full`, full)];
  }
  if ("coFund" in rule) {
    return [
      ...checkNames(`${path}/rule/coFund/levels`, rule.coFund.levels),
      ...checkRate(`${path}/rule/coFund/rate`, rule.coFund.rate, { above0: true }),
    ];
  }
  return checkInKind(`${path}/rule/inKind`, rule.inKind);
}

/** Rows are tried from the top: behind one that always holds, none is reached. */
function checkRows(
  path: string,
  rows: readonly { readonly when: Condition | null }[],
  check: (path: string, condition: Condition) => Problem[],
): Problem[] {
  if (rows.length === 0) return [{ path, message: "the table is empty; add a row" }];
  const always = rows.findIndex(({ when }) => when === null);
  const texts = rows.map(({ when }) => JSON.stringify(when, plain));
  return rows.flatMap(({ when }, index) => {
    const at = `${path}/${index}`;
    if (always >= 0 && index > always) {
      const message = `no line gets here: ${path}/${always} takes all; put that row last`;
      return [{ path: at, message }];
    }
    const same = texts.indexOf(texts[index]!);
    if (same < index) {
      const message = `no line gets here: ${path}/${same} asks the same; leave one of them out`;
      return [{ path: at, message }];
    }
    return when === null ? [] : check(`${at}/when`, when);
  });
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);

function checkBands(path: string, rows: Bands["rows"]): Problem[] {
  if (rows.length === 0) return [{ path, message: "there is no band; add one from 0" }];
  return rows.flatMap(({ from, to, rate }, index) => {
    const at = `${path}/${index}`;
    const before = rows[index - 1];
    const problems = checkRate(`${at}/rate`, rate);
    const start = index === 0 ? 0n : before!.to;
    if (start !== null && from !== start) {
      const is = formatYuan(from);
      const should = formatYuan(start as typeof from);
      const what = from > start ? "leaves a gap" : "overlaps";
      const message = `the band from ${is} ${what}; let it begin where the last ends, at ${should}`;
      problems.push({ path: `${at}/from`, message });
    }
    if (to === null && index < rows.length - 1) {
      const message = "a band without an end takes all that follow; give it an end";
      problems.push({ path: `${at}/to`, message });
    }
    if (to !== null && to <= from) {
      const message = `the band ends at ${formatYuan(to)}, where it begins; let it end later`;
      problems.push({ path: `${at}/to`, message });
    }
    if (to !== null && index === rows.length - 1) {
      const message = `nothing is said from ${formatYuan(to)} on; leave the last end out`;
      problems.push({ path: `${at}/to`, message });
    }
    return problems;
  });
}

function checkFaces(path: string, faces: Faces | undefined): Problem[] {
  if (faces === undefined) return [];
  return [
    ...checkNames(`${path}/amounts`, faces.amounts.map(String)),
    ...faces.amounts.flatMap((face, index) => checkMoney(`${path}/amounts/${index}`, face)),
  ];
}

/** Sums of it still fit into 64 bits. */
const unitsMax = 10n ** 18n;

function checkInKind(path: string, { share, most, quotas }: InKind): Problem[] {
  const counted = (at: string, value: bigint | null): Problem[] => {
    if (value === null || (value > 0n && value <= unitsMax)) return [];
    const what = value > 0n ? "more than can be counted" : "nothing";
    return [{ path: at, message: `${value} is ${what}; use a whole number from 1 to ${unitsMax}` }];
  };
  return [
    ...checkRate(`${path}/share`, share, { above0: true }),
    ...counted(`${path}/most`, most),
    ...quotas.flatMap(({ amount, period }, index) => [
      ...counted(`${path}/quotas/${index}/amount`, amount),
      ...(typeof period === "object"
        ? checkCount(`${path}/quotas/${index}/period/years`, period.years, 1)
        : []),
    ]),
  ];
}

function checkPayersOf(path: string, { payers }: Part, known: readonly string[]): Problem[] {
  if (payers === null) return [];
  return [
    ...checkNames(`${path}/payers`, payers),
    ...payers.flatMap((code, index) =>
      known.includes(code)
        ? []
        : [{ path: `${path}/payers/${index}`, message: noneSuch("payer", code, known) }],
    ),
  ];
}

/** R22: groups of at least two parts, no part in two of them. */
function checkCombine(groups: readonly (readonly string[])[], parts: readonly Part[]): Problem[] {
  const known = parts.map(({ code }) => code);
  const inKind = codesInKind(parts);
  return groups.flatMap((codes, group) => {
    const path = `/combine/${group}/highestOf`;
    const few =
      codes.length >= 2
        ? []
        : [{ path, message: "one part is always the highest; name two or more" }];
    const members = codes.flatMap((code, index) => {
      const at = `${path}/${index}`;
      if (!known.includes(code)) return [{ path: at, message: noneSuch("part", code, known) }];
      if (inKind.includes(code)) {
        return [
          { path: at, message: `"${code}" is in kind and has no amount to compare; leave it out` },
        ];
      }
      const other = groups.findIndex((one, place) => place < group && one.includes(code));
      if (other < 0) return [];
      return [{ path: at, message: `"${code}" is in /combine/${other} already; leave it in one` }];
    });
    return [...few, ...checkNames(path, codes).filter(() => codes.length > 0), ...members];
  });
}

export const codesInKind = (parts: readonly Part[]): string[] =>
  parts.filter((part) => inKindOf(part) !== null).map(({ code }) => code);

export const noneSuch = (what: string, code: string, known: readonly string[]) =>
  `there is no ${what} "${code}"; there is ${known.join(", ") || "none"}`;
