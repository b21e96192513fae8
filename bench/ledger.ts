import { execFile } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { readdir, rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, microYuan, yuan, type HoldId, type RunId } from "@wadi/core/units";
import { measureClaims } from "./ledger-claims.ts";
import { auditJournal, migrate, openDatabase, postTransfers, type OpenDatabase } from "@wadi/hub";

/*
 * The ledger beside pgbench's TPC-B on the same server in the same run. A TPC-B transaction adds
 * one amount to three balances and writes one line of history; a transfer of ours moves an amount
 * between two of them and writes one line, hashed into the chain. Both are durable: fsync is on.
 */

const seconds = 10;
const tenants = Array.from({ length: 200 }, (_, i) => asId<never>(`tenant-${i}`));
const providers = Array.from({ length: 20 }, (_, i) => asId<never>(`provider-${i}`));
/** Transfers of one job: held, paid, the fee, the rest released. */
const perJob = 4;

export async function run(): Promise<void> {
  const stateFolder = await mkdtemp(path.join(tmpdir(), "wadi-bench-"));
  const db = await openDatabase({ stateFolder });
  try {
    await migrate(db.url);
    await openBooks(db);
    await measure(db, { jobs: 25, atOnce: 1, forMs: 2000 }); // warm up
    console.log("| what | clients | per transaction | per second | beside TPC-B |");
    console.log("|---|---|---|---|---|");
    const before = await measureTpcB(db);
    const rates: [jobs: number, atOnce: number, rate: number][] = [];
    for (const jobs of [1, 5, 25, 125]) {
      const atOnce = jobs === 1 ? 8 : 2;
      rates.push([jobs, atOnce, await measure(db, { jobs, atOnce, forMs: seconds * 1000 })]);
    }
    const after = await measureTpcB(db); // once more: others use the machine as well
    const tpcB = before === undefined || after === undefined ? undefined : (before + after) / 2;
    for (const [jobs, atOnce, rate] of rates) {
      const beside = tpcB === undefined ? "" : `${(rate / tpcB).toFixed(1)}×`;
      console.log(`| transfers | ${atOnce} | ${jobs * perJob} | ${Math.round(rate)} | ${beside} |`);
    }
    await compareHot(db);
    await report(db);
    await measureClaims(db);
  } finally {
    await db.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

async function openBooks(db: OpenDatabase): Promise<void> {
  const now = Temporal.Now.instant();
  const topUps = tenants.map((tenant): Transfer[] => {
    const way = { from: accounts.bank(), to: accounts.prepaid(tenant) };
    const fact = `top-up/${tenant}`;
    const rest = { hold: null, job: null, run: null, note: "", happenedAt: now };
    return [{ ...rest, ...way, kind: "top-up", amount: yuan(1_000_000_000n), fact }];
  });
  await db.transaction((sql) => postTransfers(sql, topUps, now));
}

/**
 * One tenant and one provider in every transfer, beside all of them alike; turn by turn, so that
 * what else the machine does falls on both.
 */
async function compareHot(db: OpenDatabase): Promise<void> {
  const sums = { uniform: 0, hot: 0 };
  const turns = 6;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const kind of turn % 2 === 0
      ? (["uniform", "hot"] as const)
      : (["hot", "uniform"] as const)) {
      const isHot = kind === "hot";
      sums[kind] += await measure(db, { jobs: 25, atOnce: 2, forMs: 3000, isHot });
    }
  }
  const part = 1 - sums.hot / sums.uniform;
  const slower = part > 0 ? `${(part * 100).toFixed(1)} % slower` : "not slower";
  const rate = (kind: "uniform" | "hot") => Math.round(sums[kind] / turns);
  console.log(`| over all accounts alike | 2 | 100 | ${rate("uniform")} | |`);
  console.log(`| on one hot account | 2 | 100 | ${rate("hot")} | ${slower}; goal: 10 % |`);
}

