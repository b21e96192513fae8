/**
 * The options most like what was typed, at most three: the one with the same letters; else those
 * that hold the text or that it holds; else those that differ from it in the fewest letters, at
 * most every third. Case and punctuation do not count. Nearest in length first, then by name.
 */
export function closest<O extends string>(text: string, options: readonly O[], most = 3): O[] {
  const typed = lettersOf(text);
  if (typed === "") return [];
  const rated = options.map((option) => ({ option, farness: farnessOf(typed, lettersOf(option)) }));
  const least = Math.min(...rated.map(({ farness }) => farness));
  if (least === Infinity) return [];
  const excess = (option: string) => Math.abs(lettersOf(option).length - typed.length);
  return rated
    .filter(({ farness }) => farness === least)
    .map(({ option }) => option)
    .sort((a, b) => excess(a) - excess(b) || (a < b ? -1 : 1))
    .slice(0, most);
}

/** The text without case and punctuation. */
export const lettersOf = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function farnessOf(typed: string, option: string): number {
  if (typed === option) return 0;
  if (option.includes(typed) || typed.includes(option)) return 1;
  const edits = editsBetween({ from: typed, to: option });
  return edits <= Math.min(typed.length, option.length) / 3 ? 1 + edits : Infinity;
}

/** Levenshtein: letters put in, left out or changed. */
function editsBetween({ from, to }: { from: string; to: string }): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const change = row[column - 1]! + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(change, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
