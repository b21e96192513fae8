import type { BundleClaim, BundleEnd, BundleRedemption, BundleRules } from "@wadi/core/proof";
import { minus, total, type MicroYuan, type ProgrammeId } from "@wadi/core/units";
import { settlementFields, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import type { Sql } from "../../db/index.ts";
import { caseOfClaim } from "../claim/claim-case.ts";
import { turnsOf } from "../rounds/round-store.ts";
import { rulesOf } from "../rules/rules-store.ts";
import { readClaim, type StoredClaim } from "../claim/store.ts";

/**
 * Claims that were granted, by id, with all that they were decided and redeemed by up to an
 * instant: what a bundle has of them.
 */
export async function claimsForProof(
  sql: Sql,
  ids: readonly ClaimId[],
  until: Temporal.Instant,
): Promise<{ claims: BundleClaim[]; rules: BundleRules[] }> {
  const sorted = [...ids].sort();
  const [bills, events] = [await billsUnder(sql, sorted), await eventsOf(sql, sorted)];
  const turns = await turnsOf(sql, sorted);
  const isKnown = ({ at }: { at: Temporal.Instant }) => Temporal.Instant.compare(at, until) < 0;
  const claims: BundleClaim[] = [];
  const versions = new Map<ProgrammeId, BundleRules[]>();
  for (const id of sorted) {
    const claim = await readClaim(sql, id);
    if (!claim) throw new Error(`the claim ${id} moved money and is not there`);
    const own = events.filter((event) => event.claim === id);
    const end = own.filter(isKnown).findLast(({ action }) => action !== "grant");
    const of = { bills: bills.get(id) ?? [], events: own, end };
    const made = await provable(sql, claim, of);
    const rules = versions.get(claim.programme) ?? (await approvedOf(sql, claim.programme));
    versions.set(claim.programme, rules);
    const turn = turns.get(id) ?? null;
    claims.push({ ...made, turn, redemptions: made.redemptions.filter(isKnown) });
  }
  const byProgramme = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  return { claims, rules: byProgramme.flatMap(([, rules]) => rules) };
}

async function provable(
  sql: Sql,
  claim: StoredClaim,
  of: {
    bills: readonly StoredBill[];
    events: readonly EventRow[];
    end: EventRow | undefined;
  },
): Promise<Omit<BundleClaim, "turn">> {
  const { id, programme, version, decision } = claim;
  if (decision === null) throw new Error(`the claim ${id} moved money and was never decided`);
  const { decidedOn, base, granted, parts, inKind, refused, excluded, payers, touched } = decision;
  const { bills, end } = of;
  const grantedAt = of.events.findLast(({ action }) => action === "grant")?.at ?? claim.appliedAt;
  const { contact: _, ...own } = caseOfClaim(
    claim,
    await bannedAt(sql, claim, grantedAt),
  ) as BundleClaim["case"] & { contact?: unknown };
  return {
    ...{ claim: id, programme, version, case: own },
    decision: {
      ...{ decidedOn, base, granted },
      parts: parts.map(({ code, payee, base: sum, amount, granted: kept, borne }) => {
        return { code, payee, base: sum, amount, granted: kept, borne };
      }),
      inKind: inKind.map(({ code, unit, asked, granted: kept }) => {
        return { code, unit, asked, granted: kept };
      }),
      refused: refused.map(({ code, by, amount }) => ({ code, by, amount })),
      excluded: excluded.map(({ line, code, amount }) => ({ line, code, amount })),
      payers: payers.map(({ payer, fund, amount }) => ({ payer, fund, amount })),
      counters: touched.map(({ code, key, before, by }) => ({ code, key, before, by })),
    },
    issuedOn: claim.issuedOn ?? decidedOn,
    redemptions: bills.map(({ claim: _id, ...bill }) => bill),
    end: end ? endOf(end) : null,
    byJobs: minus(claim.redeemed, total(bills.map(({ redeemed }) => redeemed))),
  };
}

/** The longest ban that claims of the tenant that were clawed back before had brought it. */
async function bannedAt(
  sql: Sql,
  { programme, tenant }: StoredClaim,
  at: Temporal.Instant,
): Promise<Temporal.PlainDate | null> {
  const [row] = await sql<{ until: string | null }>`
    select max(facts->>'bannedUntil') as until
    from claim_events join claims on claims.id = claim_events.claim
    where programme = ${programme} and tenant = ${tenant}
      and action = 'claw-back' and claim_events.at < ${at}`;
  return row?.until ? Temporal.PlainDate.from(row.until) : null;
}

interface StoredBill extends BundleRedemption {
  readonly claim: ClaimId;
}

/** Bills under claims, in the order they came. */
async function billsUnder(
  sql: Sql,
  claims: readonly ClaimId[],
): Promise<Map<ClaimId, StoredBill[]>> {
  const rows = await sql<BillRow>`
    select claim, settlement, outcome, at from claim_settlements
    where claim = any(${claims}::uuid[]) order by claim, at, id`;
  return Map.groupBy(rows.map(toBill), ({ claim }) => claim);
}

const settlementDocument = z.strictObject(settlementFields);

interface BillRow {
  readonly claim: ClaimId;
  readonly settlement: z.input<typeof settlementDocument>;
  readonly at: Temporal.Instant;
  /** As `saveSettlement` writes it: whole numbers as text. */
  readonly outcome: {
    readonly outcome: BundleRedemption["outcome"];
    readonly settled: string;
    readonly redeemed: string;
    readonly applicantPays: string;
    readonly released: string;
    readonly refused: readonly Written<BundleRedemption["refused"][number]>[];
    readonly payers: readonly Written<BundleRedemption["payers"][number]>[];
    readonly touched?: readonly { readonly key: string; readonly by: string }[];
  };
}

type Written<T extends { readonly amount: unknown }> = Omit<T, "amount"> & {
  readonly amount: string;
};

const micro = (text: string) => BigInt(text) as MicroYuan;
const withAmount = <T extends { readonly amount: string }>(one: T) => ({
  ...one,
  amount: micro(one.amount),
});

const toBill = ({ claim, settlement, outcome, at }: BillRow): StoredBill => ({
  ...{ claim, at, settlement: z.decode(settlementDocument, settlement) },
  outcome: outcome.outcome,
  settled: micro(outcome.settled),
  redeemed: micro(outcome.redeemed),
  applicantPays: micro(outcome.applicantPays),
  released: micro(outcome.released),
  refused: outcome.refused.map(withAmount),
  payers: outcome.payers.map(withAmount),
  counters: (outcome.touched ?? []).map(({ key, by }) => ({ key, by: BigInt(by) })),
});

interface EventRow {
  readonly claim: ClaimId;
  readonly at: Temporal.Instant;
  readonly action: "grant" | BundleEnd["how"];
  readonly facts: {
    readonly released?: string;
    readonly touched?: readonly { readonly key: string; readonly by: string }[];
  };
}

/** When claims were granted and ended, and what was given back, in the order it happened. */
const eventsOf = (sql: Sql, claims: readonly ClaimId[]): Promise<EventRow[]> =>
  sql<EventRow>`
    select claim, at, action, facts from claim_events
    where claim = any(${claims}::uuid[])
      and action in ('grant', 'expire', 'withdraw', 'claw-back')
    order by claim, number`;

const endOf = ({ at, action, facts }: EventRow): BundleEnd => ({
  ...{ at, how: action as BundleEnd["how"], released: micro(facts.released ?? "0") },
  counters: (facts.touched ?? []).map(({ key, by }) => ({ key, by: BigInt(by) })),
});

/** Oldest first. */
async function approvedOf(sql: Sql, programme: ProgrammeId): Promise<BundleRules[]> {
  const versions = await rulesOf(sql, programme);
  return versions.flatMap(({ rules, approvedAt }) => (approvedAt ? [{ rules, approvedAt }] : []));
}
