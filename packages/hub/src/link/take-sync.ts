import { isFinalRun } from "@wadi/core/job";
import type { RunId } from "@wadi/core/units";
import type { LinkEntry } from "@wadi/protocol";

import { hear, keepSerials, saveInventory, type CentreMode } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { readOwned } from "../files/index.ts";
import { applyReports, reconcile, runsAt, type KnownRun, type Report } from "../jobs/index.ts";
import { keepSignature, recordReadings, type RunReading } from "../metering/index.ts";
import { Refused } from "../refused.ts";
import { freshEntries, type LenientSync, type ReadEntry } from "./entries.ts";
import { replaced } from "./sign-in.ts";
import { signedReadings, type SignedReadings } from "./signed-readings.ts";
import {
  changeJournal,
  insertOddities,
  isRetired,
  lockAgent,
  removeRunInputs,
  saveAcked,
  type LinkedAgent,
  type OddEntry,
} from "./store.ts";

export interface Taken {
  readonly agent: LinkedAgent;
  readonly ackedThrough: bigint;
  readonly mode: CentreMode;
  /** Whether the centre may be given work: no agent before this one can still run anything. */
  readonly isAlone: boolean;
  /** Runs that the centre holds and should not. */
  readonly strays: readonly { readonly run: RunId; readonly generation: number }[];
  readonly entries: number;
  readonly oddities: number;
}

/**
 * Takes in what an agent reports, all in the caller's transaction: each entry once, however often
 * it is sent, in order; readings before the states that they are charged with. What fits no run of
 * the centre is set aside and counts as taken.
 * @throws Refused `agent-replaced`, `journal-unknown`
 */
export async function takeSync(
  hub: Hub,
  sql: Sql,
  { id, request }: { id: LinkedAgent["id"]; request: LenientSync },
): Promise<Taken> {
  const now = hub.clock.now();
  const agent = await lockAgent(sql, id);
  if (agent.replacedAt) throw replaced(agent.centre);
  const acked = await openJournal(sql, { agent, request, now });
  const { mode, heardBefore } = await hear(sql, agent.centre, now);
  const silentMs = heardBefore ? now.since(heardBefore).total("milliseconds") : Infinity;
  const isBack = silentMs > hub.config.timings.leaseMs;

  const signed = signedReadings(request, agent);
  const fresh = freshEntries(request.entries, acked);
  const oddities = await takeEntries(hub, sql, { agent, fresh, signed, now });
  const { journal } = request;
  await insertOddities(sql, { centre: agent.centre, journal, at: now, entries: oddities });
  const ackedThrough = acked + BigInt(fresh.length);
  if (fresh.length > 0) await saveAcked(sql, id, ackedThrough);

  if (request.inventory) {
    const { centre } = agent;
    await saveInventory(sql, { centre, inventory: request.inventory }, now);
    await keepSerials(sql, { centre, inventory: request.inventory }, now);
  }
  if (isBack) await hub.signals.raise(sql, "round"); // what it has may be placed in again
  const isAlone = Temporal.Instant.compare(agent.aloneFrom, now) <= 0;
  const strays = isAlone ? await compareHolding(hub, sql, { agent, request, ackedThrough }) : [];
  return {
    agent,
    ackedThrough,
    mode,
    isAlone,
    strays,
    entries: fresh.length,
    oddities: oddities.length,
  };
}

/**
 * An agent that has lost its journal, or that knows things the hub has forgotten, begins another
 * one, from its first number. A journal that was given up is refused, so that a request from
 * before, long under way, cannot bring it back.
 */
async function openJournal(
  sql: Sql,
  { agent, request, now }: { agent: LinkedAgent; request: LenientSync; now: Temporal.Instant },
): Promise<bigint> {
  const { journal, entries } = request;
  if (journal === agent.journal) return agent.acked;
  const first = entries[0]?.seq ?? 1n;
  if (first !== 1n || (await isRetired(sql, journal))) {
    const detail = `the hub knows this agent's journal ${agent.journal}, not ${journal}`;
    throw new Refused("journal-unknown", { known: agent.journal }, detail);
  }
  await changeJournal(sql, { agent, journal, at: now });
  return 0n;
}

