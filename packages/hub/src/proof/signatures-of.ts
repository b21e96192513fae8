import { openTree } from "@wadi/core/proof";
import type { RunId } from "@wadi/core/units";
import type { Bundle } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import { sha256 } from "../ledger/index.ts";
import { readBatches, signedPlaces } from "../metering/index.ts";

type Signed = Bundle["charges"][number]["readings"][number]["signed"];

export interface Signatures {
  readonly batches: Bundle["batches"];
  /** Null where a reading was not signed. */
  readonly signedOf: (reading: { run: RunId; number: number; revision: number }) => Signed;
}

/** What agents signed of the runs' readings, with the way of each reading to what was signed. */
export async function signaturesOf(sql: Sql, runs: readonly RunId[]): Promise<Signatures> {
  const places = await signedPlaces(sql, runs);
  const stored = await readBatches(sql, batchesIn(places));
  const trees = openBatches(stored);
  const found = new Map(places.map((one) => [keyOf(one), trees.placeOf(one)]));
  return {
    batches: stored.map(({ centre, ...batch }) => ({ centre, ...trees.signed(batch) })),
    signedOf: (reading) => found.get(keyOf(reading)) ?? null,
  };
}

const keyOf = ({ run, number, revision }: { run: RunId; number: number; revision: number }) =>
  `${run} ${number} ${revision}`;

/** What is known of a batch, whoever signed it. */
interface Batch {
  readonly id: string;
  readonly signingKey: Buffer;
  readonly signature: Buffer;
  readonly leaves: readonly string[];
}

/** The batches that anything stands in, each once. */
export const batchesIn = (places: readonly { readonly batch: string }[]): string[] => [
  ...new Set(places.map(({ batch }) => batch)),
];

/** Batches as trees: what was signed of each, and the ways to it. */
export function openBatches(stored: readonly Batch[]) {
  const trees = new Map(
    stored.map(({ id, leaves }, index) => [id, { index, tree: openTree(leaves, sha256) }]),
  );
  return {
    placeOf: ({ batch, place }: { readonly batch: string; readonly place: number }) => {
      const { index, tree } = trees.get(batch)!;
      return { batch: index, place, path: tree.pathOf(place) };
    },
    signed: ({ id, signingKey, signature, leaves }: Batch) => ({
      size: leaves.length,
      root: trees.get(id)!.tree.root,
      signingKey: signingKey.toString("base64"),
      signature: signature.toString("base64"),
    }),
  };
}
