import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A script in a folder of its own that plays a maker's tool; for tests. */
export interface PlayedTool {
  /** To be looked for in: its folder, and where a shell finds what scripts use. */
  readonly path: string;
  /** From now on it prints that. */
  says(answer: string): void;
  fails(): void;
  /** From now on it does that, in a shell's words. */
  does(script: string): void;
  remove(): void;
}

export function playedTool(program: string): PlayedTool {
  const folder = mkdtempSync(join(tmpdir(), "wadi-tool-"));
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(`${file}.new`, text);
    chmodSync(`${file}.new`, 0o755);
    renameSync(`${file}.new`, file); // Never half of it.
  };
  const does = (script: string) => write(program, `#!/bin/sh\n${script}\n`);
  return {
    path: [folder, "/usr/bin", "/bin"].join(delimiter),
    does,
    says(answer) {
      write("answer", `${answer}\n`);
      does(`cat "${join(folder, "answer")}"`);
    },
    fails: () => does("exit 9"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
