import {
  decide,
  noCounters,
  noProgress,
  overlay,
  redeem,
  type Claim,
  type ProgrammeRules,
} from "@wadi/core/vouchers";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { decisionLines, redemptionLines } from "../programme/decision-lines.ts";
import { plain } from "../show/plain.ts";
import { readCases, readProgramme, type ReadCase } from "../programme/read-programme.ts";

/** Tells every mistake of every programme file by its line; asks no hub. */
export async function checkProgrammes(
  context: Context,
  { file: files }: { file: readonly string[] },
): Promise<void> {
  const wrong: string[] = [];
  for (const file of files) {
    try {
      const { rules } = await readProgramme(file);
      const { number, inForce } = rules.version;
      const { from, until } = inForce;
      const days = `from ${from.toString()} ${until === null ? "on" : `to ${until.toString()}`}`;
      context.print(`${file} is version ${number} of ${rules.id}, in force ${days}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      wrong.push(error.message, ...error.notes);
    }
  }
  const [first, ...rest] = wrong;
  if (first !== undefined) throw wrongUse(first, ...rest);
}

/**
 * Decides cases one after another, each after what the ones before took, and redeems what was
 * billed under them. Asks no hub and stores nothing.
 */
export async function tryProgramme(
  context: Context,
  { file, case: caseFiles }: { file: string; case: readonly string[] },
): Promise<void> {
  const { rules } = await readProgramme(file);
  const cases = (await Promise.all(caseFiles.map(readCases))).flat();
  const taken = overlay(noCounters);
  const answers: object[] = [];
  for (const one of cases) {
    const { counters } = taken;
    const decision = decide({ rules, case: one.case, counters, asOf: one.asOf });
    taken.add(decision.touched);
    const shown = { rules, style: context };
    if (!context.json) context.print(...decisionLines(one.case.claim, decision, shown));
    const redemptions =
      decision.outcome === "granted" ? redeemAll(one, { rules, decision, taken }) : [];
    for (const { settlement, redemption } of redemptions) {
      if (!context.json) context.print("", ...redemptionLines(settlement, redemption, shown));
    }
    if (!context.json) context.print("");
    answers.push({
      claim: one.case.claim,
      decision,
      redemptions: redemptions.map(({ settlement, redemption }) => ({
        settlement: settlement.id,
        ...redemption,
      })),
    });
  }
  if (context.json) context.printJson(plain(answers));
}

function redeemAll(
  { case: asked, asOf, settlements }: ReadCase,
  {
    rules,
    decision,
    taken,
  }: Pick<Claim, "decision"> & { rules: ProgrammeRules; taken: ReturnType<typeof overlay> },
) {
  let claim: Claim = { case: asked, decision, issuedOn: asOf, progress: noProgress };
  return settlements.map((settlement) => {
    const { counters } = taken;
    const redemption = redeem({ rules, claim, settlement, counters, asOf: settlement.on });
    taken.add(redemption.touched);
    claim = { ...claim, progress: redemption.progress };
    return { settlement, redemption };
  });
}
