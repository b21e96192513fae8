import { firstHash, type JournalLine } from "@wadi/core/ledger";
import { lineLeaf, type LedgerAnchor, type MerkleTree } from "@wadi/core/proof";

import type { Sql } from "../db/index.ts";
import { hashesAt, hashesIn, readHead, sha256 } from "../ledger/index.ts";
import { readAnchors } from "./anchor-store.ts";
import { inTurns } from "./in-turns.ts";
import { openWideTree } from "./wide-tree.ts";
import { anchorAt } from "./write-anchor.ts";

/** Where a line stands in the journal, for whoever has only a few lines of it. */
export interface LinePlace {
  readonly previous: string;
  readonly anchor: number;
  readonly place: number;
  readonly path: string[];
}

export interface PlacedLines {
  readonly anchors: (LedgerAnchor & { isPublished: boolean })[];
  /** Builds the trees of the lines' days, which takes no database, and then tells places. */
  open(): Promise<(line: JournalLine) => LinePlace>;
}

/**
 * Finds the anchor that covers each line and the path to it. Lines of after the last anchor get one
 * of this moment, which nobody has published.
 */
export async function placeLines(
  sql: Sql,
  lines: readonly JournalLine[],
  timeZone: string,
): Promise<PlacedLines> {
  const published = await readAnchors(sql);
  const isCovered = lines.every(({ seq }) => seq <= (published.at(-1)?.seq ?? 0n));
  const fresh = isCovered ? undefined : await anchorOfNow(sql, timeZone);
  const anchors = [
    ...published.map((anchor) => ({ ...anchor, isPublished: true })),
    ...(fresh ? [{ ...fresh, isPublished: false }] : []),
  ];
  const hashes = await hashesAt(
    sql,
    lines.map(({ seq }) => seq - 1n),
  );
  const days = new Map<number, string[]>();
  for (const { seq } of lines) {
    const index = anchors.findIndex((one) => seq <= one.seq);
    if (days.has(index)) continue;
    const stretch = { after: startOf(anchors, index), through: anchors[index]!.seq };
    days.set(index, await hashesIn(sql, stretch));
  }
  return {
    anchors,
    open: async () => {
      const trees = new Map<number, MerkleTree>();
      for (const [index, own] of days) {
        trees.set(index, await openWideTree(await inTurns(own, (hash) => lineLeaf(hash, sha256))));
      }
      return ({ seq }) => {
        const anchor = anchors.findIndex((one) => seq <= one.seq);
        const place = Number(seq - startOf(anchors, anchor)) - 1;
        const previous = hashes.get(seq - 1n) ?? firstHash(sha256);
        return { previous, anchor, place, path: trees.get(anchor)!.pathOf(place) };
      };
    },
  };
}

async function anchorOfNow(sql: Sql, timeZone: string): Promise<LedgerAnchor> {
  const { knownAt } = await readHead(sql);
  const until = knownAt.add({ microseconds: 1 });
  const day = knownAt.toZonedDateTimeISO(timeZone).toPlainDate().toString();
  return (await anchorAt(sql, { day, until }))!;
}

const startOf = (anchors: readonly LedgerAnchor[], index: number) => anchors[index - 1]?.seq ?? 0n;
