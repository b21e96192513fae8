import {
  evidenceTwice,
  inOrder,
  limitsOf,
  oddHours,
  pricesAboveMedian,
  sharedDetails,
  splitContracts,
  type Bound,
  type Contract,
  type Deal,
  type Signal,
} from "@wadi/core/signals";
import { divide, microYuan, noMoney, total, type MicroYuan } from "@wadi/core/units";
import type { ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { cardSignals } from "../../metering/index.ts";
import { evidenceOf, redemptionsOf } from "./board-store.ts";
import { latestClaims, type StoredClaim } from "../claim/store.ts";

/** As many of a programme's claims as are looked at, the latest ones. */
const claimsMax = 100_000;

/**
 * What about a programme's claims, and the runs that its vouchers paid, a person should look at, in
 * the order of core's list. What a programme's rules do not name is looked for as well, with the
 * usual limits.
 */
export async function signalsOf(sql: Sql, rules: ProgrammeRules): Promise<Signal[]> {
  const limits = limitsOf(rules.control);
  const { timeZone } = rules;
  const [claims, files, redemptions, cards] = await Promise.all([
    latestClaims(sql, { programme: rules.id, limit: claimsMax }),
    evidenceOf(sql, rules.id),
    redemptionsOf(sql, rules.id),
    cardSignals(sql, { programme: rules.id, since: runsSince(rules), timeZone }, limits),
  ]);
  return inOrder([
    ...pricesAboveMedian(claims.flatMap(dealsOf), limits),
    ...splitContracts(claims.flatMap(contractOf), { bounds: boundsOf(rules), limits }),
    ...sharedDetails(claims.flatMap(detailsOf), limits),
    ...evidenceTwice(files),
    ...oddHours(redemptions, { timeZone, limits }),
    ...cards,
  ]);
}

/** Runs of a year before these rules as well: the programme may be older than its last version. */
const runsSince = ({ version, timeZone }: ProgrammeRules): Temporal.Instant =>
  version.inForce.from.subtract({ years: 1 }).toZonedDateTime(timeZone).toInstant();

/** Card-hours by model, where a line says how many there are. */
function dealsOf({ id, asked, appliedOn }: StoredClaim): Deal[] {
  return asked.lines.flatMap(({ facts, amounts, quantities }) => {
    const hours = quantities["card-hours"];
    const { contract } = amounts;
    const model = facts["line.cardModel"];
    if (!hours || contract === undefined || typeof model !== "string") return [];
    const unitPrice = microYuan(divide(contract, hours, "down"));
    return [{ subject: `claim/${id}`, item: `card-hour/${model}`, unitPrice, day: appliedOn }];
  });
}

function contractOf(claim: StoredClaim): Contract[] {
  const { asked, tenant, contract } = claim;
  const signedOn = asked.facts["contract.signedOn"];
  if (!(signedOn instanceof Temporal.PlainDate)) return [];
  const { supplier } = asked;
  const applicant = tenant;
  return [
    { subject: `contract/${contract}`, applicant, supplier, total: totalOf(claim), signedOn },
  ];
}

const totalOf = ({ asked }: StoredClaim): MicroYuan =>
  total(asked.lines.map(({ amounts }) => amounts.contract ?? noMoney));

function detailsOf({ tenant, asked: { contact } }: StoredClaim) {
  if (contact === null) return [];
  const { bankAccount, phone, address } = contact;
  return [
    {
      subject: `applicant/${tenant}`,
      details: { "bank account": bankAccount, phone, address },
    },
  ];
}

/** Amounts that a contract could be cut to stay under. */
const boundsOf = ({ caps, spend: { floors } }: ProgrammeRules): Bound[] => [
  ...floors.map(({ code, amount }) => ({ code, amount })),
  ...caps.flatMap(({ code, per, limit }) =>
    "amount" in limit && (per === "claim" || per === "contract")
      ? [{ code, amount: limit.amount }]
      : [],
  ),
];
