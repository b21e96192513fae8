// Installs what package-lock.json names, when that is not what node_modules holds. Runs before
// `npm start`, `npm test` and the like, on any Node from 18 on: so it is plain JavaScript and needs
// nothing that is installed. Says nothing when there is nothing to do.
// @ts-check
import path from "node:path";
import { fileURLToPath } from "node:url";
import { held, holdsLockfile, writeMark } from "./ensure-deps/held.mjs";
import { withLock } from "./ensure-deps/lock.mjs";
import { installPackages } from "./ensure-deps/npm.mjs";
import { linkBundledNode, refusePlatform } from "./ensure-deps/platform.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

try {
  if (!held(root)) await ensure();
} catch (error) {
  process.stderr.write(`wadi: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function ensure() {
  refusePlatform(root);
  await withLock(path.join(root, ".ensure-deps.lock"), async () => {
    if (held(root)) return; // another process did it while this one waited
    if (!holdsLockfile(root)) await installPackages(root);
    linkBundledNode(root);
    writeMark(root);
  });
}