async function takeEntries(
  hub: Hub,
  sql: Sql,
  at: {
    readonly agent: LinkedAgent;
    readonly fresh: readonly ReadEntry[];
    readonly signed: SignedReadings | undefined;
    readonly now: Temporal.Instant;
  },
): Promise<OddEntry[]> {
  const { agent, fresh, signed, now } = at;
  if (fresh.length === 0) return [];
  const { centre } = agent;
  const odd = fresh.flatMap((one) => (one.kind === "odd" ? [one.odd] : []));
  const entries = fresh.flatMap((one) => (one.kind === "entry" ? [one.entry] : []));
  const known = await runsAt(sql, { centre, runs: [...new Set(entries.map(({ run }) => run))] });
  const files = entries.flatMap((one) => (one.kind === "output" ? [one.sha256] : []));
  const stored =
    files.length > 0
      ? await readOwned(sql, { owner: `centre/${centre}`, files })
      : new Set<string>();

  const good: LinkEntry[] = [];
  for (const entry of entries) {
    const why = whyOdd(entry, { known: known.get(entry.run), stored });
    if (why === undefined) good.push(entry);
    else odd.push(oddEntry(entry, why));
  }
  const strange = entries.filter(isReading).filter(({ run }) => !known.has(run));
  const received = (entry: (typeof strange)[number]) => ({ ...entry, receivedAt: now });
  await recordReadings(sql, strange.map(received), () => false);
  const readings = good.filter(isReading).map(received);
  const unkept = await recordReadings(sql, readings);
  if (signed) {
    const aside = new Set<RunReading>(unkept.map(({ reading }) => reading));
    const kept = readings.filter((reading) => !aside.has(reading));
    await keepSignature(sql, { ...signed, id: hub.newId(), kept, receivedAt: now });
  }
  const reports = good.filter((entry): entry is Report => !isReading(entry));
  const refused = await applyReports(hub, sql, { centre, entries: reports });
  const ended = reports.flatMap((one) =>
    one.kind === "state" && isFinalRun(one.state) ? [one.run] : [],
  );
  await removeRunInputs(sql, ended);
  return [...odd, ...refused.map(({ report, why }) => oddEntry(report, why))];
}

const isReading = (entry: LinkEntry) => entry.kind === "reading";

function whyOdd(
  entry: LinkEntry,
  at: { known: KnownRun | undefined; stored: ReadonlySet<string> },
): string | undefined {
  if (!at.known) return "the hub leased no such run to this centre";
  if (at.known.generation !== entry.generation) {
    return `the run has generation ${at.known.generation}, the entry ${entry.generation}`;
  }
  if (entry.kind === "output" && !at.stored.has(entry.sha256)) {
    return "this centre has stored no such file";
  }
  return undefined;
}

/** Of a log entry the data is left out: it may be long, and belongs to a tenant. */
function oddEntry(entry: LinkEntry, why: string): OddEntry {
  const { seq, ...fields } = entry;
  const shown = "data" in fields ? { ...fields, data: `${fields.data.length} characters` } : fields;
  return { seq, why, entry: shown };
}

/**
 * Both directions: what the centre should hold and does not is lost; what it holds and should not,
 * because the hub has given it up meanwhile, is to be stopped.
 */
async function compareHolding(
  hub: Hub,
  sql: Sql,
  at: { agent: LinkedAgent; request: LenientSync; ackedThrough: bigint },
): Promise<Taken["strays"]> {
  const { agent, request, ackedThrough } = at;
  const { centre } = agent;
  const { holding, asOf } = request;
  if (holding === null || asOf < ackedThrough) return [];
  await reconcile(hub, sql, { centre, holding, since: agent.joinedAt });
  const known = await runsAt(sql, { centre, runs: holding.map(({ run }) => run) });
  return holding.filter(({ run, generation }) => {
    const one = known.get(run);
    return !one || one.generation !== generation || isFinalRun(one.state);
  });
}
