import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { appendFile, chmod, chown, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  afterAll,
  afterEach,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";

import { numberIn, startChild } from "../../testing/child.ts";
import { privateServer, tempFolder, testedBin } from "../../testing/private-server.ts";
import { connectDb, type Db } from "../db.ts";
import { joinDatabase } from "../open.ts";
import { findBinaries, packagedFolder } from "./binaries.ts";
import { DatabaseInUse, layoutIn } from "./hold.ts";
import { readHolder } from "./lock.ts";
import { openLog } from "./log-file.ts";
import { liveProcess } from "./processes.ts";
import {
  as,
  chooseRunAs,
  type Guard,
  nobodyUid,
  type RunAs,
  serverUid,
  succeeds,
} from "./run-as.ts";
import { type DatabaseStep, type EmbeddedOptions, startEmbedded } from "./server.ts";

const isRoot = process.getuid?.() === 0;

/** Opens the folder, gives the database to `use`, and closes it again. */
async function open<T>(
  options: Partial<EmbeddedOptions> & { stateFolder: string },
  use: (db: Db) => Promise<T>,
): Promise<T> {
  const server = await startEmbedded({ fsync: false, ...testedBin(), ...options });
  const db = connectDb(server.url);
  try {
    return await use(db);
  } finally {
    await db.close();
    await server.stop();
  }
}

/** A folder with a database in it that holds one row and was closed in order. */
async function aFolder(): Promise<string> {
  prepared ??= prepare();
  const stateFolder = await tempFolder();
  await cp(await prepared, stateFolder, { recursive: true });
  return stateFolder;
}

/** Made once and copied for each test: copying is five times faster than initdb. */
let prepared: Promise<string> | undefined;

async function prepare(): Promise<string> {
  const stateFolder = await mkdtemp(path.join(os.tmpdir(), "wadi-test-"));
  await open({ stateFolder }, async ({ sql }) => {
    await sql`create table kept as select 42 as n`;
  });
  return stateFolder;
}

afterAll(async () => {
  if (prepared) await rm(await prepared, { recursive: true });
});

const readKept = async ({ sql }: Db): Promise<unknown> => (await sql`select n from kept`)[0]?.["n"];

async function untilGone(pid: number): Promise<void> {
  while (liveProcess(pid)) await sleep(10);
}

describe("opening", () => {
  test("makes the database once, finds it again, and leaves nothing behind", async () => {
    const stateFolder = await tempFolder();
    const steps: DatabaseStep[] = [];
    const socketFolders: string[] = [];
    const once = () =>
      open({ stateFolder, onProgress: (step) => steps.push(step) }, async ({ url }) => {
        socketFolders.push(new URL(url).searchParams.get("host")!);
        expect(statSync(socketFolders.at(-1)!).mode & 0o777).toBe(0o700);
      });
    await once();
    await once();
    expect(steps).toEqual(["initdb", "start", "ready", "start", "ready"]);
    expect(socketFolders).toEqual(Array(2).fill(path.join(stateFolder, "database/socket")));
    expect(socketFolders.filter(existsSync)).toEqual([]);
  });

  test("is durable unless told otherwise, and never on the network", async () => {
    const stateFolder = await tempFolder();
    const names = "fsync full_page_writes synchronous_commit data_checksums listen_addresses";
    const rows = await open({ stateFolder, fsync: true }, ({ sql }) => {
      const wanted = [...names.split(" "), "server_encoding"];
      return sql<{ name: string; setting: string }>`
        select name, setting from pg_settings where name = any(${wanted})`;
    });
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      full_page_writes: "on",
      synchronous_commit: "on",
      data_checksums: "on",
      listen_addresses: "",
      server_encoding: "UTF8",
    });
  });

  test("takes an operator's own settings after ours", async () => {
    const stateFolder = await aFolder();
    const config = path.join(layoutIn(stateFolder).dataFolder, "postgresql.conf");
    await appendFile(config, "work_mem = '7MB'\nmax_connections = 33\n");
    const [row] = await open({ stateFolder }, ({ sql }) => {
      return sql`
        select current_setting('work_mem') as mem, current_setting('max_connections') as n`;
    });
    expect(row).toEqual({ mem: "7MB", n: "33" });
  });

  test("compares text by code point, in any language", async () => {
    const stateFolder = await aFolder();
    const rows = await open({ stateFolder }, ({ sql }) => {
      return sql`
        select t, upper(t) as u from unnest(array['é', 'z', 'Z', '汉', 'a']) as t order by t`;
    });
    expect(rows.map(({ t }) => t)).toEqual(["Z", "a", "z", "é", "汉"]);
    expect(rows[3]).toEqual({ t: "é", u: "É" });
  });

  test("removes what an initdb that was killed left behind", async () => {
    const stateFolder = await tempFolder();
    const { home } = layoutIn(stateFolder);
    mkdirSync(path.join(home, "making-abc", "base"), { recursive: true });
    await open({ stateFolder }, async () => {});
    expect((await readdir(home)).sort()).toEqual(["data", "lock", "server.log"]);
  });

  test("refuses a folder of another version", async () => {
    const stateFolder = await aFolder();
    writeFileSync(path.join(layoutIn(stateFolder).dataFolder, "PG_VERSION"), "9\n");
    await expect(open({ stateFolder }, readKept)).rejects.toThrow("was made by PostgreSQL 9");
  });

  test("tells why the server did not start, in its own words", async () => {
    const stateFolder = await aFolder();
    const settings = { max_connections: "many" };
    await expect(open({ stateFolder, settings }, readKept)).rejects.toThrow(
      'invalid value for parameter "max_connections": "many"',
    );
    expect(await open({ stateFolder }, readKept)).toBe(42);
  });

  test("finds another place for its socket when the state folder has too long a name", async () => {
    const stateFolder = path.join(await tempFolder(), "x".repeat(90));
    const folderOf = (db: Db) => new URL(db.url).searchParams.get("host")!;
    const inTemp = await open({ stateFolder }, async (db) => folderOf(db));
    expect(inTemp).toMatch(new RegExp(`^${os.tmpdir()}/wadi-.{6}$`));
    vi.stubEnv("TMPDIR", stateFolder);
    const elsewhere = await open({ stateFolder }, async (db) => folderOf(db));
    expect(elsewhere).toMatch(/^\/tmp\/wadi-.{6}$/);
    expect([inTemp, elsewhere].filter(existsSync)).toEqual([]);
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a second opener", () => {
  test("is refused while the first is alive, and told who has it", async () => {
    const stateFolder = await tempFolder();
    const server = await privateServer({ stateFolder });
    const second = startEmbedded({ stateFolder });
    await expect(second).rejects.toThrow(DatabaseInUse);
    await expect(startEmbedded({ stateFolder })).rejects.toThrow(
      `the database in ${stateFolder}/database is in use by the hub with pid ${process.pid} ` +
        `(its PostgreSQL has pid ${server.pid()}): stop that hub`,
    );
    expect(await succeeds(["test", "-S", `${socketFolderOf(stateFolder)}/.s.PGSQL.5432`])).toBe(
      true,
    );
  });

  test("of ten that start at once on a new folder exactly one opens it", async () => {
    const stateFolder = await tempFolder();
    const args = [stateFolder, "wait", JSON.stringify({ fsync: false, ...testedBin() })];
    const openers = Array.from({ length: 10 }, () => startChild({ program: "opener.ts", args }));
    const said = await Promise.all(openers.map(({ says }) => says(/^(pid|DatabaseInUse|Error)/)));
    expect(said.filter((line) => line.startsWith("pid"))).toHaveLength(1);
    expect(said.filter((line) => line.startsWith("DatabaseInUse"))).toHaveLength(9);
  });

  test("is refused a server that was started by hand", async () => {
    const stateFolder = await aFolder();
    const runAs = await chooseRunAs();
    const { bin } = testedBin().bin
      ? { bin: testedBin().bin! }
      : await findBinaries(layoutIn(stateFolder).home, runAs);
    const sockets = await tempFolder();
    const [program = "", ...args] = as(runAs, [
      path.join(bin, "postgres"),
      ...["-D", layoutIn(stateFolder).dataFolder, "-c", `unix_socket_directories=${sockets}`],
    ]);
    const byHand = spawn(program, args, { stdio: "ignore" });
    onTestFinished(() => void byHand.kill("SIGQUIT"));
    while (!existsSync(path.join(sockets, ".s.PGSQL.5432"))) await sleep(10);
    await expect(open({ stateFolder }, readKept)).rejects.toThrow(
      `PostgreSQL with pid ${byHand.pid} is running in`,
    );
    byHand.kill("SIGINT");
    await untilGone(byHand.pid!);
  });

  test("joins the running server when it only wants to talk to it", async () => {
    const stateFolder = await aFolder();
    await open({ stateFolder }, async () => {
      const joined = await joinDatabase({ stateFolder });
      expect(await readKept(joined)).toBe(42);
      await joined.stop();
    });
    const alone = await joinDatabase({ stateFolder, ...testedBin() });
    expect(await readKept(alone)).toBe(42);
    await alone.stop();
  });
});

describe("a postmaster.pid left behind", () => {
  /** A process that is over and whose parent does not ask: `sleep` inherits it from the shell. */
  async function zombie(): Promise<number> {
    const parent = spawn("sh", ["-c", 'sleep 0.1 & echo "$!"; exec sleep 1000'], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (text) => resolve(Number(text))),
    );
    while (liveProcess(pid)) await sleep(5);
    process.kill(pid, 0); // throws if it were not there at all
    return pid;
  }

  test.each<[string, Guard, () => Promise<number>]>([
    ["whose number nobody has", "signal", async () => 4_194_303],
    ["whose number nobody has, behind a pipe", "pipe", async () => 4_194_303],
    ["whose number another process has by now", "signal", async () => process.pid],
    ["whose number the system's first process has", "signal", async () => 1],
    ["of a zombie", "signal", zombie],
  ])("%s does not stop the next start", async (_whose, guard, givePid) => {
    const stateFolder = await aFolder();
    const { dataFolder } = layoutIn(stateFolder);
    const lines = [await givePid(), dataFolder, 1_700_000_000, 5432, "/tmp", "", "1 1", "ready"];
    writeFileSync(path.join(dataFolder, "postmaster.pid"), `${lines.join("\n")}\n`);
    expect(await open({ stateFolder, forced: { guard } }, readKept)).toBe(42);
  });
});

