// Which machines this repository can bring its own Node to.
// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";

const neededMajor = 26;

/**
 * What keeps the packages from working on a machine, if anything does. A Node that is new enough
 * brings itself; only the bundled database is missing then.
 *
 * @param {{ platform: string, arch: string, musl: boolean, nodeMajor: number }} machine
 * @param {string[]} supported such as "linux-x64"
 * @returns {string | undefined}
 */
export function platformTrouble({ platform, arch, musl, nodeMajor }, supported) {
  if (supported.includes(`${platform}-${arch}`) && !musl) return undefined;
  if (nodeMajor >= neededMajor) return undefined;
  return (
    `this platform is not supported: ${platform}-${arch}${musl ? " with musl libc" : ""}. ` +
    `Node ${neededMajor} comes as a package for ${supported.join(", ")} (Linux with glibc). ` +
    `Use one of these, or run npm with Node ${neededMajor} or newer yourself.`
  );
}

/** @throws when the packages cannot work on this machine */
export function refusePlatform(/** @type {string} */ root) {
  const { platform, arch } = process;
  const machine = { platform, arch, musl: hasMusl(), nodeMajor: ownMajor() };
  const trouble = platformTrouble(machine, supportedPlatforms(root));
  if (trouble !== undefined) throw new Error(trouble);
}

/**
 * Puts the Node that the packages brought where npm scripts find it. npm 11 and 12 link it
 * themselves; npm 10 drops the link, because the packages for other platforms share its name.
 * @throws when that Node is missing, or does not start here, and the Node in use is too old
 */
export function linkBundledNode(/** @type {string} */ root) {
  const { platform, arch } = process;
  const modules = path.join(root, "node_modules");
  const brought = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`]
    .map((name) => path.join(modules, name, "bin", "node"))
    .find((file) => existsSync(file));
  if (brought === undefined) {
    if (ownMajor() >= neededMajor) return;
    throw new Error(
      `Node ${neededMajor} for ${platform}-${arch} was not installed: it is an optional package. ` +
        'Remove "omit=optional" from npm\'s configuration and try again.',
    );
  }
  const link = path.join(modules, ".bin", "node");
  if (!existsSync(link)) {
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.relative(path.dirname(link), brought), link);
  }
  const { status, error, stderr } = spawnSync(link, ["--version"], { encoding: "utf8" });
  if (status === 0) return;
  throw new Error(
    `Node ${neededMajor} does not start on this ${platform}-${arch}: ` +
      `${(error?.message ?? stderr).trim()}. On Linux it needs glibc 2.28 or newer.`,
  );
}

/** Read from package.json, where the packages `node-<platform>-<arch>` are listed. */
function supportedPlatforms(/** @type {string} */ root) {
  const manifest = /** @type {{ optionalDependencies: Record<string, string> }} */ (
    JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"))
  );
  return Object.keys(manifest.optionalDependencies)
    .map((name) => /^node-(?:bin-)?([a-z0-9]+-[a-z0-9]+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
}

function hasMusl() {
  if (process.platform !== "linux") return false;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    /** @type {unknown} */ (process.report?.getReport() ?? { header: { glibcVersionRuntime: "?" } })
  );
  return report.header.glibcVersionRuntime === undefined;
}

const ownMajor = () => Number.parseInt(process.versions.node, 10);
