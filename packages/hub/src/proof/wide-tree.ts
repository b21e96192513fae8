import { openTree, type MerkleTree } from "@wadi/core/proof";

import { sha256 } from "../ledger/index.ts";
import { inTurns } from "./in-turns.ts";

/** A power of two: the tree of so many leaves is a whole branch of any larger one. */
const branchSize = 1024;

/** `openTree` with pauses, branch by branch: a day may have a million lines. */
export async function openWideTree(leaves: readonly string[]): Promise<MerkleTree> {
  const starts = Array.from({ length: Math.ceil(leaves.length / branchSize) }, (_, i) => i);
  const branches = await inTurns(starts, (i) =>
    openTree(leaves.slice(i * branchSize, (i + 1) * branchSize), sha256),
  );
  const top = openTree(
    branches.map(({ root }) => root),
    sha256,
  );
  return {
    root: top.root,
    pathOf: (place) => {
      const branch = Math.floor(place / branchSize);
      return [...branches[branch]!.pathOf(place % branchSize), ...top.pathOf(branch)];
    },
  };
}