describe("a hub killed with -9", () => {
  test.each(["signal", "pipe"] as const)(
    "takes its server along (by %s), and the next start needs no recovery",
    async (guard) => {
      const stateFolder = await tempFolder();
      const options = { ...testedBin(), fsync: false, forced: { guard } };
      const hub = startChild({
        program: "opener.ts",
        args: [stateFolder, "write", JSON.stringify(options)],
      });
      const server = numberIn(await hub.says(/^pid/));
      await hub.says(/^wrote 20$/);
      const formerSockets = socketFolderOf(stateFolder);
      hub.kill("SIGKILL");
      await hub.ended;
      const acknowledged = Math.max(20, ...(hub.said().match(/\d+/g) ?? []).map(Number));

      const [row] = await open({ stateFolder }, ({ sql }) => {
        return sql<{ n: bigint }>`select max(n) as n from written`;
      });
      expect(Number(row?.n)).toBeGreaterThanOrEqual(acknowledged);
      expect(liveProcess(server)).toBeUndefined();
      const log = readFileSync(layoutIn(stateFolder).logFile, "utf8");
      expect(log).not.toMatch(/interrupted|not properly shut down/);
      expect(existsSync(formerSockets)).toBe(false);
    },
  );

  test("a Ctrl-C in the terminal reaches the hub and not its server", async () => {
    const stateFolder = await tempFolder();
    const args = [stateFolder, "write", JSON.stringify({ ...testedBin(), fsync: false })];
    const hub = startChild({ program: "opener.ts", args, ownGroup: true });
    await hub.says(/^wrote 5$/);
    process.kill(-hub.pid, "SIGINT");
    await hub.says(/^interrupted$/);
    const then = numberIn(await hub.says(/^wrote/));
    await hub.says(new RegExp(`^wrote ${then + 50}$`));
    const log = readFileSync(layoutIn(stateFolder).logFile, "utf8");
    expect(log).not.toContain("shutdown request");
  });
});

