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
  const stored = await readBatches(sql, [...new Set(places.map(({ batch }) => batch))]);
  const trees = stored.map(({ leaves }) => openTree(leaves, sha256));
  const indexOf = new Map(stored.map(({ id }, i) => [id, i]));
  const found = new Map(
    places.map((one) => {
      const batch = indexOf.get(one.batch)!;
      return [keyOf(one), { batch, place: one.place, path: trees[batch]!.pathOf(one.place) }];
    }),
  );
  return {
    batches: stored.map(({ centre, signingKey, signature, leaves }, i) => ({
      centre,
      size: leaves.length,
      root: trees[i]!.root,
      signingKey: signingKey.toString("base64"),
      signature: signature.toString("base64"),
    })),
    signedOf: (reading) => found.get(keyOf(reading)) ?? null,
  };
}

const keyOf = ({ run, number, revision }: { run: RunId; number: number; revision: number }) =>
  `${run} ${number} ${revision}`;
