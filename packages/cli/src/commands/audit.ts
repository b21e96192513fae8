import {
  accountRef,
  breaches,
  differences,
  heldBy,
  type Account,
  type Anchor,
  type AccountPath,
  type Book,
} from "@wadi/core/ledger";
import type { LedgerAnchor } from "@wadi/core/proof";
import { routes, type Client } from "@wadi/protocol";
import { readAnchors, writeAnchor } from "../audit/anchors.ts";
import { wrongIn } from "../audit/charges.ts";
import { openDailyAnchors } from "../audit/daily-anchors.ts";
import { openJournal, type Journal } from "../audit/journal.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { hanging } from "../show/facts.ts";

export interface AuditInput {
  /** A file with hashes of earlier audits; this one's is added to it. */
  readonly anchor?: string;
}

/** One thing that was proved here, or not. */
interface Check {
  readonly name: string;
  readonly checked: number;
  readonly problems: readonly string[];
}

/**
 * Proves the books on this machine, from the journal and the readings alone, and shows what the
 * hub says of them itself.
 * @returns 1 when anything is wrong
 */
export async function audit(context: Context, { anchor }: AuditInput): Promise<number> {
  const client = await context.client();
  const anchors = anchor === undefined ? [] : await readAnchors(anchor);
  const hub = await context.ask(routes.auditBooks, { timeoutMs: 600_000 });
  const { transfers, head: said } = hub.value;
  const all = transfers === 0n ? anchors : [{ seq: transfers, hash: said }, ...anchors];
  const daily = openDailyAnchors(await dailyAnchors(client), anchors);
  const { items: closings } = (await context.ask(routes.listPeriods)).value;
  const journal = openJournal(client, { anchors: all, closings, onLine: daily.take });
  const what = () => `${journal.found().lines} lines of the journal proved`;
  const checks = await context.during(what, prove(client, journal));
  const { head } = journal.found();
  const kept = {
    name: "what was written down before is still there",
    checked: all.length,
    problems: lostAnchors(all, head.seq),
  };
  const anchored = {
    name: "each day's anchor is what its lines give",
    checked: daily.count,
    problems: daily.problems(),
  };
  const local = [kept, anchored, ...checks];
  const holds = local.every(({ problems }) => problems.length === 0);
  if (context.json) {
    const seq = String(head.seq);
    context.printJson({ local: { holds, head: { ...head, seq }, checks: local }, hub: hub.json });
  } else {
    context.print(
      ...local.flatMap((check) => checkLines(context, check)),
      ...hub.value.checks.flatMap(({ name, checked, problems }) =>
        checkLines(context, { name: `the hub says: ${name}`, checked: Number(checked), problems }),
      ),
      context.paint("dim", `line ${head.seq} has the hash ${head.hash}`),
    );
  }
  if (!holds || !hub.value.holds) return exitCodes.failed.code;
  if (anchor !== undefined && head.seq > 0n) await writeAnchor(anchor, head);
  return exitCodes.ok.code;
}

async function dailyAnchors(client: Client): Promise<LedgerAnchor[]> {
  const anchors: LedgerAnchor[] = [];
  for await (const one of client.each(routes.listAnchors, { query: { limit: 1000 } })) {
    anchors.push(one);
  }
  return anchors;
}

/** What the verifier, which compares one hash for each line, cannot see. */
function lostAnchors(anchors: readonly Anchor[], last: bigint): string[] {
  const hashes = new Map<bigint, string>();
  return anchors.flatMap(({ seq, hash }) => {
    if (seq > last) return [`line ${seq} was there before and is not there now`];
    const other = hashes.get(seq);
    hashes.set(seq, hash);
    const isSame = other === undefined || other === hash;
    return isSame ? [] : [`line ${seq} had the hash ${hash} before; the hub now says ${other}`];
  });
}

async function prove(client: Client, journal: Journal): Promise<Check[]> {
  await journal.readOn();
  const charges = await proveCharges(client, journal);
  const balances = await compareBalances(client, journal);
  const { lines, problems, accounts, openHolds } = journal.found();
  const standing = { accounts: [...accounts.values()], held: heldBy(openHolds.values()) };
  const laws = breaches(standing).map(({ law, what }) => `${law}: ${what}`);
  return [
    { name: "the journal is whole and unaltered", checked: Number(lines), problems },
    { name: "the books obey their laws", checked: accounts.size, problems: laws },
    balances,
    charges,
  ];
}

/** Money moves on meanwhile, so the balances and the journal are read until both stand still. */
async function compareBalances(client: Client, journal: Journal): Promise<Check> {
  const name = "each account stands as its transfers say";
  for (let tries = 0; tries < 5; tries++) {
    const before = journal.found().head.seq;
    const stored: Account[] = [];
    for await (const account of client.each(routes.listAccounts, { query: { limit: 1000 } })) {
      stored.push(accountOf(account));
    }
    await journal.readOn();
    if (journal.found().head.seq !== before) continue;
    const problems = differences(stored, journal.found().accounts);
    return { name, checked: stored.length, problems };
  }
  const problem = "the books did not stand still long enough to compare them; try again later";
  return { name, checked: 0, problems: [problem] };
}

function accountOf(view: { path: string; book: string } & Pick<Account, "debits" | "credits">) {
  const { path, book, debits, credits } = view;
  const ref = accountRef({ path, book });
  const unknown = { kind: "bank", path: path as AccountPath, book: book as Book } as const;
  return { ...(ref ?? unknown), debits, credits }; // the journal has no account of such a path
}

async function proveCharges(client: Client, journal: Journal): Promise<Check> {
  const { seq: known } = journal.found().head;
  const problems: string[] = [];
  const pending: Parameters<typeof wrongIn>[0][] = [];
  const seen = new Set<string>();
  for await (const evidence of client.each(routes.listCharges, { query: { limit: 1000 } })) {
    seen.add(evidence.run);
    const posted = journal.posted.get(evidence.run);
    if (posted === undefined && evidence.charge.charge > 0n) pending.push(evidence);
    else problems.push(...wrongIn(evidence, posted));
  }
  await journal.readOn(); // charges of meanwhile have their lines behind those read first
  for (const evidence of pending) {
    problems.push(...wrongIn(evidence, journal.posted.get(evidence.run)));
  }
  for (const [run, { seq }] of journal.posted) {
    if (seq <= known && !seen.has(run)) problems.push(`run ${run}: posted, but never charged`);
  }
  return { name: "usage × price gives each charge", checked: seen.size, problems };
}

const problemsShown = 10;

function checkLines(context: Context, { name, checked, problems }: Check): string[] {
  const { paint, width } = context;
  const isGood = problems.length === 0;
  const mark = isGood ? paint("green", "holds ") : paint("red", "broken");
  const more = problems.length - problemsShown;
  return [
    ...hanging(`${mark}  `, `${name} (${checked})`, { width, indent: 8 }),
    ...problems
      .slice(0, problemsShown)
      .flatMap((problem) => hanging("        ", problem, { width, indent: 8 })),
    ...(more > 0 ? [`        and ${more} more`] : []),
  ];
}
