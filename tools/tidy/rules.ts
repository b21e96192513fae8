import type { Finding } from "../finding.ts";
import { functionLengths, testsRun, testTitles } from "./code-rules.ts";
import { apiIds, codeLists } from "./id-rules.ts";
import { exactVersions, lockfile } from "./manifest-rules.ts";
import { headings, links } from "./markdown-rules.ts";
import { fileNames, numbers } from "./name-rules.ts";
import type { Repository, TidyRule } from "./repository.ts";
import { form, leftovers, machines, sizes } from "./text-rules.ts";
import { words } from "./word-rules.ts";

const rules: readonly TidyRule[] = [
  sizes,
  form,
  leftovers,
  machines,
  fileNames,
  numbers,
  functionLengths,
  testsRun,
  testTitles,
  codeLists,
  apiIds,
  links,
  headings,
  exactVersions,
  lockfile,
  words,
];

/** Every place that breaks a rule of the house. */
export const judgeTidy = (repository: Repository): Finding[] =>
  rules.flatMap((rule) => rule(repository));
