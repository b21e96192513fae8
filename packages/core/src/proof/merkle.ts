import type { Sha256 } from "../ledger/index.ts";

/*
 * Merkle trees as RFC 6962 builds them, over texts: a tree of n leaves is split at the largest
 * power of two below n, and leaves are hashed apart from inner hashes, so that neither can pass for
 * the other. Hashes are 64 lower-case hex digits and go into the next as such.
 */

/** What stands for one leaf: SHA-256 of a zero byte and the text. */
export const leafHash = (text: string, sha256: Sha256): string => sha256(`\u0000${text}`);

/** Of two hashes side by side: SHA-256 of a one byte, the left one, the right one. */
const innerHash = (left: string, right: string, sha256: Sha256): string =>
  sha256(`\u0001${left}${right}`);

/** Of leaves' hashes, in their order; of none, SHA-256 of nothing. */
export function merkleRoot(leaves: readonly string[], sha256: Sha256): string {
  if (leaves.length === 0) return sha256("");
  return openTree(leaves, sha256).root;
}

/** A tree in memory, for many paths of it. */
export interface MerkleTree {
  readonly root: string;
  /** The hashes beside the way from the leaf up to the root, lowest first. */
  pathOf(place: number): string[];
}

/**
 * Layer by layer: where the last hash of a layer has none beside it, it goes up as it is, which is
 * the same tree as RFC 6962 splits from above.
 */
export function openTree(leaves: readonly string[], sha256: Sha256): MerkleTree {
  const layers: (readonly string[])[] = [leaves];
  for (let layer = leaves; layer.length > 1;) {
    const above: string[] = [];
    for (let i = 0; i < layer.length; i += 2) {
      const right = layer[i + 1];
      above.push(right === undefined ? layer[i]! : innerHash(layer[i]!, right, sha256));
    }
    layers.push(above);
    layer = above;
  }
  return {
    root: layers.at(-1)![0] ?? sha256(""),
    pathOf: (place) => {
      const path: string[] = [];
      let at = place;
      for (const layer of layers) {
        const beside = layer[at ^ 1];
        if (layer.length > 1 && beside !== undefined) path.push(beside);
        at >>= 1;
      }
      return path;
    },
  };
}

/** A tree that leaves are added to; of all of them it keeps only what the root needs. */
export interface GrowingTree {
  add(leaf: string): void;
  root(): string;
}

export function growingTree(sha256: Sha256): GrowingTree {
  /** Roots of whole trees, the largest first; each of 2^height leaves. */
  const peaks: { readonly height: number; readonly hash: string }[] = [];
  return {
    add: (leaf) => {
      let peak = { height: 0, hash: leaf };
      for (let left = peaks.at(-1); left?.height === peak.height; left = peaks.at(-1)) {
        peak = { height: peak.height + 1, hash: innerHash(left.hash, peak.hash, sha256) };
        peaks.pop();
      }
      peaks.push(peak);
    },
    root: () => {
      const hash = peaks.reduceRight<string | undefined>(
        (right, { hash: left }) => (right === undefined ? left : innerHash(left, right, sha256)),
        undefined,
      );
      return hash ?? sha256("");
    },
  };
}

/** Where a leaf is said to stand. */
export interface MerklePath {
  /** From 0. */
  readonly place: number;
  readonly path: readonly string[];
}

/**
 * The root that a leaf's path leads to.
 * @param size  how many leaves the tree has
 * @returns undefined when a tree of that size has no such path
 */
export function rootOf(
  leaf: string,
  { place, path, size }: MerklePath & { readonly size: number },
  sha256: Sha256,
): string | undefined {
  if (!Number.isSafeInteger(place) || place < 0 || place >= size) return undefined;
  let hash = leaf;
  let used = 0;
  for (let [at, last] = [place, size - 1]; last > 0; [at, last] = [at >> 1, last >> 1]) {
    if (at === last && at % 2 === 0) continue; // nothing beside it: it goes up as it is
    const beside = path[used];
    if (beside === undefined) return undefined;
    used += 1;
    hash = at % 2 === 1 ? innerHash(beside, hash, sha256) : innerHash(hash, beside, sha256);
  }
  return used === path.length ? hash : undefined;
}
