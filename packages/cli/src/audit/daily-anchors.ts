import { hash } from "node:crypto";
import type { JournalLine } from "@wadi/core/ledger";
import { anchorLeaf, growingTree, lineLeaf, type LedgerAnchor } from "@wadi/core/proof";
import type { WrittenAnchor } from "./anchors.ts";

/** Makes the hub's daily anchors anew, while the journal is read. */
export interface DailyAnchors {
  readonly count: number;
  take(line: JournalLine): void;
  /** A sentence for each anchor that is not what the journal, or what was published, gives. */
  problems(): string[];
}

const sha256 = (text: string) => hash("sha256", text, "hex");

/**
 * @param said  the hub's anchors, by day
 * @param written  anchors that were published or written down before; of those with a day the root
 *   must be the same
 */
export function openDailyAnchors(
  said: readonly LedgerAnchor[],
  written: readonly WrittenAnchor[],
): DailyAnchors {
  const problems: string[] = [];
  let next = 0;
  const all = growingTree(sha256);
  let tree = growingTree(sha256);
  let last: JournalLine | undefined;

  /** Closes every anchor that ends before the line `seq`. */
  function closeBefore(seq: bigint): void {
    for (let anchor = said[next]; anchor && anchor.seq < seq; anchor = said[next]) {
      const { day } = anchor;
      if (tree.root() !== anchor.lines) problems.push(`${day}: its lines give another root`);
      if (last?.seq === anchor.seq && last.hash !== anchor.hash) {
        problems.push(`${day}: line ${anchor.seq} has another hash`);
      }
      all.add(anchorLeaf(anchor, sha256));
      if (all.root() !== anchor.root) {
        problems.push(`${day}: it and the anchors before give another root`);
      }
      tree = growingTree(sha256);
      next += 1;
    }
  }

  return {
    count: said.length,
    take: (line) => {
      closeBefore(line.seq);
      tree.add(lineLeaf(line.hash, sha256));
      last = line;
    },
    problems: () => {
      closeBefore((last?.seq ?? 0n) + 1n);
      const missing = said.slice(next).map(({ day, seq }) => `${day}: there is no line ${seq}`);
      return [...problems, ...missing, ...otherRoots(said, written)];
    },
  };
}

function otherRoots(said: readonly LedgerAnchor[], written: readonly WrittenAnchor[]): string[] {
  const roots = new Map(said.map(({ day, root }) => [day, root]));
  return written.flatMap(({ day, root }) => {
    if (day === undefined || roots.get(day) === root) return [];
    return [
      `${day}: ${root} was published; the hub says ${roots.get(day) ?? "nothing of that day"}`,
    ];
  });
}
