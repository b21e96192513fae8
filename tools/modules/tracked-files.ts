import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/**
 * The files that belong to the repository: those git tracks and those it would add, without what
 * .gitignore names and without what has been deleted. From the root, sorted.
 */
export function trackedFiles(root: string): string[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const files = new Set(listed.split("\0").filter((file) => file !== ""));
  return [...files].filter((file) => existsSync(path.join(root, file))).sort();
}

/** Whether a file is a module of ours: TypeScript, or the plain JavaScript that runs before it. */
export const isModule = (file: string): boolean => /\.(ts|mts|js|mjs)$/.test(file);

/** Whether a file holds tests. */
export const isTest = (file: string): boolean =>
  file.endsWith(".test.ts") || file.endsWith(".testing.ts");
