import { least, noMoney } from "../../units/index.ts";
import type { Decision, Missing, Touched } from "../decision.ts";
import { baseFloors, belowBaseFloors } from "./base-floors.ts";
import { bear, borneBy, payerShares, relieve, type Borne } from "./bear.ts";
import { checkCase } from "./check-case.ts";
import { cutEach, cutTo, grantedOf, keepAtMost, refuseAll, type Course } from "./cut.ts";
import { eligibility, type Bar } from "./eligibility.ts";
import { stepOfClaim } from "./evidence.ts";
import { exclusionBars, partsGivenBefore } from "./exclusions.ts";
import { facesOf, fitFaces } from "./fit-faces.ts";
import { grantInKind } from "./grant-in-kind.ts";
import { highestOf } from "./highest-of.ts";
import type { Inquiry, Turn } from "./inquiry.ts";
import { known, type Known } from "./known.ts";
import { budgetMeters, capMeters, ceilingMeter, roomUnder, type Meter } from "./meters.ts";
import { asksAmounts, qualifyLines } from "./qualify-lines.ts";
import { selectParts } from "./select-parts.ts";
import {
  givenBy,
  touchContract,
  touchFloors,
  touchHistory,
  touchMeters,
  touchPayers,
} from "./touch.ts";
import { workOutParts } from "./work-out-parts.ts";

const alone: Turn = { budget: null, isOut: false };

/**
 * Who gets what, and why not more. Pure: the same rules, case, counters and day give the same
 * decision. In this order: version, window, requirements; lines and base; floors; parts; the
 * highest of each group; what was asked; caps in file order; all public money; exclusions; budget;
 * payers; faces; the least face. Nothing is ever above a limit, and more budget never gives less.
 *
 * @throws RangeError when the case contradicts itself: see `checkCase`
 */
export function decide(inquiry: Inquiry, turn: Turn = alone): Decision {
  const [wrong] = checkCase(inquiry.case);
  if (wrong) throw new RangeError(`${wrong.path}: ${wrong.message}`);
  const seen = known(inquiry.case, inquiry.asOf);
  const found = findOut(inquiry, seen);
  const bars = [...found.barsFirst, ...(turn.isOut ? [notPlaced] : [])];
  const start: Course = { grants: found.grants, refused: [] };
  const capped = applyCaps([...bars, ...found.floorBars].reduce(refuseAll, start), inquiry, found);
  const excluded = found.barsLast.reduce(refuseAll, capped);
  const borne = bear(applyBudget(excluded, inquiry, turn), inquiry);
  const course = applyFaces(borne, inquiry);
  const allBars = [...bars, ...found.barsLast];
  const inKind = grantInKind(
    found.selection.parts,
    inquiry,
    [...bars, ...found.floorBars, ...found.barsLast][0]?.code ?? null,
  );
  const missing = sorted([...found.missing, ...inKind.missing]);
  const answer = conclude({
    inquiry,
    found,
    course,
    borne: borne.borne,
    inKind,
    hasBars: allBars.length > 0,
  });
  // Only now: which counters are read must not depend on what stands on them.
  return allBars.length === 0 && missing.length > 0
    ? { ...answer, ...nothingYet, outcome: "incomplete", missing }
    : answer;
}

const nothingYet = {
  parts: [],
  granted: noMoney,
  inKind: [],
  refused: [],
  touched: [],
  payers: [],
} satisfies Partial<Decision>;

const notPlaced: Bar = { code: "not-placed", by: "cadence" };

type Found = ReturnType<typeof findOut>;

/** All that does not depend on how much room there is. */
function findOut(inquiry: Inquiry, seen: Known) {
  const { rules } = inquiry;
  const eligible = eligibility(inquiry, seen);
  const { claimBase, taxDivisor } = rules.spend;
  const qualified = qualifyLines(
    {
      ...{ requirements: rules.requirements, step: stepOfClaim(rules), base: claimBase },
      ...{ taxDivisor, asksAmounts: asksAmounts(rules) },
    },
    seen,
  );
  const selection = selectParts(rules.parts, qualified.lines, seen);
  const worked = workOutParts(selection.parts, inquiry, seen);
  const caps = capMeters(inquiry, seen, { counts: "granted", base: selection.base });
  const ceiling = rules.publicCeiling
    ? ceilingMeter(rules.publicCeiling, inquiry, seen)
    : { meters: [], missing: [] };
  const exclusions = exclusionBars(inquiry);
  const floors = baseFloors(inquiry);
  return {
    selection,
    grants: highestOf(worked.grants, rules.combine),
    caps: caps.meters,
    ceiling: ceiling.meters[0] ?? null,
    givenBefore: partsGivenBefore(inquiry),
    floors,
    floorBars: belowBaseFloors(floors, selection.base),
    barsFirst: eligible.bars,
    barsLast: exclusions.bars,
    excluded: [...qualified.excluded, ...selection.excluded],
    missing: [eligible, qualified, selection, worked, caps, ceiling, exclusions].flatMap(
      (step) => step.missing,
    ),
  };
}

