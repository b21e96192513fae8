/** Where a text stops being JSON, and why, for people: line and column count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly why: string;
}

/** Looking for the place costs a few parses; of a longer text only the parser's words are given. */
const searchedMax = 65_536;

/**
 * The parser's own words with the place they are about. V8 gives the offset with most messages; for
 * a token that is simply wrong it does not, and the place is searched for.
 *
 * @returns undefined where the place is not known
 */
export function faultOf(text: string, error: SyntaxError): JsonFault | undefined {
  const offset = offsetIn(error) ?? (text.length <= searchedMax ? searchOffset(text) : undefined);
  if (offset === undefined) return undefined;
  const before = text.slice(0, offset).split("\n");
  const why = error.message
    .replace(/ in JSON at position \d+.*$/s, "")
    .replace(/, .* is not valid JSON$/s, "")
    .replace(/ JSON at position \d+.*$/s, " the end of the JSON value");
  return { line: before.length, column: before.at(-1)!.length + 1, why };
}

function offsetIn(error: SyntaxError): number | undefined {
  const [, digits] = /at position (\d+)/.exec(error.message) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The length of the longest start of the text that some JSON text starts with. */
function searchOffset(text: string): number {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isStart(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isStart(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const at = offsetIn(error as SyntaxError);
    return at === undefined
      ? (error as SyntaxError).message.startsWith("Unexpected end")
      : at === text.length;
  }
}
