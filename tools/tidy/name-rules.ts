// Rules on the names of files, and on numbers and ids that must be given once.
import path from "node:path";
import type { Finding } from "../finding.ts";
import type { TidyRule } from "./repository.ts";

const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** Names that other programs or habits ask for; `.zh-CN` is a page in Chinese. */
const given = /^(?:(?:[A-Z]+|[a-z-]+)(?:\.[a-z]{2}-[A-Z]{2})?\.md|LICENSE|NOTICE|Dockerfile)$/;
const vague = /^(?:utils?|types|helpers?|misc|common|shared)\.[a-z]+$/;

/** Files are named in kebab-case, after what they hold. */
export const fileNames: TidyRule = ({ files }) =>
  files.flatMap(({ file }): Finding[] => {
    const name = path.posix.basename(file);
    const found = (message: string) => [{ file, line: 1, rule: "names", message }];
    if (vague.test(name)) return found("name the file after the one idea it holds");
    if (!kebab.test(name) && !given.test(name)) return found("file names are kebab-case");
    return [];
  });

/** Numbered files: a number is given once, and migrations leave none out. */
export const numbers: TidyRule = ({ files }) => {
  const byFolder = new Map<string, { file: string; number: number }[]>();
  for (const { file } of files) {
    const [, folder, digits] = /^(.*(?:migrations|adr))\/(\d+)-[^/]*$/.exec(file) ?? [];
    if (folder === undefined) continue;
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), { file, number: Number(digits) }]);
  }
  return [...byFolder.values()].flatMap((numbered) => {
    const inOrder = numbered.toSorted((a, b) => a.number - b.number);
    return inOrder.flatMap(({ file, number }, index): Finding[] => {
      const before = index === 0 ? 0 : (inOrder[index - 1]?.number ?? 0);
      if (number === before + 1) return [];
      const message = `${number} follows ${before}: each number is given once, none left out`;
      return [{ file, line: 1, rule: "numbers", message }];
    });
  });
};
