import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseModule } from "./module.ts";
import type { Module } from "./module.ts";
import { isModule } from "./tracked-files.ts";

const notOurs = new Set(["node_modules", ".git", ".tsbuild", ".wadi", "dist", "coverage"]);

/**
 * Every module found by walking the folders under `root`. It does not ask git, so that the two
 * lists can be held against each other: see `unseen`.
 */
export function readModules(root: string): Module[] {
  return moduleFiles(root, "").map((file) =>
    parseModule(file, readFileSync(path.join(root, file), "utf8")),
  );
}

/** The modules that the repository lists and the walk did not find. */
export function unseen(modules: readonly Module[], tracked: readonly string[]): string[] {
  const seen = new Set(modules.map(({ file }) => file));
  return tracked.filter((file) => isModule(file) && !seen.has(file));
}

function moduleFiles(root: string, folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : moduleFiles(root, file);
      return entry.isFile() && isModule(file) ? [file] : [];
    });
}