describe("as root", () => {
  beforeEach(({ skip }) => {
    skip(!isRoot, "only root can run a server as somebody else");
  });

  const ways: RunAs["kind"][] = ["namespace", "other-user"];

  test.each(ways)("the server runs without root's rights (%s)", async (runAs) => {
    const stateFolder = await tempFolder();
    await chmod(stateFolder, 0o700);
    const server = await privateServer({ stateFolder, forced: { runAs } });
    const status = readFileSync(`/proc/${server.pid()}/status`, "utf8");
    expect(/^CapEff:\s+(\w+)/m.exec(status)?.[1]).toMatch(/^0+$/);
    const uid = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]);
    expect(uid).toBe(runAs === "other-user" ? serverUid : 0);
  });

  test("the folder changes hands when the way does, and nothing is lost", async () => {
    const stateFolder = await aFolder();
    const owner = () => lstatSync(path.join(layoutIn(stateFolder).dataFolder, "base")).uid;
    for (const runAs of ["other-user", "namespace", "other-user"] as const) {
      expect(await open({ stateFolder, forced: { runAs } }, readKept)).toBe(42);
      expect(owner()).toBe(runAs === "other-user" ? serverUid : 0);
    }
  });

  test("a folder that the server's own user may not reach is named, with the cure", async () => {
    const closed = await tempFolder();
    const stateFolder = path.join(closed, "state");
    await chmod(closed, 0o700);
    await expect(open({ stateFolder, forced: { runAs: "other-user" } }, readKept)).rejects.toThrow(
      `its own user ${serverUid} may not enter ${closed}: chmod o+x ${closed}`,
    );
  });

  test("programs that the server's user may not reach are copied, links and all", async () => {
    const closed = await tempFolder();
    const home = await tempFolder();
    const runAs = { kind: "other-user", uid: serverUid } as const;
    await chmod(home, 0o755);
    await cp(path.dirname(packagedFolder()), closed, { recursive: true, verbatimSymlinks: true });
    await rm(path.join(closed, "native/lib/libicuuc.so.60"));
    await chmod(closed, 0o700);
    const { bin } = await findBinaries(home, runAs, path.join(closed, "native"));
    expect(bin.startsWith(home)).toBe(true);
    expect(await succeeds(as(runAs, [path.join(bin, "initdb"), "--version"]))).toBe(true);
    expect((await findBinaries(home, runAs, path.join(closed, "native"))).bin).toBe(bin);
    expect(await readdir(home)).toHaveLength(1);
  });

  test.for([
    ["an ordinary user, directly", nobodyUid],
    ["a user without a name, who borrows one", serverUid],
  ] as const)("the hub may as well be %s", async ([, uid], { skip }) => {
    const stateFolder = await tempFolder();
    await chown(stateFolder, uid, uid);
    const wrapper = as({ kind: "other-user", uid }, []);
    const reaches = await succeeds([...wrapper, process.execPath, "--version"]);
    skip(!reaches, "only root may enter the folder of this checkout");
    const args = [stateFolder, "write", JSON.stringify({ fsync: false, ...testedBin() })];
    const hub = startChild({ program: "opener.ts", args, wrapper });
    await hub.says(/^wrote 3$/);
    hub.kill("SIGKILL");
    await hub.ended;
    expect(lstatSync(layoutIn(stateFolder).dataFolder).uid).toBe(uid);
  });
});

test("links missing from the package are made where it lies", async () => {
  const copy = await tempFolder();
  const native = path.join(copy, "native");
  await cp(packagedFolder(), native, { recursive: true, verbatimSymlinks: true });
  const links = (await readdir(native, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isSymbolicLink(),
  );
  for (const link of links) await rm(path.join(link.parentPath, link.name));
  const { bin, major } = await findBinaries(copy, { kind: "self" }, native);
  expect({ bin, major }).toEqual({ bin: path.join(native, "bin"), major: 18 });
});

test("a log that has grown long is kept as one former log and begun anew", async () => {
  const file = path.join(await tempFolder(), "server.log");
  writeFileSync(file, "x".repeat(17 * 2 ** 20));
  openLog(file).close();
  expect([statSync(file).size, statSync(`${file}.1`).size]).toEqual([0, 17 * 2 ** 20]);
});

function socketFolderOf(stateFolder: string): string {
  return readHolder(layoutIn(stateFolder).lockFile)!.socketFolder;
}
