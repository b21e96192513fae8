import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatYuan } from "@wadi/core/units";
import {
  decide,
  noCounters,
  noProgress,
  overlay,
  redeem,
  release,
  type Claim,
} from "@wadi/core/vouchers";
import { check } from "@wadi/protocol/wrong-fields";
import { programmeRules } from "@wadi/protocol/programme";
import { expect, test } from "vitest";
import { readCases, readProgramme } from "./read-programme.ts";

const folder = fileURLToPath(new URL("../../../../programmes/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

test("ten programmes or more are shipped", () => {
  expect(files.length).toBeGreaterThanOrEqual(10);
});

test.each(files)(
  "%s says where each was seen, and comes back from the wire the same",
  async (name) => {
    const { rules, json } = await readProgramme(folder + name);
    expect(`${rules.id}.yaml`).toBe(name);
    expect(rules.sources.length).toBeGreaterThan(0);
    const again = check(programmeRules, json, "body");
    expect(again.ok && again.value).toEqual(rules);
  },
);

/** What each claim and each bill of a case file came to. */
async function played(programme: string, cases: string) {
  const { rules } = await readProgramme(`${folder}${programme}.yaml`);
  const taken = overlay(noCounters);
  const { counters } = taken;
  const lines: string[] = [];
  for (const { case: asked, asOf, settlements } of await readCases(
    `${folder}cases/${cases}.yaml`,
  )) {
    const decision = decide({ rules, case: asked, counters, asOf });
    taken.add(decision.touched);
    const refused = decision.refused.map(({ code, amount }) => ` -${formatYuan(amount)} ${code}`);
    const units = decision.inKind.map(
      ({ code, granted, refused: cut }) =>
        ` ${code} ${granted}${cut.map((one) => ` -${one.amount} ${one.code}`).join("")}`,
    );
    const all = [...refused, ...units].join("");
    lines.push(`${asked.claim} ${formatYuan(decision.granted)}${all}`);
    const granted = { case: asked, decision, issuedOn: asOf };
    let progress = noProgress;
    for (const settlement of settlements) {
      const claim: Claim = { ...granted, progress };
      const bill = redeem({ rules, claim, settlement, counters, asOf: settlement.on });
      taken.add(bill.touched);
      progress = bill.progress;
      const drawn = bill.inKind.map(
        ({ code, drawn: took, released: back, refused: cut }) =>
          ` ${code} ${took} +${back}${cut.map((one) => ` -${one.amount} ${one.code}`).join("")}`,
      );
      const codes = [...bill.refused.map(({ code }) => ` ${code}`), ...drawn].join("");
      const { redeemed, released } = bill;
      lines.push(`${settlement.id} ${formatYuan(redeemed)} +${formatYuan(released)}${codes}`);
    }
    if (settlements.length > 0) {
      const rest = release({ rules, claim: { ...granted, progress }, counters });
      lines.push(`rest ${formatYuan(rest.released)}`);
    }
  }
  return lines;
}

// The golden vectors of the reference, through the files that are shipped.

test("Hangzhou: three contracts meet the yearly cap", async () => {
  expect(await played("hangzhou-ai-chain", "hangzhou-three-contracts")).toEqual([
    "C1 3703703.67",
    "C2 1975308.64",
    "C3 2320987.69 -679012.30 annual-cap",
  ]);
});

test("Beijing: a bill below the claim releases, and that room does not come back", async () => {
  expect(await played("beijing-ai", "beijing-two-contracts")).toEqual([
    "K1 1200000.00",
    "S1 1086421.97 +113578.03",
    "rest 0.00",
    "K2 800000.00 -200000.00 yearly-claims",
    "S2 800000.00 +0.00 above-grant",
    "rest 0.00",
  ]);
});

test("Qingyang: four bills are reduced, the fifth comes too late, the rest expires", async () => {
  expect(await played("qingyang-hub", "qingyang-four-invoices")).toEqual([
    "A1 370370.36",
    "Q2 90000.00 +0.00",
    "Q3 120000.00 +0.00",
    "Q4 105000.00 +0.00",
    "Q1 45000.00 +0.00",
    "late 0.00 +0.00 expired",
    "rest 10370.36",
  ]);
});

test("Langfang: a new firm's compute and landing grant are cut by the yearly cap", async () => {
  expect(await played("langfang-ai", "langfang-new-firm")).toEqual([
    "L1 1000000.00 -150000.00 yearly-cap",
  ]);
});

test("units in kind: bills draw half of the hours and all tokens, the rest goes back", async () => {
  expect(await played("examples/units-in-kind", "units-in-kind")).toEqual([
    "U1 0.00 hours 15000 -15001 above-share tokens 5000000000",
    "march 0.00 +0.00 hours 5000 +0 tokens 4000000000 +0",
    "april 0.00 +0.00 hours 1001 +0 tokens 1000000000 +0 -2000000000 above-grant",
    "may 0.00 +0.00 hours 500 +8499 tokens 0 +0",
    "rest 0.00",
    "U2 0.00 hours 23499 -30000 above-share -5000 above-most -1501 hours-a-year",
  ]);
});
