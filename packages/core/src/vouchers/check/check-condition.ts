import { closest, type Problem } from "../../capacity/index.ts";
import {
  conditionSubjects,
  factKind,
  factNames,
  isFactName,
  testNames,
  type Condition,
  type FactSubject,
  type FactTest,
  type FactType,
  type TestName,
  type Unrelated,
} from "../rules/index.ts";
import { checkCount, checkNames, checkRate } from "./judge-values.ts";

/** The tests that a fact of each type may be put to. */
const testsOf: Readonly<Record<FactType, readonly TestName[]>> = {
  code: ["is", "in"],
  codes: ["has", "hasAll"],
  place: ["within"],
  day: ["from", "until", "withinYears", "withinMonths"],
  whole: ["atLeast", "atMost"],
  money: ["atLeast", "atMost"],
  "yes-no": ["is"],
};

/** What is wrong with a condition; `/need/all/1/fact` and the like. */
export function checkCondition(path: string, condition: Condition): Problem[] {
  if ("all" in condition) return checkList(`${path}/all`, condition.all);
  if ("any" in condition) return checkList(`${path}/any`, condition.any);
  if ("not" in condition) return checkCondition(`${path}/not`, condition.not);
  if ("unrelated" in condition) return checkUnrelated(`${path}/unrelated`, condition.unrelated);
  return checkFactTest(path, condition);
}

/** A condition about the claim as a whole: it cannot look at single lines. */
export function checkClaimCondition(path: string, condition: Condition | null): Problem[] {
  if (condition === null) return [];
  return [...checkCondition(path, condition), ...withoutLines(path, condition)];
}

function withoutLines(path: string, condition: Condition): Problem[] {
  const subjects: ReadonlySet<FactSubject> = conditionSubjects(condition);
  if (!subjects.has("line")) return [];
  const message = "this is asked of the whole claim and names a fact of a line; ask it of lines";
  return [{ path, message }];
}

function checkList(path: string, conditions: readonly Condition[]): Problem[] {
  if (conditions.length === 0) {
    return [{ path, message: "the list is empty; name at least one condition" }];
  }
  return conditions.flatMap((one, index) => checkCondition(`${path}/${index}`, one));
}

function checkUnrelated(path: string, rule: Unrelated): Problem[] {
  if (rule.shareFrom === null && !rule.controller && !rule.officers) {
    const message = "nothing makes parties related here; set shareFrom, controller or officers";
    return [{ path, message }];
  }
  const { shareFrom } = rule;
  return shareFrom === null ? [] : checkRate(`${path}/shareFrom`, shareFrom, { above0: true });
}

function checkFactTest(path: string, test: FactTest): Problem[] {
  if (!isFactName(test.fact)) {
    const like = closest(test.fact as string, factNames);
    const cure = like.length > 0 ? `did you mean ${like.join(" or ")}?` : "see the list of facts";
    return [{ path: `${path}/fact`, message: `there is no fact ${test.fact}; ${cure}` }];
  }
  const asked = testNames.filter((name) => test[name] !== undefined);
  const { type } = factKind(test.fact);
  const fitting = [...testsOf[type], "given" as const];
  if (asked.length === 0) {
    return [{ path, message: `${test.fact} is not tested; add one of ${fitting.join(", ")}` }];
  }
  const unfit = asked.filter((name) => !fitting.includes(name));
  if (unfit.length > 0) {
    return unfit.map((name) => ({
      path: `${path}/${name}`,
      message: `${test.fact} is of type ${type}; test it with ${fitting.join(", ")}`,
    }));
  }
  return [...checkLists(path, test), ...checkBounds(path, test), ...checkIs(path, test, type)];
}

function checkLists(path: string, test: FactTest): Problem[] {
  return (["in", "has", "hasAll", "within"] as const).flatMap((name) => {
    const names = test[name];
    return names === undefined ? [] : checkNames(`${path}/${name}`, names);
  });
}

function checkIs(path: string, { is }: FactTest, type: FactType): Problem[] {
  const wanted = type === "yes-no" ? "boolean" : "string";
  if (is === undefined || typeof is === wanted) return [];
  const cure = type === "yes-no" ? "true or false" : "a code";
  return [{ path: `${path}/is`, message: `${is} does not fit; use ${cure}` }];
}

function checkBounds(path: string, test: FactTest): Problem[] {
  const { from, until, atLeast, atMost, withinYears, withinMonths, before } = test;
  const problems: Problem[] = [];
  if (typeof from === "object" && typeof until === "object") {
    if (Temporal.PlainDate.compare(from, until) > 0) {
      const message = `no day is from ${from} and until ${until}; swap them`;
      problems.push({ path: `${path}/until`, message });
    }
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    const message = `nothing is at least ${atLeast} and at most ${atMost}; swap them`;
    problems.push({ path: `${path}/atMost`, message });
  }
  if (withinYears !== undefined)
    problems.push(...checkCount(`${path}/withinYears`, withinYears, 1));
  if (withinMonths !== undefined) {
    problems.push(...checkCount(`${path}/withinMonths`, withinMonths, 1));
  }
  if (before !== undefined && withinYears === undefined && withinMonths === undefined) {
    const message = "before says what withinYears or withinMonths look back from; add one of them";
    problems.push({ path: `${path}/before`, message });
  }
  return problems;
}
