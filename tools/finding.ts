import { lineAt } from "./modules/line-at.ts";

/** One place in the repository that breaks a rule of the house. */
export interface Finding {
  /** From the repository's root, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** What is wrong and what to do instead. */
  readonly message: string;
}

/** A finding at an offset of a module. */
export function findingAt(
  { file, text }: { readonly file: string; readonly text: string },
  start: number,
  { rule, message }: { readonly rule: string; readonly message: string },
): Finding {
  return { file, line: lineAt(text, start), rule, message };
}

/** One line for each, ordered by place: `file:line  rule: message`. */
export function findingLines(findings: readonly Finding[]): string[] {
  return [...findings]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ file, line, rule, message }) => `${file}:${line}  ${rule}: ${message}`);
}

/** Prints the findings and a closing line, and sets the exit code: 1 when there is any. */
export function report(findings: readonly Finding[], summary: string): void {
  const lines = [...findingLines(findings), `${summary}; ${findings.length} findings`];
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
