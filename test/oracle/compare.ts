import {
  checkRules,
  decide,
  noCounters,
  noProgress,
  overlay,
  redeem,
  release,
  type Claim,
  type Decision,
  type ProgrammeRules,
  type Settlement,
} from "@wadi/core/vouchers";
import { chance, type Chance } from "../../packages/core/src/vouchers/chance.testing.ts";
import type { Past } from "./history.ts";
import { oracleDecide } from "./oracle-decide.ts";
import { earlier } from "./oracle-parts.ts";
import { oracleRedeem, oracleRelease, type OracleClaim } from "./oracle-redeem.ts";
import {
  firstDay,
  randomAmount,
  randomCase,
  randomQuantities,
} from "../../packages/core/src/vouchers/random-case.testing.ts";
import { randomProgramme } from "../../packages/core/src/vouchers/random-programme.testing.ts";

/** How many of each there were: a comparison of nothing but refusals would prove little. */
export interface Tally {
  claims: number;
  granted: number;
  refused: number;
  incomplete: number;
  redemptions: number;
  redeemed: number;
  releases: number;
  /** Grants of units, and settlements that drew some. */
  inKind: number;
  drawn: number;
}

export const emptyTally = (): Tally => ({
  claims: 0,
  granted: 0,
  refused: 0,
  incomplete: 0,
  redemptions: 0,
  redeemed: 0,
  releases: 0,
  inKind: 0,
  drawn: 0,
});

interface Story {
  readonly rules: ProgrammeRules;
  readonly past: Past[];
  readonly open: { claim: Claim; oracle: OracleClaim }[];
  readonly books: ReturnType<typeof overlay>;
  readonly chance: Chance;
}

const claimsInStory = 20;

/**
 * Plays random programmes, each with a history of claims, settlements and releases, against both
 * the rules and the oracle.
 *
 * @returns the first difference, as text; null where there is none
 */
export function compare(claims: number, seed: number, tally = emptyTally()): string | null {
  for (let story = 0; tally.claims < claims; story += 1) {
    const difference = compareStory(seed + story, tally);
    if (difference !== null) return `seed ${seed + story}: ${difference}`;
  }
  return null;
}

function compareStory(seed: number, tally: Tally): string | null {
  const draw = chance(seed);
  const rules = randomProgramme(draw);
  const story: Story = { rules, past: [], open: [], books: overlay(noCounters), chance: draw };
  let today = firstDay;
  for (let turn = 0; turn < claimsInStory; turn += 1) {
    today = today.add({ days: draw.below(45) });
    const difference =
      compareClaim(story, `claim-${turn}`, { today, tally }) ??
      compareOpen(story, { today, tally });
    if (difference !== null) return `turn ${turn}: ${difference}`;
  }
  return null;
}

interface Moment {
  readonly today: Temporal.PlainDate;
  readonly tally: Tally;
}

function compareClaim(story: Story, id: string, { today, tally }: Moment): string | null {
  const { rules, past, books } = story;
  const of = randomCase(story.chance, {
    claim: id,
    appliedOn: today.subtract({ days: story.chance.below(9) }),
  });
  const decision = decide({ rules, case: of, counters: books.counters, asOf: today });
  const before = rules.parts.map((part) => earlier(part, of, today, past));
  const answer = oracleDecide(rules, of, today, past);
  tally.claims += 1;
  tally[decision.outcome] += 1;
  const difference = differ(
    {
      outcome: decision.outcome,
      granted: decision.granted,
      inKind: unitsText(decision),
      base: decision.outcome === "incomplete" ? 0n : decision.base,
      refused: decision.refused.flatMap(({ code, amount }) =>
        amount > 0n ? `${code} ${amount}` : [],
      ),
      payers: rules.payers.map(
        ({ code }) => decision.payers.find(({ payer }) => payer === code)?.amount ?? 0n,
      ),
    },
    {
      outcome: answer.outcome,
      granted: answer.granted,
      inKind: answer.inKind,
      base: answer.outcome === "incomplete" ? 0n : answer.past.base.n,
      refused: answer.refused,
      payers: answer.payers,
    },
  );
  if (difference !== null) return `${id}: ${difference}`;
  const over = overLimit(decision);
  if (over !== null) return `${id}: ${over}`;
  books.add(decision.touched);
  past.push(answer.past);
  if (decision.outcome === "granted") {
    const isSurpassed = decision.parts.map(({ surpassedBy }) => surpassedBy !== null);
    if (decision.inKind.some((one) => one.granted > 0n)) tally.inKind += 1;
    const oracle = {
      ...{ past: answer.past, before, isSurpassed },
      ...{ settled: new Map<string, bigint>(), used: new Map<string, bigint>() },
    };
    story.open.push({
      claim: { case: of, decision, issuedOn: today, progress: noProgress },
      oracle,
    });
  }
  return null;
}

