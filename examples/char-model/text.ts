import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BadInput } from "./settings.ts";

/** Characters the model can write; everything rarer becomes `RARE`. */
const VOCABULARY_MAX = 128;
const RARE = "\u{FFFD}";
const LENGTH_MIN = 500;

export interface Corpus {
  /** What each code stands for; code 0 stands for every rare character. */
  readonly characters: readonly string[];
  /** The text as codes: nine tenths to learn from, and five stretches of it to judge by. */
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  /** How much of the text is written as the rare character, from 0 to 1. */
  readonly rareShare: number;
}

/**
 * The text of one file, or of all `*.md` files below a folder, one after the other by path.
 * Hidden folders and node_modules are left out. Line ends are made plain.
 * @throws BadInput when there is no such text, or it is not UTF-8
 */
export function readText(path: string): string {
  return filesAt(path).map(readUtf8).join("\n").replaceAll("\r\n", "\n");
}

/**
 * Gives each character a code: the most frequent get one of their own, in order of frequency and
 * then of code point.
 * @throws BadInput when the text is too short to learn from and be judged by
 */
export function encode(text: string, { context }: { context: number }): Corpus {
  const letters = Array.from(text);
  const least = Math.max(LENGTH_MIN, 20 * (context + 1));
  if (letters.length < least) {
    throw new BadInput(
      `--text holds ${letters.length} characters; a context of ${context} needs ${least} or ` +
        "more: give a longer text or a smaller --context",
    );
  }

  const characters = [RARE, ...mostFrequent(letters, VOCABULARY_MAX - 1)];
  if (characters.length < 3) {
    throw new BadInput("--text repeats a single character; there is nothing to learn from it");
  }
  const codes = new Map(characters.map((character, code) => [character, code]));
  const coded = Int32Array.from(letters, (letter) => codes.get(letter) ?? 0);
  return {
    characters,
    training: coded.filter((_, i) => !isHeldOut(i, coded.length)),
    heldOut: coded.filter((_, i) => isHeldOut(i, coded.length)),
    rareShare: coded.filter((code) => code === 0).length / coded.length,
  };
}

/** Every tenth of fifty equal stretches, so that a text of many parts is judged by all of them. */
function isHeldOut(index: number, length: number): boolean {
  return Math.floor((index * 50) / length) % 10 === 9;
}

/** The scores of a model that knows nothing, and of one that knows each character's frequency. */
export function baselines({ characters, training }: Corpus) {
  const counts = new Map<number, number>();
  for (const code of training) counts.set(code, (counts.get(code) ?? 0) + 1);
  let unigram = 0;
  for (const count of counts.values()) {
    const share = count / training.length;
    unigram -= share * Math.log2(share);
  }
  return { uniformBits: Math.log2(characters.length), unigramBits: unigram };
}

function mostFrequent(letters: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  counts.delete(RARE);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.codePointAt(0)! - b.codePointAt(0)!)
    .slice(0, most)
    .map(([letter]) => letter);
}

function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new BadInput(`--text ${path}: no such file or folder`);
  if (found.isFile()) return [path];
  const files = found.isDirectory() ? markdownBelow(path) : [];
  if (files.length === 0)
    throw new BadInput(`--text ${path}: holds no *.md file; name a text file`);
  return files;
}

function markdownBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return entry.name.endsWith(".md") ? [path] : [];
      const skipped = entry.name.startsWith(".") || entry.name === "node_modules";
      return entry.isDirectory() && !skipped ? markdownBelow(path) : [];
    });
}

function readUtf8(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadInput(`--text ${path}: is not UTF-8 text; convert it first`, { cause });
  }
}
