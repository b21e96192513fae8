import {
  differences,
  laws,
  openVerifier,
  type Anchor,
  type Hold,
  type HoldKey,
  type JournalFindings,
  type JournalVerifier,
} from "@wadi/core/ledger";
import { formatYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { listPeriods } from "./period-store.ts";
import { problemList } from "./problem-list.ts";
import { countRepeatedIds, readJournal } from "./line-store.ts";
import { sha256 } from "./sha256.ts";
import { readStanding } from "./standing.ts";
import { listOpenHolds, readHead } from "./store.ts";

/** One thing that was checked: how often, and what was wrong, in sentences. */
export interface AuditCheck {
  readonly name: string;
  readonly checked: bigint;
  readonly problems: readonly string[];
}

export interface JournalAudit {
  readonly head: Anchor;
  readonly checks: readonly AuditCheck[];
  /** What the journal gives: balances, open holds, sums by kind. */
  readonly found: JournalFindings;
}

const pageSize = 2000;

/**
 * Proves the journal from its first line, and that accounts and holds say what it gives. In memory
 * it keeps the accounts and the open holds, however long the journal. Runs in a transaction of
 * isolation `repeatable read`, so that what it compares is of one moment.
 */
export async function auditJournal(sql: Sql): Promise<JournalAudit> {
  const head = await readHead(sql);
  const repeated = await countRepeatedIds(sql);
  const closings = await listPeriods(sql);
  const isNew = () => true; // repeated ids were counted before
  const verifier = openVerifier({ sha256, isNew, closings });
  await readThrough(sql, verifier);
  const found = verifier.found();

  const standing = await readStanding(sql);
  const openHolds = await compareHolds(sql, found.openHolds);
  const accounts = BigInt(standing.accounts.length);
  return {
    head,
    found,
    checks: [
      {
        name: "the journal is whole and unaltered",
        checked: found.lines,
        problems: [...found.problems, ...headProblems(head, found), ...repeatProblems(repeated)],
      },
      {
        name: "balances are what the journal gives",
        checked: accounts,
        problems: problemList(differences(standing.accounts, found.accounts)).all(),
      },
      { name: "holds are what the journal gives", ...openHolds },
      ...Object.entries(laws).map(([name, law]) => ({
        name,
        checked: accounts,
        problems: problemList(law(standing)).all(),
      })),
    ],
  };
}

async function readThrough(sql: Sql, verifier: JournalVerifier): Promise<void> {
  for (let after = -1n; ;) {
    const page = await readJournal(sql, { after, limit: pageSize });
    verifier.take(page);
    if (page.length < pageSize) return;
    after = page.at(-1)!.seq;
  }
}

function headProblems(head: Anchor, found: JournalFindings): string[] {
  if (found.head.seq === head.seq && found.head.hash === head.hash) return [];
  const last = `the last transfer is ${found.head.seq} with hash ${found.head.hash}`;
  return [`${last}; the head says ${head.seq} with hash ${head.hash}`];
}

const repeatProblems = (repeated: bigint) =>
  repeated > 0n ? [`${repeated} facts were posted more than once`] : [];

async function compareHolds(
  sql: Sql,
  fromJournal: ReadonlyMap<HoldKey, Hold>,
): Promise<Omit<AuditCheck, "name">> {
  const problems = problemList();
  const unseen = new Set(fromJournal.keys());
  let checked = 0n;
  for (let after: HoldKey | null = null; ;) {
    const page: [HoldKey, Hold][] = await listOpenHolds(sql, { after, limit: pageSize });
    for (const [key, hold] of page) {
      checked += 1n;
      unseen.delete(key);
      const right = fromJournal.get(key)?.remaining ?? 0n;
      if (hold.remaining === right) continue;
      const says = `${formatYuan(hold.remaining)} left on ${hold.account}`;
      problems.add([`hold ${hold.id} says ${says}; its transfers, ${right} micro-yuan`]);
    }
    if (page.length < pageSize) break;
    after = page.at(-1)![0];
  }
  problems.add([...unseen].map((key) => `hold ${key} has something left, but is not stored`));
  return { checked, problems: problems.all() };
}
