import type { FundId, MicroYuan } from "@wadi/core/units";
import { inKindUnits, type RedemptionDecision, type Settlement } from "@wadi/core/vouchers";
import { settlementFields, slug, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../../db/index.ts";

const settlementDocument = z.strictObject(settlementFields);

const whole = z.codec(z.string(), z.custom<MicroYuan>(), {
  decode: (text) => BigInt(text) as MicroYuan,
  encode: (value) => `${value}`,
});
const units = z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String });
const answerDocument = z.object({
  outcome: z.enum(["redeemed", "refused", "incomplete"]),
  settled: whole,
  redeemed: whole,
  applicantPays: whole,
  released: whole,
  refused: z.array(z.object({ code: z.string(), by: z.string(), amount: whole })),
  payers: z.array(z.object({ payer: z.string(), fund: slug<FundId>(), amount: whole })),
  inKind: z
    .array(
      z.object({
        ...{ code: z.string(), unit: z.enum(inKindUnits) },
        ...{ used: units, drawn: units, released: units },
        refused: z.array(z.object({ code: z.string(), amount: units })),
      }),
    )
    .default([]),
  /** What it took of counters, or gave back; the audit counts it. */
  touched: z.array(z.object({ key: z.string(), by: whole })).default([]),
});

/** What a bill gave, as it is told and kept. */
export type SettlementAnswer = Pick<
  RedemptionDecision,
  | "outcome"
  | "settled"
  | "redeemed"
  | "applicantPays"
  | "released"
  | "inKind"
  | "refused"
  | "missing"
>;

/** A bill that came before under this id: its answer, or `other` where it was another bill. */
export async function findSettlement(
  sql: Sql,
  { claim, settlement }: { claim: ClaimId; settlement: Settlement },
): Promise<SettlementAnswer | "other" | undefined> {
  const [row] = await sql<{ same: boolean; outcome: z.input<typeof answerDocument> }>`
    select settlement::jsonb = ${json(documentOf(settlement))}::jsonb as same, outcome
    from claim_settlements where claim = ${claim} and id = ${settlement.id}`;
  if (!row) return undefined;
  if (!row.same) return "other";
  const { refused, ...answer } = z.decode(answerDocument, row.outcome);
  return { ...answer, refused: refused as SettlementAnswer["refused"], missing: [] };
}

export async function saveSettlement(
  sql: Sql,
  {
    claim,
    settlement,
    outcome,
    at,
  }: {
    claim: ClaimId;
    settlement: Settlement;
    outcome: SettlementAnswer & Pick<RedemptionDecision, "payers" | "touched">;
    at: Temporal.Instant;
  },
): Promise<void> {
  const { refused, payers, touched, inKind, ...rest } = outcome;
  const paid = payers.map(({ payer, fund, amount }) => ({ payer, fund, amount }));
  const answer = z.encode(answerDocument, {
    ...{ ...rest, refused: [...refused], payers: paid },
    inKind: inKind.map((one) => ({ ...one, refused: [...one.refused] })),
    touched: touched.map(({ key, by }) => ({ key, by: by as MicroYuan })),
  });
  await sql`
    insert into claim_settlements (claim, id, settlement, outcome, at)
    values (${claim}, ${settlement.id}, ${json(documentOf(settlement))}, ${json(answer)}, ${at})`;
}

const documentOf = (settlement: Settlement) =>
  z.encode(settlementDocument, settlement as z.output<typeof settlementDocument>);

/** What each payer paid under a claim, and when, oldest first. */
export async function paidUnder(
  sql: Sql,
  claim: ClaimId,
): Promise<{ at: Temporal.Instant; payer: string; fund: FundId; amount: MicroYuan }[]> {
  const rows = await sql<{ at: Temporal.Instant; outcome: z.input<typeof answerDocument> }>`
    select at, outcome from claim_settlements where claim = ${claim} order by at, id`;
  return rows.flatMap(({ at, outcome }) =>
    z.decode(answerDocument, outcome).payers.map((paid) => ({ at, ...paid })),
  );
}
