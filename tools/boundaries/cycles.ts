import type { Finding } from "../finding.ts";

/**
 * One finding for each cycle of files that a walk in depth first order meets. Imports of types
 * count: they are erased, but a reader goes round in circles all the same.
 */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (file: string): void => {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at !== -1) {
      findings.push(cycle(path.slice(at)));
      return;
    }
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of [...graph.keys()].sort()) visit(file);
  return findings;
}

function cycle(files: readonly string[]): Finding {
  const [first = ""] = files;
  return { file: first, line: 1, rule: "cycles", message: [...files, first].join(" → ") };
}
