// One installer at a time in one folder. The lock is a file that its owner touches every second;
// one that has not been touched for a while belongs to a process that died, and is taken over.
// @ts-check
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const touchMs = 1_000;
const staleMs = 15_000;

/**
 * Runs `work` while holding the lock; waits for another holder, saying so once.
 * @param {string} file
 * @param {() => Promise<void>} work
 */
export async function withLock(file, work) {
  const mine = `${process.pid} ${randomUUID()}\n`;
  await acquire(file, mine);
  const touching = setInterval(() => touch(file), touchMs);
  const release = () => {
    clearInterval(touching);
    if (contentOf(file) === mine) rmSync(file, { force: true });
  };
  process.once("exit", release);
  try {
    await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

async function acquire(/** @type {string} */ file, /** @type {string} */ mine) {
  for (let told = false; ;) {
    if (create(file, mine)) {
      // Two who took over the same dead lock at once both come here: the later file stands.
      await sleep(100);
      if (contentOf(file) === mine) return;
    }
    if (removeIfStale(file)) continue;
    if (!told) process.stderr.write("wadi: another installation is running here; waiting for it\n");
    told = true;
    await sleep(200);
  }
}

/** @returns {boolean} whether the file did not exist and now holds `mine` */
function create(/** @type {string} */ file, /** @type {string} */ mine) {
  try {
    writeFileSync(file, mine, { flag: "wx" });
    return true;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST") return false;
    throw new Error(
      `cannot install packages: ${code} writing ${file}. Make the folder writable for this user, ` +
        "or copy the repository to a folder that is.",
      { cause: error },
    );
  }
}

/** @returns {boolean} whether the way is free: there was no owner, or a dead one */
function removeIfStale(/** @type {string} */ file) {
  const content = contentOf(file);
  if (content === undefined) return true;
  if (!isStale(file, content)) return false;
  if (contentOf(file) === content) rmSync(file, { force: true });
  return true;
}

/** Whether its owner is dead, or has not touched it: on another machine we cannot ask after it. */
function isStale(/** @type {string} */ file, /** @type {string} */ content) {
  const touchedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - touchedAt > staleMs) return true;
  if (Date.now() - touchedAt < 2 * touchMs) return false;
  try {
    process.kill(Number.parseInt(content, 10), 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}

function touch(/** @type {string} */ file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken over by another while this process was stopped: its end will show in the mark.
  }
}

function contentOf(/** @type {string} */ file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
