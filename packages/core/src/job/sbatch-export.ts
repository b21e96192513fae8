import type { Given } from "./sbatch-options.ts";
import { addNote, addProblem, type Report } from "./sbatch-report.ts";

/**
 * The variables that --export gives a value, for the job's environment. Nothing is taken from the
 * submitter's own environment, so a name without a value, and ALL, is reported.
 */
export function readExport(at: Given | undefined, report: Report): Record<string, string> {
  const env: Record<string, string> = {};
  if (!at) return env;
  for (const part of splitByComma(at.value ?? "")) {
    const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
    if (["NONE", "NIL", ""].includes(name) && value === undefined) continue;
    if (name === "ALL" && value === undefined) {
      const why =
        "a run gets nothing of the submitter's environment; give what it needs as NAME=value";
      addNote(report, at, why);
    } else if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name)) {
      const message = `"${name}" is no name of a variable; use letters, digits and _`;
      addProblem(report, { at, field: "env" }, message);
    } else if (name.startsWith("WADI_")) {
      const message = `${name} is Wadi's own, as all names that begin with WADI_; choose another`;
      addProblem(report, { at, field: "env" }, message);
    } else if (value === undefined) {
      const message = `${name} has no value, and the submitter's is not taken; write ${name}=value`;
      addProblem(report, { at, field: "env" }, message);
    } else env[name] = value;
  }
  return env;
}

/** Parts between commas. Single quotes keep a comma, and are taken off. */
function splitByComma(text: string): string[] {
  const parts = [""];
  let quoted = false;
  for (const char of text) {
    if (char === "'") quoted = !quoted;
    else if (char === "," && !quoted) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
