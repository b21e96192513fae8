import { batchText, merkleRoot, readingLeaves, type RunReading } from "@wadi/core/proof";
import type { CentreId } from "@wadi/core/units";
import { linkEntry } from "@wadi/protocol";

import { sha256 } from "../ledger/index.ts";
import { isSigned } from "../metering/index.ts";
import { wrongField } from "../refused.ts";
import type { LenientSync } from "./entries.ts";
import type { LinkedAgent } from "./store.ts";

/** Readings that came in one sync, signed together by their centre's agent. */
export interface SignedReadings {
  readonly centre: CentreId;
  readonly signingKey: Buffer;
  readonly signature: Buffer;
  /** All of the batch, also those that came before or fit nothing: they were signed together. */
  readonly readings: readonly RunReading[];
  /** Of each of them. */
  readonly leaves: readonly string[];
}

/**
 * The readings of a sync with their signature, which an agent that has registered a key must give:
 * whoever has stolen its credential alone cannot report any.
 * @returns undefined where the agent signs nothing, where there is nothing to sign, and where an
 *   entry cannot be read, so that nobody can say what was signed
 * @throws Refused `invalid-request` when the signature is missing or wrong
 */
export function signedReadings(
  { entries, signature }: LenientSync,
  { centre, signingKey }: LinkedAgent,
): SignedReadings | undefined {
  if (!signingKey) return undefined;
  const given = entries.filter((entry) => entry["kind"] === "reading");
  if (given.length === 0) return undefined;
  if (signature === null) {
    throw wrongField("/signature", "is missing; this agent has registered a key to sign with");
  }
  const readings: RunReading[] = [];
  for (const { seq, ...fields } of given) {
    const { data } = linkEntry.safeParse({ seq: `${seq}`, ...fields });
    if (data?.kind !== "reading") return undefined;
    readings.push(data);
  }
  const leaves = readingLeaves(readings, sha256);
  const text = batchText(centre, merkleRoot(leaves, sha256));
  const bytes = Buffer.from(signature, "base64");
  if (!isSigned({ text, signingKey, signature: bytes })) {
    throw wrongField("/signature", "is not of these readings by the key that the agent registered");
  }
  return { centre, signingKey, signature: bytes, readings, leaves };
}
