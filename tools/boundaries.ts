// Holds the lines between packages and between areas: `npm run boundaries`. The rules stand in
// tools/boundaries/layers.ts. It fails as well when it sees fewer modules than the repository has:
// a check that looks at nothing finds nothing.
import path from "node:path";
import { judge } from "./boundaries/judge.ts";
import { report } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { readModules, unseen } from "./modules/read-modules.ts";
import { ownPackages } from "./modules/resolve.ts";
import { trackedFiles } from "./modules/tracked-files.ts";

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));

const tracked = trackedFiles(root);
const modules = readModules(root);
const { findings, imports } = judge(modules, ownPackages(root, tracked));

const missed = unseen(modules, tracked).map((file): Finding => {
  return {
    file,
    line: 1,
    rule: "seen",
    message: "this module is in the repository but was not read",
  };
});
const blind: Finding[] =
  modules.length > 1 && imports === 0
    ? [{ file: ".", line: 1, rule: "seen", message: "no import was seen in any module" }]
    : [];

report([...findings, ...missed, ...blind], `${modules.length} modules, ${imports} imports`);