/** Now and then something happens to one of the claims that were granted. */
function compareOpen({ rules, past, open, books, chance: draw }: Story, at: Moment): string | null {
  const { today, tally } = at;
  if (open.length === 0 || draw.percent(40)) return null;
  const index = draw.below(open.length);
  const { claim, oracle } = open[index]!;
  const { counters } = books;
  if (draw.percent(15)) {
    const given = release({ rules, claim, counters });
    books.add(given.touched);
    open.splice(index, 1);
    tally.releases += 1;
    const back = given.inKind.map(({ code, released }) => `${code} ${released}`);
    return differ({ released: given.released, back }, oracleRelease(oracle.past));
  }
  const settlement = randomSettlement(draw, claim, today);
  const answer = redeem({ rules, claim, settlement, counters, asOf: today });
  if (answer.outcome === "incomplete") return null;
  tally.redemptions += 1;
  if (answer.outcome === "redeemed") tally.redeemed += 1;
  if (answer.inKind.some(({ drawn }) => drawn > 0n)) tally.drawn += 1;
  books.add(answer.touched);
  open[index] = { claim: { ...claim, progress: answer.progress }, oracle };
  if (settlement.last) open.splice(index, 1);
  const expected = oracleRedeem(rules, oracle, { settlement, today, past });
  const { redeemed, released, inKind } = answer;
  const drawn = inKind.map((one) => `${one.code} ${one.drawn}`);
  const back = settlement.last ? inKind.map((one) => `${one.code} ${one.released}`) : [];
  return differ({ redeemed, drawn, released, back }, expected);
}

function randomSettlement(draw: Chance, claim: Claim, today: Temporal.PlainDate): Settlement {
  const lines = claim.case.lines.map(({ id }) => id);
  const settled = (lines.length === 0 ? [] : draw.some(lines)).map((line) => ({
    line,
    amount: randomAmount(draw),
    ...(draw.percent(70) && { quantities: randomQuantities(draw) }),
  }));
  return { id: "s", on: today, lines: settled, evidence: [], last: draw.percent(40) };
}

/** What is granted in kind, then what is refused of it. */
const unitsText = ({ inKind }: Decision) => [
  ...inKind.map(({ code, granted }) => `${code} ${granted}`),
  ...inKind.flatMap(({ code, refused }) =>
    refused.map((one) => `${code} ${one.code} ${one.amount}`),
  ),
];

/** No counter that is written passes its limit. */
function overLimit({ touched }: Decision): string | null {
  const over = touched.find(({ by, after, limit }) => by > 0n && limit !== null && after > limit);
  return over ? `${over.key} stands at ${over.after}, above ${over.limit}` : null;
}

function differ(ours: unknown, oracles: unknown): string | null {
  const [a, b] = [ours, oracles].map((value) =>
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "bigint" ? part.toString() : part,
    ),
  );
  return a === b ? null : `the rules say ${a}, the oracle says ${b}`;
}

/** What is wrong with random programmes: nothing should be. */
export function problemsOf(count: number, seed: number): string[] {
  return Array.from({ length: count }, (_, index) => randomProgramme(chance(seed + index))).flatMap(
    (rules) => checkRules(rules).map(({ path, message }) => `${path}: ${message}`),
  );
}
