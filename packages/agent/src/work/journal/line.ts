import { crc32 } from "node:zlib";

/*
 * How the journal looks on disk: lines of text, each with a checksum. One commit is one or more
 * lines; the last of them says so, and a commit without its last line never happened.
 *
 *   9a3f02c1 h {"journal":"…","first":"41"}     heads a segment; what is kept is written out below
 *   77b0c1d2 K run/0198… {"phase":"running"}    keeps a value under a key
 *   0c44e7aa e {"seq":"41","kind":"reading",…}  an entry for the hub
 *   5d01bb90 D run/0198…                        drops a key; upper case: the commit ends here
 */

export type Item =
  | { readonly kind: "head"; readonly journal: string; readonly first: bigint }
  | { readonly kind: "entry"; readonly seq: bigint; readonly text: string }
  | { readonly kind: "keep"; readonly key: string; readonly value: string }
  | { readonly kind: "drop"; readonly key: string };

/** The line of an item. No key has a space; no text has a line break (JSON never needs one). */
export function lineOf(item: Item, isLast: boolean): string {
  const letter = letters[item.kind];
  const checked = `${isLast ? letter.toUpperCase() : letter} ${bodyOf(item)}`;
  return `${checksum(checked)} ${checked}\n`;
}

/** An entry as it travels, its number first. `fields` is a JSON object that has at least one. */
export const entryItem = (seq: bigint, fields: string): Item => ({
  kind: "entry",
  seq,
  text: `{"seq":"${seq}",${fields.slice(1)}`,
});

/** The fields that `entryItem` was given. */
export const fieldsOf = (text: string): string => `{${text.slice(text.indexOf(",") + 1)}`;

/** An item and the bytes of its line. */
export interface Placed {
  readonly item: Item;
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  readonly items: readonly Placed[];
  /** Bytes up to the end of the last whole commit; what follows is to be cut off. */
  readonly goodBytes: number;
  /** Bad lines stand before good ones: no torn write does that, the disk has lost something. */
  readonly damaged: boolean;
}

/**
 * Reads a segment. A tail that was torn by a crash is left out. In a damaged segment everything
 * that can be read is given, parts of commits too.
 */
export function scan(content: Buffer): Scan {
  const whole: Placed[] = [];
  let open: Placed[] = [];
  let goodBytes = 0;
  let isBad = false;
  let damaged = false;
  for (let from = 0; from < content.length;) {
    const lineEnd = content.indexOf(0x0a, from);
    const to = lineEnd === -1 ? content.length : lineEnd + 1;
    const line = lineEnd === -1 ? undefined : readLine(content.toString("utf8", from, lineEnd));
    if (line === undefined) isBad = true;
    else {
      damaged ||= isBad;
      open.push({ item: line.item, from, to });
      if (line.isLast) {
        whole.push(...open);
        open = [];
        if (!damaged) goodBytes = to;
      }
    }
    from = to;
  }
  return { items: whole, goodBytes, damaged };
}

/** The entries among the lines of a stretch that begins and ends with whole lines. */
export function entriesIn(stretch: Buffer): string[] {
  return stretch
    .toString("utf8")
    .split("\n")
    .filter((line) => line[9] === "e" || line[9] === "E")
    .map((line) => line.slice(11));
}

const letters = { head: "h", entry: "e", keep: "k", drop: "d" } as const;

function bodyOf(item: Item): string {
  switch (item.kind) {
    case "head":
      return JSON.stringify({ journal: item.journal, first: `${item.first}` });
    case "entry":
      return item.text;
    case "keep":
      return `${item.key} ${item.value}`;
    case "drop":
      return item.key;
  }
}

function readLine(line: string): { item: Item; isLast: boolean } | undefined {
  const checked = line.slice(9);
  if (line[8] !== " " || checksum(checked) !== line.slice(0, 8)) return undefined;
  const letter = checked[0] ?? "";
  const item = itemOf(letter.toLowerCase(), checked.slice(2));
  return item && { item, isLast: letter !== letter.toLowerCase() };
}

function itemOf(letter: string, body: string): Item | undefined {
  switch (letter) {
    case letters.head: {
      const { journal, first } = JSON.parse(body) as { journal: string; first: string };
      return { kind: "head", journal, first: BigInt(first) };
    }
    case letters.entry: {
      const seq = /^\{"seq":"(\d+)"/.exec(body)?.[1];
      return seq === undefined ? undefined : { kind: "entry", seq: BigInt(seq), text: body };
    }
    case letters.keep: {
      const space = body.indexOf(" ");
      return { kind: "keep", key: body.slice(0, space), value: body.slice(space + 1) };
    }
    case letters.drop:
      return { kind: "drop", key: body };
    default:
      return undefined;
  }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0");
