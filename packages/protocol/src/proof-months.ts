import { bases, measureNames, type SourceId } from "@wadi/core/metering";
import type { Agreement, PriceListId } from "@wadi/core/rating";
import type { CardModelId, PoolId, ProviderId, RunId } from "@wadi/core/units";
import { z } from "zod";
import { agreementDocument, agreementDocumentOf, agreementOf, month } from "./agreement.ts";
import {
  amount,
  ed25519Key,
  ed25519Signature,
  cardShare,
  instant,
  money,
  plainDate,
  sequence,
  sha256,
  share,
  slug,
  uuid,
} from "./codec.ts";
import { priceListSpec } from "./price-list.ts";
import { billedPart, ratedLine, unpricedUsage } from "./pricing.ts";
import { bundleReading, merklePath } from "./proof-readings.ts";

/* What a bundle has of months that were billed by agreement: enough to rate them anew. */

const pact = {
  from: plainDate,
  until: plainDate,
  list: slug<PriceListId>(),
  listRevision: z.int(),
  agreementRevision: z.int(),
};

const signed = z.strictObject({ batch: z.int().min(0), ...merklePath });

const run = z.strictObject({
  run: uuid<RunId>(),
  provider: slug<ProviderId>(),
  pool: slug<PoolId>(),
  model: slug<CardModelId>(),
  cardShare,
  charge: amount.describe("As it stood when the month was billed."),
  voucher: amount,
  voucherRate: share.nullable(),
  readings: z.array(bundleReading),
});

const meter = z.strictObject({
  id: z.int(),
  signer: z.string(),
  source: slug<SourceId>(),
  resource: z.string(),
  measure: z.enum(measureNames),
  basis: z.enum(bases),
  attributes: z.record(z.string(), z.string()),
  readings: z.array(
    z.strictObject({
      number: sequence,
      revision: z.int().min(0),
      from: instant,
      to: instant,
      quantity: sequence,
      signed: signed.nullable().describe("Null: its source signs nothing."),
    }),
  ),
});

const backs = z.array(z.strictObject({ run: uuid<RunId>(), amount }));

export const bundleMonth = z
  .strictObject({
    month,
    number: z.int().min(1).describe("1 for the month's first bill."),
    billedAt: instant,
    parts: z.array(
      z.strictObject({
        ...pact,
        total: billedPart.shape.total,
        lines: z.array(z.strictObject(ratedLine.shape)),
      }),
    ),
    unpriced: z.array(z.strictObject(unpricedUsage.shape)),
    total: amount,
    charged: amount,
    cash: money.describe("All adjustments of the month so far."),
    backs: backs.describe("What vouchers gave back so far, by run."),
    before: z
      .strictObject({ cash: money, backs })
      .nullable()
      .describe("The same of the month's bill before; null: there is none."),
    earlier: z
      .array(z.strictObject({ month, parts: z.array(z.strictObject(pact)) }))
      .describe("Months whose packages may go on into this one."),
    runs: z.array(run).describe("Usage as it was known when the month was billed."),
    meters: z.array(meter),
  })
  .describe("A month billed by agreement, with the usage that it was rated from.");

export const bundlePriceList = z.strictObject({ revision: z.int().min(1), list: priceListSpec });

const agreement = z.codec(agreementDocument, z.custom<Agreement>(), {
  decode: (document) => agreementOf(document, null),
  encode: (value) => agreementDocumentOf(value),
});
export const bundleAgreement = z.strictObject({ revision: z.int().min(1), agreement });

export const bundleMeterBatch = z.strictObject({
  signer: z.string(),
  source: slug<SourceId>(),
  size: z.int().min(1),
  root: sha256,
  signingKey: ed25519Key.describe("Ed25519, raw."),
  signature: ed25519Signature,
});
