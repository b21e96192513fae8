/** One record of a CSV text. */
export interface CsvRecord {
  /** Of the text, from 1 on, where the record starts. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The records of a CSV text (RFC 4180), the header among them; line ends may be LF or CRLF, a byte
 * order mark in front is skipped, and so are empty lines.
 * @returns what is wrong and where, when the text is no CSV
 */
export function readCsv(
  text: string,
):
  | { readonly kind: "records"; readonly records: readonly CsvRecord[] }
  | { readonly kind: "broken"; readonly line: number; readonly why: string } {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const fields: string[] = [];
    const start = line;
    for (;;) {
      const quoted = text[at] === '"';
      const end = quoted ? closing(text, at + 1) : plainEnd(text, at);
      if (end === -1) return { kind: "broken", line: start, why: 'a quote (") is never closed' };
      const field = quoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, end);
      for (const character of field) if (character === "\n") line += 1;
      fields.push(field);
      at = quoted ? end + 1 : end;
      if (text[at] !== ",") break;
      at += 1;
    }
    if (text.startsWith("\r\n", at)) at += 2;
    else if (text[at] === "\n") at += 1;
    else if (at < text.length) {
      return { kind: "broken", line, why: "text stands right behind a closing quote" };
    }
    line += 1;
    if (fields.length > 1 || fields[0] !== "") records.push({ line: start, fields });
  }
  return { kind: "records", records };
}

/** One record as CSV, its line end with it: what needs quotes gets them. */
export const csvLine = (fields: readonly string[]): string => `${fields.map(quoted).join(",")}\r\n`;

const quoted = (field: string) =>
  needsQuotes.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
const needsQuotes = /[",\r\n]|^\s|\s$/;

/** Where the quote is that closes a field; -1 when there is none. */
function closing(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "," && text[at] !== "\n") at += 1;
  return text[at] === "\n" && text[at - 1] === "\r" && at > from ? at - 1 : at;
}
