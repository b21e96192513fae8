import type { MeterReading, SourceId } from "@wadi/core/metering";
import { meterBatchText, meterLeaves, merkleRoot } from "@wadi/core/proof";
import type { MeterReadingBatch } from "@wadi/protocol";

import { sha256 } from "../ledger/index.ts";
import { wrongField } from "../refused.ts";
import { isSigned } from "./is-signed.ts";
import type { MeterKey } from "./meter-key-store.ts";
import type { Series } from "./series.ts";

/** What one source signed of a request. */
export interface SignedSource {
  readonly source: SourceId;
  readonly signature: Buffer;
  /** Of all its readings, in the order they came, and where each stands among them. */
  readonly leaves: readonly string[];
  readonly places: ReadonlyMap<MeterReading, number>;
}

/**
 * The signatures of a request, by source. A source that has registered a key must sign all that it
 * sends: whoever has stolen the credential alone reports nothing for it. One without signs nothing.
 * @throws Refused `invalid-request` when one is missing, wrong, or of a source without a key
 */
export function signedSources(
  {
    series,
    signatures,
  }: { series: readonly Series[]; signatures: MeterReadingBatch["signatures"] },
  keys: readonly MeterKey[],
): SignedSource[] {
  const keyOf = new Map(keys.map((key) => [key.source, key]));
  for (const [i, { source }] of signatures.entries()) {
    if (keyOf.has(source)) continue;
    const cure = `register one first: PUT /v1/meter-keys/${source}`;
    throw wrongField(`/signatures/${i}/source`, `"${source}" has no key; ${cure}`);
  }
  const sources = new Set(series.map(({ source }) => source));
  return keys.flatMap(({ source, signer, signingKey }): SignedSource[] => {
    if (!sources.has(source)) return [];
    const place = signatures.findIndex((one) => one.source === source);
    const given = signatures[place];
    if (!given) throw wrongField("/signatures", `lacks that of "${source}", which has a key`);
    const leaves = meterLeaves(series, source, sha256);
    const text = meterBatchText({ signer, source }, merkleRoot(leaves, sha256));
    const signature = Buffer.from(given.signature, "base64");
    if (!isSigned({ text, signingKey, signature })) {
      const detail = `is not of these readings of "${source}", in this order, by its key`;
      throw wrongField(`/signatures/${place}/signature`, detail);
    }
    return [{ source, signature, leaves, places: placesIn(series, source) }];
  });
}

function placesIn(series: readonly Series[], source: SourceId): Map<MeterReading, number> {
  const own = series.filter((one) => one.source === source).flatMap(({ readings }) => readings);
  return new Map(own.map((reading, place) => [reading, place]));
}
