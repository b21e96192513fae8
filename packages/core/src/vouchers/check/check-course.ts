import type { Problem } from "../../capacity/index.ts";
import { timeZoneNamed } from "../../capacity/index.ts";
import { isFigure, programmeFigures } from "../claims/figures.ts";
import { decidesTogether } from "../decide/windows.ts";
import { modeFacts, type Cadence, type DayWindow, type ProgrammeRules } from "../rules/index.ts";
import { noneSuch } from "./check-parts.ts";
import { checkCount, checkNames, checkRate, checkSpan } from "./judge-values.ts";

/** R31-R43: what contradicts itself on the way from application to payment. */
export const checkCourse = (rules: ProgrammeRules): Problem[] => [
  ...checkZone(rules),
  ...checkCount("/version/number", rules.version.number, 1),
  ...checkSpan("/version/inForce", rules.version.inForce),
  ...checkCadence(rules.lifecycle.cadence),
  ...checkIndicators(rules.control),
  ...checkLifecycle(rules),
  ...checkRedemption(rules),
  ...checkEvidence(rules),
  ...checkControl(rules),
];

function checkZone({ timeZone }: ProgrammeRules): Problem[] {
  if (timeZoneNamed(timeZone) !== undefined) return [];
  const message = `"${timeZone}" is not a named time zone; use one such as Asia/Shanghai`;
  return [{ path: "/timeZone", message }];
}

/** What follows from the books has the unit that it has. */
const checkIndicators = ({ indicators }: ProgrammeRules["control"]): Problem[] =>
  indicators.flatMap(({ code, unit }, index) => {
    if (!isFigure(code) || programmeFigures[code].unit === unit) return [];
    const message = `"${code}" is worked out here, in ${programmeFigures[code].unit}; put that`;
    return [{ path: `/control/indicators/${index}/unit`, message }];
  });

function checkCadence(cadence: Cadence): Problem[] {
  const path = "/lifecycle/cadence";
  if (cadence.kind === "rolling") return [];
  if (cadence.kind === "each") {
    return cadence.days === null ? [] : checkCount(`${path}/days`, cadence.days, 1);
  }
  const places =
    cadence.kind === "competitive" ? checkCount(`${path}/places`, cadence.places, 1) : [];
  if (cadence.kind === "windows" && cadence.windows.length === 0) {
    return [{ path: `${path}/windows`, message: "claims are never taken; name a window" }];
  }
  return [...places, ...checkWindows(`${path}/windows`, cadence.windows)];
}

function checkWindows(path: string, windows: readonly DayWindow[]): Problem[] {
  return windows.flatMap((window, index) => {
    const at = `${path}/${index}`;
    const before = windows[index - 1];
    const overlaps = before && Temporal.PlainDate.compare(before.until, window.from) >= 0;
    const message = `the window begins before the last one ends, on ${before?.until}; move it`;
    return [...checkSpan(at, window), ...(overlaps ? [{ path: `${at}/from`, message }] : [])];
  });
}

function checkLifecycle({ lifecycle, redemption, spend, version }: ProgrammeRules): Problem[] {
  const { validity, transfer, reserves, mode } = lifecycle;
  const problems: Problem[] = [];
  if (modeFacts(mode).redeemedAtOnce && spend.redeemBase !== spend.claimBase) {
    const { claimBase } = spend;
    const message = `${mode} redeems what the claim was decided on, at once; put "${claimBase}"`;
    problems.push({ path: "/spend/redeemBase", message });
  }
  if (validity !== null && "months" in validity) {
    problems.push(...checkCount("/lifecycle/validity/months", validity.months, 1));
  }
  if (validity !== null && "until" in validity) {
    const { from } = version.inForce;
    if (Temporal.PlainDate.compare(validity.until, from) < 0) {
      const message = `${validity.until} comes before ${from}, when the version begins; move it`;
      problems.push({ path: "/lifecycle/validity/until", message });
    }
  }
  if (transfer !== "none") {
    problems.push(...checkCount("/lifecycle/transfer/subAccounts", transfer.subAccounts, 2));
  }
  if (reserves === "application" && decidesTogether({ lifecycle, redemption })) {
    const message = "claims that are decided together take the budget up by their round; use grant";
    problems.push({ path: "/lifecycle/reserves", message });
  }
  if (!modeFacts(mode).applied && version.decidedBy === "signed") {
    const message = `nobody signs for what ${mode} gives; put "applied"`;
    problems.push({ path: "/version/decidedBy", message });
  }
  if (reserves === "redemption" && modeFacts(mode).offsetsBill) {
    const message = `${mode} promises money before the bill; reserve it with the grant`;
    problems.push({ path: "/lifecycle/reserves", message });
  }
  return problems;
}

function checkRedemption({ lifecycle, redemption }: ProgrammeRules): Problem[] {
  const { stages, notice, shortage } = redemption;
  const problems = stages.flatMap(({ days }, index) =>
    days === null ? [] : checkCount(`/redemption/stages/${index}/days`, days, 1),
  );
  if (notice !== null) problems.push(...checkCount("/redemption/notice/days", notice.days, 1));
  if (shortage === "equal-ratio" && lifecycle.cadence.kind === "rolling") {
    const message = "claims that come one by one cannot share; gather them in windows or batches";
    problems.push({ path: "/redemption/shortage", message });
  }
  if (stages.length > 0 && !modeFacts(lifecycle.mode).reviewed) {
    const message = `nobody reviews in mode ${lifecycle.mode}; leave the stages out`;
    problems.push({ path: "/redemption/stages", message });
  }
  return problems;
}

function checkEvidence({ redemption: { evidence }, requirements }: ProgrammeRules): Problem[] {
  const known = evidence.map(({ kind }) => kind);
  const twice = known.length === 0 ? [] : checkNames("/redemption/evidence", known);
  const fresh = evidence.flatMap(({ freshDays }, index) =>
    freshDays === null ? [] : checkCount(`/redemption/evidence/${index}/freshDays`, freshDays, 1),
  );
  const named = new Set(requirements.flatMap(({ evidence: kinds }) => kinds));
  const idle = evidence.flatMap(({ kind, onlyWhenNamed }, index) => {
    if (!onlyWhenNamed || named.has(kind)) return [];
    const message = `no requirement names "${kind}", so nobody brings it; name it, or ask always`;
    return [{ path: `/redemption/evidence/${index}/onlyWhenNamed`, message }];
  });
  const asked = requirements.flatMap(({ evidence: kinds }, requirement) =>
    kinds.flatMap((kind, index) =>
      known.includes(kind)
        ? []
        : [
            {
              path: `/requirements/${requirement}/evidence/${index}`,
              message: noneSuch("evidence", kind, known),
            },
          ],
    ),
  );
  return [...twice, ...fresh, ...idle, ...asked];
}

function checkControl({ control: { clawback, signals } }: ProgrammeRules): Problem[] {
  const names = signals.map(({ signal }) => signal);
  const twice = names.length === 0 ? [] : checkNames("/control/signals", names);
  if (clawback === null) return twice;
  return [
    ...twice,
    ...checkRate("/control/clawback/share", clawback.share, { above0: true }),
    ...checkRate("/control/clawback/interestPerYear", clawback.interestPerYear),
    ...checkCount("/control/clawback/banMonths", clawback.banMonths, 0),
  ];
}
