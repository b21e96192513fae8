import { addNote, addProblem, type Report } from "./sbatch-report.ts";

/** One word of a directive and the line it stands in. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

export interface SbatchScript {
  readonly lines: readonly string[];
  /** The interpreter's path with its arguments, as `#!` gives it; null where there is none. */
  readonly interpreter: string | null;
  /** The words of all directives before the first command, in order. */
  readonly words: readonly Word[];
  /** Lines, from 0, that hold directives which were read. */
  readonly directives: ReadonlySet<number>;
  /** The first line, from 0, that is a command; `lines.length` where there is none. */
  readonly bodyStart: number;
}

/**
 * Takes a batch script apart as sbatch does: directives are the lines that begin with `#SBATCH`,
 * and the first line that is neither blank nor a comment ends them. CR LF is read as LF.
 */
export function takeApart(text: string, report: Report): SbatchScript {
  const lines = withinBound(text, report).replaceAll("\r\n", "\n").split("\n");
  const interpreter = lines[0]?.startsWith("#!") ? lines[0].slice(2).trim() || null : null;
  if (interpreter === null) {
    const message = "the first line is not #! and an interpreter; put #!/bin/bash there";
    addProblem(report, { at: null, field: "run" }, message);
  }
  const words: Word[] = [];
  const directives = new Set<number>();
  let bodyStart = 0;
  let apart = false;
  for (; bodyStart < lines.length && !isCommand(lines[bodyStart]!); bodyStart++) {
    const line = lines[bodyStart]!;
    if (line.startsWith("#SBATCH") && !apart) {
      const read = readDirective(line, bodyStart + 1, report);
      apart = read.length === 1 && ["hetjob", "packjob"].includes(read[0]!.text);
      if (apart) refuseParts(line, bodyStart + 1, report);
      else for (const word of read) words.push(word);
    }
    if (line.startsWith("#SBATCH")) directives.add(bodyStart);
    else noteNearMiss(line, bodyStart + 1, report);
  }
  noteTooLate(lines, bodyStart, report);
  return { lines, interpreter, words, directives, bodyStart };
}

/** The most characters that a job spec's script may have. */
const lengthMost = 262_144;

function withinBound(text: string, report: Report): string {
  const plain = text.startsWith("\u{FEFF}") ? text.slice(1) : text;
  if (plain.length <= lengthMost) return plain;
  const message =
    `the script has ${plain.length} characters, above ${lengthMost}; move parts into a file ` +
    "under inputs (the rest was not read)";
  addProblem(report, { at: null, field: "run.text" }, message);
  return plain.slice(0, lengthMost);
}

function isCommand(line: string): boolean {
  const first = line.trimStart()[0];
  return first !== undefined && first !== "#";
}

function refuseParts(directive: string, line: number, report: Report): void {
  addProblem(
    report,
    { at: { line, directive }, field: "replicas" },
    "starts the second part of a heterogeneous job, and Wadi's replicas are all alike; " +
      "submit each part as a job of its own (only the first part was read)",
  );
}

/** Directives in another scheduler's grammar, or that miss the left edge. */
function noteNearMiss(line: string, number: number, report: Report): void {
  const at = { line: number, directive: line.trim() };
  if (/^\s+#SBATCH\b/.test(line)) {
    addNote(report, at, "is indented, so Slurm takes it for a comment; move it to the left edge");
  } else if (/^#(PBS|BSUB)\s/.test(line)) {
    addNote(report, at, "belongs to another scheduler; write it as an #SBATCH line");
  }
}

function noteTooLate(lines: readonly string[], bodyStart: number, report: Report): void {
  const why = `Slurm ignores it after the first command (line ${bodyStart + 1}); move it up`;
  for (let i = bodyStart; i < lines.length; i++) {
    if (!lines[i]!.startsWith("#SBATCH")) continue;
    addNote(report, { line: i + 1, directive: lines[i]!.trimEnd() }, why);
  }
}

/** The words of one directive. A fault ends the line, as it ends sbatch. */
function readDirective(line: string, number: number, report: Report): Word[] {
  const words: Word[] = [];
  let rest = line.slice("#SBATCH".length);
  for (;;) {
    const word = nextWord(rest);
    if (word.kind === "end") return words;
    if (word.kind === "fault") {
      const at = { line: number, directive: line.trimEnd() };
      addProblem(report, { at, field: "run" }, word.message);
      return words;
    }
    words.push({ text: word.text, line: number });
    rest = word.rest;
  }
}

type NextWord =
  | { readonly kind: "word"; readonly text: string; readonly rest: string }
  | { readonly kind: "end" }
  | { readonly kind: "fault"; readonly message: string };

/**
 * sbatch's own quoting, which is not a shell's: a backslash keeps the next character, in either
 * kind of quotes too, but never a blank outside of them; a bare `#` ends the line even inside a
 * word; a word that is empty ends it as well.
 */
function nextWord(text: string): NextWord {
  const start = text.search(/\S/);
  if (start < 0 || text[start] === "#") return { kind: "end" };
  if (text[start] === ":") {
    return { kind: "fault", message: 'a word may not begin with ":"; quote it or take it out' };
  }
  let word = "";
  let quote = "";
  let i = start;
  for (; i < text.length; i++) {
    const char = text[i]!;
    if (quote === "" && (char === "#" || /\s/.test(char))) break;
    if (char === "\\") {
      const next = text[i + 1];
      if (next === undefined || (quote === "" && /\s/.test(next))) continue;
      word += next;
      i++;
    } else if (char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
    else word += char;
  }
  if (quote !== "") return { kind: "fault", message: `${quote} is opened and never closed` };
  if (word === "") return { kind: "end" };
  return { kind: "word", text: word, rest: text[i] === "#" ? "" : text.slice(i) };
}
