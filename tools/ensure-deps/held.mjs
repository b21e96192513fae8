// Whether node_modules holds what package-lock.json names.
// @ts-check
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * What a lockfile says of one package.
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean,
 *   peer?: boolean, os?: string | string[], cpu?: string | string[], libc?: string | string[],
 * }} Locked
 */

/** Whether the mark of the last installation names this lockfile and this platform. */
export function held(/** @type {string} */ root) {
  return existsSync(markOf(root)) && readFileSync(markOf(root), "utf8") === wanted(root);
}

/** Notes that the installation is complete. */
export function writeMark(/** @type {string} */ root) {
  writeFileSync(markOf(root), wanted(root));
}

/**
 * Whether npm's own record of node_modules agrees with the lockfile, as it does after an
 * `npm install` by hand: then a second installation would bring nothing. What an optional package
 * lacks on this platform is no difference.
 */
export function holdsLockfile(/** @type {string} */ root) {
  const record = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const present = packagesOf(record);
  return Object.entries(packagesOf(path.join(root, "package-lock.json")))
    .filter(([where]) => where.startsWith("node_modules/") || where.includes("/node_modules/"))
    .every(([where, named]) => agrees(named, present[where]));
}

function agrees(/** @type {Locked} */ named, /** @type {Locked | undefined} */ present) {
  if (present === undefined) return mayBeAbsent(named);
  if (named.link === true) return present.link === true;
  return present.version === named.version && present.integrity === named.integrity;
}

/** True of an optional package for another platform, and of what only such a package needs. */
function mayBeAbsent(/** @type {Locked} */ { optional, peer, os, cpu, libc }) {
  if (optional !== true && peer !== true) return false;
  if (os === undefined && cpu === undefined) return true;
  const admits = (/** @type {string | string[] | undefined} */ list, /** @type {string} */ own) =>
    list === undefined || [list].flat().includes(own);
  const fits = admits(os, process.platform) && admits(cpu, process.arch) && admits(libc, "glibc");
  return !fits;
}

/** @returns {Record<string, Locked>} */
function packagesOf(/** @type {string} */ file) {
  const lockfile = /** @type {{ packages: Record<string, Locked> }} */ (
    JSON.parse(readFileSync(file, "utf8"))
  );
  return lockfile.packages;
}

const markOf = (/** @type {string} */ root) => path.join(root, "node_modules", ".lock-sha256");

/** The lockfile's hash and the platform: a node_modules from another machine is no use here. */
function wanted(/** @type {string} */ root) {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "package-lock.json")));
  return `${hash.digest("hex")} ${process.platform}-${process.arch}\n`;
}
