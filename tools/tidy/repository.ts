import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Finding } from "../finding.ts";
import { parseModule } from "../modules/module.ts";
import type { Module } from "../modules/module.ts";
import { isModule, trackedFiles } from "../modules/tracked-files.ts";

/** One file of the repository, as the rules see it. */
export interface RepositoryFile {
  /** From the root, with forward slashes. */
  readonly file: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** Undefined when the file is not text. */
  readonly text: string | undefined;
}

/** What a tidy rule looks at. */
export interface Repository {
  readonly files: readonly RepositoryFile[];
  /** The modules among the files, parsed. */
  readonly modules: readonly Module[];
}

/** One rule of the house: all places that break it. */
export type TidyRule = (repository: Repository) => Finding[];

/** Reads every file that git tracks or would add. */
export function readRepository(root: string): Repository {
  const files = trackedFiles(root).map((file): RepositoryFile => {
    const { size, mode } = statSync(path.join(root, file));
    const content = readFileSync(path.join(root, file));
    const text = content.includes(0) ? undefined : content.toString("utf8");
    return { file, bytes: size, executable: (mode & 0o111) !== 0, text };
  });
  return repositoryOf(files);
}

/** A repository of files already read. */
export function repositoryOf(files: readonly RepositoryFile[]): Repository {
  const modules = files.flatMap(({ file, text }) =>
    isModule(file) && text !== undefined ? [parseModule(file, text)] : [],
  );
  return { files, modules };
}

/** The text files, for rules that read lines. */
export function textFiles({ files }: Repository): { file: string; lines: string[] }[] {
  return files.flatMap(({ file, text }) =>
    text === undefined ? [] : [{ file, lines: text.replace(/\n$/, "").split("\n") }],
  );
}
