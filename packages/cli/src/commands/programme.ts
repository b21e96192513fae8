import {
  decide,
  decideBatch,
  decidesTogether,
  noCounters,
  noProgress,
  overlay,
  redeem,
  type Claim,
  type ProgrammeRules,
  type Turn,
} from "@wadi/core/vouchers";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { decisionLines, redemptionLines } from "../programme/decision-lines.ts";
import { plain } from "../show/plain.ts";
import { checkEach } from "../spec/check-each.ts";
import { readCases, readProgramme, type ReadCase } from "../programme/read-programme.ts";

/** Tells every mistake of every programme file by its line; asks no hub. */
export async function checkProgrammes(
  context: Context,
  { file: files }: { file: readonly string[] },
): Promise<void> {
  await checkEach(context, files, async (file) => {
    const { id, version } = (await readProgramme(file)).rules;
    const { number, inForce } = version;
    const [from, until] = [inForce.from.toString(), inForce.until?.toString() ?? null];
    const days = `from ${from} ${until === null ? "on" : `to ${until}`}`;
    return {
      words: `${file} is version ${number} of ${id}, in force ${days}`,
      json: { programme: id, version: number, from, until },
    };
  });
}

/**
 * Decides cases one after another, each after what the ones before took, and redeems what was
 * billed under them; where the rules decide claims together, all of them as one round. Asks no hub
 * and stores nothing.
 */
export async function tryProgramme(
  context: Context,
  { file, case: caseFiles }: { file: string; case: readonly string[] },
): Promise<void> {
  const { rules } = await readProgramme(file);
  const cases = (await Promise.all(caseFiles.map(readCases))).flat();
  const taken = overlay(noCounters);
  const answers: object[] = [];
  for (const { one, turn } of inTurn(rules, cases)) {
    const { counters } = taken;
    const decision = decide({ rules, case: one.case, counters, asOf: one.asOf }, turn);
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

/**
 * Cases in the order in which they are taken, each with what the others leave to it. A round is
 * held on the last of their days.
 */
function inTurn(
  rules: ProgrammeRules,
  cases: readonly ReadCase[],
): { one: ReadCase; turn?: Turn }[] {
  const days = cases.map(({ asOf }) => asOf).toSorted((a, b) => Temporal.PlainDate.compare(a, b));
  const asOf = days.at(-1);
  if (!decidesTogether(rules) || asOf === undefined) return cases.map((one) => ({ one }));
  const all = cases.map((one) => one.case);
  const byClaim = new Map(cases.map((one) => [one.case.claim, { ...one, asOf }]));
  if (byClaim.size < cases.length) {
    throw wrongUse("two claims of the round have one id; give each its own");
  }
  return decideBatch({ rules, cases: all, counters: noCounters, asOf }).map(({ claim, turn }) => {
    return { one: byClaim.get(claim)!, turn };
  });
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
