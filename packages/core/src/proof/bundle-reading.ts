import type { Reading } from "../metering/index.ts";
import type { MerklePath } from "./merkle.ts";

/** Where the readings' batch has one of them, and which of the bundle's batches it is. */
export type SignedPlace = MerklePath & { readonly batch: number };

/** A reading, and where its batch has it; `signed` null: its agent signs nothing. */
export interface BundleReading extends Reading {
  readonly revision: number;
  readonly signed: SignedPlace | null;
}
