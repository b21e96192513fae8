import stringWidth from "string-width";

/** How many columns a text takes in a terminal; a Chinese character takes two. */
export const widthOf = (text: string): number => stringWidth(text);

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const ellipsis = "…";

/** The text in at most so many columns, with an ellipsis for what is cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of characters.segment(text)) {
    const width = widthOf(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return kept + ellipsis;
}

/** The text filled up with blanks to so many columns. */
export function pad(text: string, columns: number, side: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, columns - widthOf(text)));
  return side === "left" ? blanks + text : text + blanks;
}

/**
 * The text in lines of at most so many columns, broken at blanks and between Chinese characters; a
 * word that is longer than a line is broken where the line ends.
 */
export function wrap(text: string, columns: number): string[] {
  if (!Number.isFinite(columns)) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )|(?=[\p{Script=Han}])|(?<=[\p{Script=Han}，。；、：])/u)) {
    if (widthOf(line + word.trimEnd()) <= columns) {
      line += word;
      continue;
    }
    if (line.trim() !== "") lines.push(line.trimEnd());
    line = word;
    while (widthOf(line.trimEnd()) > columns) {
      const head = cut(line, columns + 1).slice(0, -1);
      if (head === "") break;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line.trim() === "" && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}
