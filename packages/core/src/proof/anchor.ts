import { microseconds, type Sha256 } from "../ledger/index.ts";
import { leafHash, merkleRoot } from "./merkle.ts";

/** The journal at the end of a day: what an operator publishes, and an auditor keeps. */
export interface LedgerAnchor {
  /** The last day that it covers: "2026-11-21". */
  readonly day: string;
  /** The first instant that it does not cover. */
  readonly until: Temporal.Instant;
  /** The last line known before `until`, and its hash. */
  readonly seq: bigint;
  readonly hash: string;
  /** Merkle root over the hashes of the lines since the anchor before. */
  readonly lines: string;
  /** Merkle root over all anchors up to this one. */
  readonly root: string;
}

/** What stands for a line of the journal in its day's tree. */
export const lineLeaf = (hash: string, sha256: Sha256): string => leafHash(hash, sha256);

/** The root over the lines of a day, by their hashes. */
export const linesRoot = (hashes: readonly string[], sha256: Sha256): string =>
  merkleRoot(
    hashes.map((hash) => lineLeaf(hash, sha256)),
    sha256,
  );

/** The root over all anchors, in their order. */
export const anchorsRoot = (
  anchors: readonly Omit<LedgerAnchor, "root">[],
  sha256: Sha256,
): string =>
  merkleRoot(
    anchors.map((anchor) => anchorLeaf(anchor, sha256)),
    sha256,
  );

/** What stands for an anchor in the tree of all of them. */
export const anchorLeaf = (anchor: Omit<LedgerAnchor, "root">, sha256: Sha256): string =>
  leafHash(anchorText(anchor), sha256);

const anchorText = ({ day, until, seq, hash, lines }: Omit<LedgerAnchor, "root">) =>
  ["anchor 1", day, `${microseconds(until)}`, `${seq}`, hash, lines].join("\n");