function applyCaps(course: Course, { case: of, counters }: Inquiry, found: Found): Course {
  const { caps, ceiling, givenBefore } = found;
  const once = cutEach(course, { code: "had-before", by: "exclusion" }, ({ part, granted }) =>
    givenBefore.has(part.code) ? noMoney : granted,
  );
  const whole = { code: "not-asked", by: "asked" as const, parts: null };
  const wanted = of.asked === null ? once : keepAtMost(once, of.asked, whole);
  const meters: Meter[] = [...caps, ...(ceiling ? [ceiling] : [])];
  return meters.reduce((left, meter) => cutTo(left, meter, counters), wanted);
}

function applyBudget(course: Course, inquiry: Inquiry, turn: Turn): Course {
  const most = turn.budget;
  return budgetMeters(inquiry).reduce((left, meter) => {
    if (most === "unbounded") return left;
    const room = roomUnder(meter, inquiry.counters);
    return keepAtMost(left, most === null ? room : least(most, room), meter);
  }, course);
}

/** R26, R18: what caps left must still fill whole faces, and be worth issuing. */
function applyFaces(course: Course, { rules }: Inquiry): Course {
  const fitted = cutEach(course, { code: "no-face", by: "floor" }, ({ part, granted }) =>
    fitFaces(granted, facesOf(part.rule)),
  );
  return rules.spend.floors
    .filter(({ of }) => of === "face")
    .reduce((left, { code, amount }) => {
      const face = grantedOf(left.grants);
      return face > 0n && face < amount ? refuseAll(left, { code, by: "floor" }) : left;
    }, fitted);
}

function conclude(at: {
  inquiry: Inquiry;
  found: Found;
  course: Course;
  borne: readonly Borne[];
  inKind: ReturnType<typeof grantInKind>;
  hasBars: boolean;
}): Decision {
  const { inquiry, found, course, inKind, hasBars } = at;
  const { grants } = course;
  const borne = at.borne.map((one, index) => relieve(one, grants[index]!.granted));
  const granted = grantedOf(grants);
  const isGranted = granted > 0n || inKind.inKind.some((one) => one.granted > 0n);
  const isEmpty = !isGranted && course.refused.length === 0 && inKind.inKind.length === 0;
  return {
    ...headOf(inquiry, found),
    outcome: isGranted ? "granted" : "refused",
    parts: grants.map(({ part, ...rest }, index) => ({
      code: part.code,
      payee: part.payee,
      ...rest,
      borne: borneBy(inquiry.rules, borne[index]!),
    })),
    granted,
    inKind: inKind.inKind,
    refused: isEmpty
      ? [{ code: "no-qualifying-spend", by: "requirement", amount: noMoney }]
      : course.refused,
    missing: [],
    touched: touchAll({ ...at, borne, isGranted, counts: isGranted || !hasBars }),
    payers: payerShares(inquiry.rules, borne),
  };
}

/** Every counter that was looked at, by key. */
function touchAll(at: {
  inquiry: Inquiry;
  found: Found;
  course: Course;
  borne: readonly Borne[];
  inKind: ReturnType<typeof grantInKind>;
  isGranted: boolean;
  /** Whether what was spent counts towards bands and floors over a period. */
  counts: boolean;
}): Touched[] {
  const { inquiry, found, course, borne, inKind, isGranted, counts } = at;
  const given = givenBy(course.grants, borne);
  const nothing = givenBy(
    course.grants.map((grant) => ({ ...grant, granted: noMoney })),
    borne.map((one) => one.map(() => noMoney)),
  );
  const reservesNow = inquiry.rules.lifecycle.reserves !== "redemption";
  const reserved = [...found.caps, ...budgetMeters(inquiry)];
  return [
    ...touchMeters(inquiry, reserved, reservesNow ? given : nothing),
    ...touchPayers(inquiry, given),
    ...touchContract(inquiry, found.ceiling, given),
    ...touchHistory(inquiry, course.grants, { isGranted, counts }),
    ...touchFloors(found.floors, counts ? found.selection.base : noMoney),
    ...inKind.touched,
  ].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const headOf = ({ rules, asOf }: Inquiry, { selection, excluded }: Found) => ({
  programme: rules.id,
  version: rules.version.number,
  decidedOn: asOf,
  base: selection.base,
  excluded,
});

/** Each once; facts before evidence, by name, line and what asks for it. */
function sorted(missing: readonly Missing[]): Missing[] {
  const textOf = (one: Missing) =>
    [one.kind === "fact" ? 0 : 1, one.name, one.kind === "fact" ? one.line : "", one.for].join(" ");
  const byText = new Map(missing.map((one) => [textOf(one), one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
}
