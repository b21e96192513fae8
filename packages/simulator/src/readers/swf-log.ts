import { Mistakes, type Source } from "./mistakes.ts";

/*
 * The Standard Workload Format, version 2.2, of the Parallel Workloads Archive
 * (https://www.cs.huji.ac.il/labs/parallel/workload/swf.html): a job a line, eighteen numbers,
 * -1 where a number is not known; comments start with ";", and those at the top are a header of
 * `; Name: value`.
 */

/** In the order of the format. Times in seconds, memory in kilobytes a processor. */
export const swfFields = [
  "job",
  "submit",
  "wait",
  "run",
  "allocated",
  "cpuUsed",
  "memoryUsed",
  "requested",
  "requestedTime",
  "requestedMemory",
  "status",
  "user",
  "group",
  "application",
  "queue",
  "partition",
  "precedingJob",
  "thinkTime",
] as const;
export type SwfField = (typeof swfFields)[number];

/** Each as it stands; null where the log has -1. */
export type SwfLine = Readonly<Record<SwfField, number | null>> & { readonly line: number };

export interface SwfLog {
  /** Of the comments that have one: by label, in lower case, as often as it is there. */
  readonly header: ReadonlyMap<string, readonly string[]>;
  readonly lines: readonly SwfLine[];
}

/** @throws WrongInput */
export function readSwfLog(source: Source): SwfLog {
  const mistakes = new Mistakes(source.file);
  const header = new Map<string, string[]>();
  const lines: SwfLine[] = [];
  for (const [index, raw] of source.text.split("\n").entries()) {
    const text = raw.trim().replace(/^\uFEFF/, "");
    if (text.startsWith(";")) addComment(header, text);
    else if (text !== "") {
      const read = readLine(text, { line: index + 1, mistakes });
      if (read) lines.push(read);
    }
  }
  mistakes.throwAny();
  return { header, lines };
}

function addComment(header: Map<string, string[]>, text: string): void {
  const [, label, value] = /^;+\s*([A-Za-z][\w ]*?)\s*:\s*(.*)$/.exec(text) ?? [];
  if (label === undefined || value === undefined) return;
  const key = label.toLowerCase();
  header.set(key, [...(header.get(key) ?? []), value]);
}

/** Whole, but for times and averages. */
const mayHaveDecimals: ReadonlySet<SwfField> = new Set<SwfField>([
  "submit",
  "wait",
  "run",
  "cpuUsed",
  "memoryUsed",
  "requestedTime",
  "requestedMemory",
  "thinkTime",
]);

function readLine(text: string, at: { line: number; mistakes: Mistakes }): SwfLine | null {
  const { line, mistakes } = at;
  const words = text.split(/\s+/);
  if (words.length !== swfFields.length) {
    const right = `must be ${swfFields.length} numbers, -1 for what is not known`;
    mistakes.add({ line, field: "line", read: `${words.length} of them`, right });
    return null;
  }
  const before = mistakes.count;
  const read: Partial<Record<SwfField, number | null>> = {};
  for (const [index, field] of swfFields.entries()) {
    const word = words[index]!;
    const value = numberIn(word);
    const isGood =
      value !== undefined &&
      (value >= 0 || value === -1) &&
      (mayHaveDecimals.has(field) || Number.isInteger(value));
    if (!isGood) {
      const what = mayHaveDecimals.has(field) ? "a number" : "a whole number";
      const right = `must be ${what}, 0 or more, or -1 for not known`;
      mistakes.add({ line, field: `${field} (${index + 1})`, read: word, right });
    }
    read[field] = value === undefined || value < 0 ? null : value;
  }
  if (mistakes.count > before) return null;
  return { ...(read as Record<SwfField, number | null>), line };
}

const numberIn = (word: string): number | undefined =>
  /^-?\d{1,15}(\.\d{1,9})?$/.test(word) ? Number(word) : undefined;
