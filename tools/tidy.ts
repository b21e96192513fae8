// Looks over the repository for what the compiler and the linter do not see: `npm run tidy`.
// The rules stand in tools/tidy/.
import path from "node:path";
import { report } from "./finding.ts";
import { readRepository } from "./tidy/repository.ts";
import { judgeTidy } from "./tidy/rules.ts";

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));
const repository = readRepository(root);
report(judgeTidy(repository), `${repository.files.length} files`);