/** Transfers a second, posted in batches of whole jobs. */
async function measure(
  db: OpenDatabase,
  { jobs, atOnce, forMs, isHot = false }: Load,
): Promise<number> {
  const began = performance.now();
  let posted = 0;
  const client = async () => {
    while (performance.now() - began < forMs) {
      const now = Temporal.Now.instant();
      const groups = Array.from({ length: jobs }, () => jobTransfers(now, isHot));
      const { outcomes } = await db.transaction((sql) => postTransfers(sql, groups, now));
      if (outcomes.some(({ kind }) => kind !== "posted")) throw new Error("a job was refused");
      posted += jobs * perJob;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return posted / ((performance.now() - began) / 1000);
}

const oneOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;

interface Load {
  readonly jobs: number;
  readonly atOnce: number;
  readonly forMs: number;
  readonly isHot?: boolean;
}

function jobTransfers(now: Temporal.Instant, isHot: boolean): Transfer[] {
  const tenant = isHot ? tenants[0]! : oneOf(tenants);
  const provider = isHot ? providers[0]! : oneOf(providers);
  const [hold, runId] = [asId<HoldId>(randomUUIDv7()), asId<RunId>(randomUUIDv7())];
  const [prepaid, held] = [accounts.prepaid(tenant), accounts.held(tenant)];
  const payable = accounts.payable(provider);
  const common = { job: asId<never>(hold), note: "", happenedAt: now };
  const move = (
    kind: "hold" | "cash" | "fee" | "release",
    amount: number,
    way: Pick<Transfer, "from" | "to">,
  ): Transfer => ({
    ...{ ...common, ...way, kind, amount: microYuan(amount) },
    hold: kind === "fee" ? null : hold,
    run: kind === "hold" ? null : runId,
    fact: `${kind}/${kind === "hold" ? hold : runId}`,
  });
  return [
    move("hold", 60_000, { from: prepaid, to: held }),
    move("cash", 48_000, { from: held, to: payable }),
    move("fee", 960, { from: payable, to: accounts.platformFee() }),
    move("release", 12_000, { from: held, to: prepaid }),
  ];
}

/** pgbench's own figure; undefined, with a word why, where there is no pgbench. */
async function measureTpcB(db: OpenDatabase): Promise<number | undefined> {
  const pgbench = await findPgbench();
  if (pgbench === undefined) {
    console.log("| TPC-B | | | pgbench is not installed (Debian: postgresql-contrib) | |");
    return undefined;
  }
  const ask = promisify(execFile);
  await db.sql`create database tpcb`;
  const url = new URL(db.url);
  url.pathname = "/tpcb";
  await ask(pgbench, ["-i", "-q", "-s", "10", url.href]);
  const clients = 8;
  const how = ["-M", "prepared", "-c", `${clients}`, "-j", "2", "-T", `${seconds}`, url.href];
  const { stdout } = await ask(pgbench, how);
  const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  console.log(`| TPC-B, scale 10 | ${clients} | 1 | ${Math.round(tps)} | 1× |`);
  await db.sql`drop database tpcb`;
  return tps;
}

/** Debian keeps it apart from the commands of every day. */
async function findPgbench(): Promise<string | undefined> {
  const root = "/usr/lib/postgresql";
  const versions = await readdir(root).catch((): string[] => []);
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = path.join(root, version, "bin");
    if ((await readdir(bin).catch((): string[] => [])).includes("pgbench"))
      return path.join(bin, "pgbench");
  }
  return undefined;
}

/** What a transfer takes on disk, and how fast the audit goes through them. */
async function report(db: OpenDatabase): Promise<void> {
  const [size] = await db.sql<{ count: bigint; bytes: bigint; version: string }>`
    select count(*) as count, pg_total_relation_size('transfers') / count(*) as bytes,
      current_setting('server_version') as version
    from transfers`;
  const began = performance.now();
  const { checks } = await db.transaction(auditJournal, { isolation: "repeatable read" });
  const rate = Number(size!.count) / ((performance.now() - began) / 1000);
  const problems = checks.flatMap((check) => check.problems);
  if (problems.length > 0) throw new Error(`the books do not hold: ${problems[0]}`);
  console.log(`\nPostgreSQL ${size!.version}, fsync on. ${size!.count} transfers were posted;`);
  console.log(`each takes ${size!.bytes} bytes with its indexes; goal: 350. The audit proved all,`);
  console.log(`${Math.round(rate)} a second, in one process.`);
}
