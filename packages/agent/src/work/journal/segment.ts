import { join } from "node:path";
import type { JournalId } from "@wadi/protocol";
import { lineOf, type Item } from "./line.ts";

/** One file of the journal. It begins with all that was kept when it was begun. */
export interface Segment {
  readonly path: string;
  /** Files are numbered in the order they were begun. */
  readonly number: number;
  /** Of the first entry in it, or of the first that will be. */
  readonly first: bigint;
  /** Where the line of each entry begins, by its place after `first`. */
  readonly starts: number[];
  size: number;
}

/** The number that the entry after the last one in the segment has. */
export const nextOf = ({ first, starts }: Segment): bigint => first + BigInt(starts.length);

export const segmentPath = (at: { folder: string; journal: JournalId; number: number }): string =>
  join(at.folder, `${at.journal}.${String(at.number).padStart(10, "0")}.seg`);

/** Reads a file's name back; undefined where it is no segment. */
export function segmentOfName(name: string): { journal: JournalId; number: number } | undefined {
  const [, journal, number] = /^([0-9a-f-]{36})\.(\d{10})\.seg$/.exec(name) ?? [];
  if (journal === undefined) return undefined;
  return { journal: journal as JournalId, number: Number(number) };
}

/**
 * The text of some commits, and where each entry's line begins in bytes, the first byte being
 * `at`.
 */
export function render(commits: readonly (readonly Item[])[], at: number) {
  const starts: number[] = [];
  let text = "";
  let end = at;
  for (const items of commits) {
    for (const [i, item] of items.entries()) {
      const line = lineOf(item, i === items.length - 1);
      if (item.kind === "entry") starts.push(end);
      end += Buffer.byteLength(line);
      text += line;
    }
  }
  return { text, starts };
}
