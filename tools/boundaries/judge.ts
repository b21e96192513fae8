import type { Finding } from "../finding.ts";
import type { Module } from "../modules/module.ts";
import { isTest } from "../modules/tracked-files.ts";
import { resolve } from "../modules/resolve.ts";
import type { OwnPackages } from "../modules/resolve.ts";
import { cycles } from "./cycles.ts";
import { judgeCode } from "./judge-code.ts";
import { judgeImport } from "./judge-import.ts";

/** Every broken boundary in a set of modules, and how many imports were looked at. */
export function judge(
  modules: readonly Module[],
  own: OwnPackages,
): { readonly findings: Finding[]; readonly imports: number } {
  const files = new Set(modules.map(({ file }) => file));
  const graph = new Map<string, string[]>();
  const findings: Finding[] = [];
  for (const module of modules) {
    const { file } = module;
    const to: string[] = [];
    for (const { specifier, line } of module.imports) {
      if (specifier === undefined) continue; // computed: judgeCode refuses it where it matters
      const target = resolve(specifier, { file, files, own });
      if (target.kind === "module") to.push(target.file);
      findings.push(...judgeImport({ file, line, specifier, target }));
    }
    graph.set(file, to);
    if (!isTest(file)) findings.push(...judgeCode(module));
  }
  findings.push(...cycles(graph));
  return { findings, imports: modules.reduce((sum, { imports }) => sum + imports.length, 0) };
}
