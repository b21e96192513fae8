// Runs npm, shows that it runs, and turns its failures into something a reader can act on.
// @ts-check
import { spawn } from "node:child_process";
import path from "node:path";

// Optional packages hold Node itself; the others are wanted whatever NODE_ENV says.
const quiet = ["--no-audit", "--no-fund", "--no-progress", "--include=optional", "--include=dev"];

/** Failures of npm, by what it prints, and what to do about each. The first that fits is told. */
const cures = [
  {
    signs: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    cure:
      "npm could not reach the package registry. Connect to the network, or tell npm your proxy " +
      "(npm config set proxy …) or your own registry (npm config set registry …), and try again.",
  },
  {
    signs: /EROFS|EACCES|EPERM/,
    cure: "npm may not write here. Make the folder (and npm's cache) writable for this user.",
  },
  { signs: /ENOSPC/, cure: "the disk is full; the packages need about 600 MB." },
  { signs: /EINTEGRITY/, cure: "a package did not match its checksum: npm cache clean --force." },
];

/**
 * Fills node_modules from the lockfile. `npm ci` first; where it refuses the lockfile (some
 * registries lack the packages of other platforms) `npm install`, which takes the same versions.
 * @param {string} root
 */
export async function installPackages(root) {
  const first = await runNpm(root, ["ci", ...quiet]);
  if (first.status === 0) return;
  if (!/EUSAGE|can only install/.test(first.output)) throw failure("npm ci", first);
  const second = await runNpm(root, ["install", "--no-save", "--no-package-lock=false", ...quiet]);
  if (second.status !== 0) throw failure("npm install", second);
}

function failure(
  /** @type {string} */ command,
  /** @type {{ status: number | null, output: string }} */ { status, output },
) {
  const known = cures.find(({ signs }) => signs.test(output));
  const said = output
    .split("\n")
    .filter((line) => /\S/.test(line) && !/^npm (warn|error {5})/.test(line))
    .slice(0, 12)
    .join("\n");
  return new Error(`${command} failed (exit ${status}): ${known?.cure ?? "it said:"}\n${said}`);
}

/**
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function runNpm(root, args) {
  const { command, before } = npmCommand();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...before, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stopTicking = tick(`installing packages (npm ${args[0]})`);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    const end = () => {
      stopTicking();
      process.off("SIGINT", pass).off("SIGTERM", pass);
    };
    child.on("error", (cause) => {
      end();
      reject(
        new Error(`npm does not start (${cause.message}): install npm 10 or newer`, { cause }),
      );
    });
    child.on("close", (status) => {
      end();
      resolve({ status, output });
    });
  });
}

/** The npm that runs us, if one does; else the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running !== undefined && path.basename(running).startsWith("npm-cli")
    ? { command: process.execPath, before: [running] }
    : { command: "npm", before: [] };
}

/**
 * Says what goes on, then how long it has taken: in place on a terminal, else every ten seconds.
 * @returns {() => void} ends it, with the time taken
 */
function tick(/** @type {string} */ what) {
  const terminal = process.stderr.isTTY;
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  process.stderr.write(terminal ? `wadi: ${what} …` : `wadi: ${what} …\n`);
  const timer = setInterval(
    () =>
      process.stderr.write(terminal ? `\rwadi: ${what} … ${seconds()}` : `wadi: … ${seconds()}\n`),
    terminal ? 1_000 : 10_000,
  );
  return () => {
    clearInterval(timer);
    process.stderr.write(
      terminal ? `\rwadi: ${what}: ${seconds()}\n` : `wadi: took ${seconds()}\n`,
    );
  };
}
