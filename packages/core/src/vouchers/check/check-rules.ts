import type { Problem } from "../../capacity/index.ts";
import { slugPattern } from "../../units/index.ts";
import { standardCodes, type ProgrammeRules } from "../rules/index.ts";
import { checkAmounts } from "./check-money.ts";
import { checkClaimCondition, checkCondition } from "./check-condition.ts";
import { checkCourse } from "./check-course.ts";
import { checkParts } from "./check-parts.ts";
import { checkCount } from "./judge-values.ts";

/**
 * All that is wrong with a programme, in the order of the document: the path is a JSON pointer into
 * it (`/parts/0/rule/rates/1/rate`), the message names the value and the cure. None where it can be
 * used. What is not well-formed at all is refused before, by the codec.
 */
export function checkRules(rules: ProgrammeRules): Problem[] {
  return [
    ...checkCodes(rules),
    ...rules.requirements.flatMap(({ of, when, need }, index) => {
      const path = `/requirements/${index}`;
      const check = of === "claim" ? checkClaimCondition : checkCondition;
      return [
        ...(when === null ? [] : check(`${path}/when`, when)),
        ...check(`${path}/need`, need),
      ];
    }),
    ...checkPriority(rules),
    ...checkParts(rules),
    ...checkAmounts(rules),
    ...checkCourse(rules),
  ];
}

/** Every code names one thing of the programme, so that a refusal can be looked up. */
function checkCodes(rules: ProgrammeRules): Problem[] {
  const first = new Map<string, string>();
  return codesOf(rules).flatMap(({ path, code }) => {
    const before = first.get(code);
    if (before === undefined) first.set(code, path);
    const problem = (message: string) => [{ path, message }];
    if (!slugPattern.test(code)) {
      return problem(`"${code}" is no code; use lower-case letters, digits and hyphens`);
    }
    if (Object.hasOwn(standardCodes, code)) {
      return problem(`"${code}" is a code that every programme has; use another`);
    }
    if (before === undefined) return [];
    return problem(`"${code}" is taken by ${before}; give each its own`);
  });
}

function codesOf(rules: ProgrammeRules): { path: string; code: string }[] {
  const list = (path: string, all: readonly { readonly code: string }[]) =>
    all.map(({ code }, index) => ({ path: `${path}/${index}/code`, code }));
  const { requirements, spend, parts, payers, caps, publicCeiling, exclusions } = rules;
  return [
    ...list("/requirements", requirements),
    ...list("/spend/floors", spend.floors),
    ...list("/parts", parts),
    ...parts.flatMap(({ rule }, index) =>
      "inKind" in rule ? list(`/parts/${index}/rule/inKind/quotas`, rule.inKind.quotas) : [],
    ),
    ...list("/payers", payers),
    ...list("/caps", caps),
    ...(publicCeiling ? [{ path: "/publicCeiling/code", code: publicCeiling.code }] : []),
    ...list("/exclusions", exclusions),
    ...list("/redemption/stages", rules.redemption.stages),
    ...list("/control/indicators", rules.control.indicators),
  ];
}

function checkPriority({ priority: { ranks, points } }: ProgrammeRules): Problem[] {
  return [
    ...ranks.flatMap(({ when, rank }, index) => [
      ...checkClaimCondition(`/priority/ranks/${index}/when`, when),
      ...checkCount(`/priority/ranks/${index}/rank`, rank, 1),
    ]),
    ...points.flatMap(({ when, points: count }, index) => [
      ...checkClaimCondition(`/priority/points/${index}/when`, when),
      ...checkCount(`/priority/points/${index}/points`, count, 1),
    ]),
  ];
}
