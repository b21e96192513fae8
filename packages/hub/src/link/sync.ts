import type { RunId } from "@wadi/core/units";
import { durationOf } from "@wadi/core/units";
import type { SyncReply } from "@wadi/protocol";

import { readMode, type CentreMode } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { leasesFor, stopsFor, type StopOrder } from "../jobs/index.ts";
import type { LenientSync } from "./entries.ts";
import type { LinkMetrics } from "./metrics.ts";
import { refuseReplaced } from "./sign-in.ts";
import { insertRunInputs, type LinkedAgent } from "./store.ts";
import { takeSync, type Taken } from "./take-sync.ts";

/** Leases in one reply; their specs may be long. */
const leasesMax = 500;
/** A lease that the agent has not reported on is handed to it again after so long. */
const againMs = 1000;

type Lease = SyncReply["leases"][number];

/** What was handed to whom a moment ago, so that it is not sent again with every sync. */
export interface HandedLeases {
  recent(agent: LinkedAgent["id"], nowMs: number): RunId[];
  /** When the first of them may be sent again; undefined when there are none. */
  againAt(agent: LinkedAgent["id"]): number | undefined;
  /** Its last answer was lost: what was in it is sent again at once. */
  forget(agent: LinkedAgent["id"]): void;
  note(agent: LinkedAgent["id"], leases: readonly Lease[], nowMs: number): void;
}

export interface SyncDeps {
  readonly hub: Hub;
  readonly handed: HandedLeases;
  readonly metrics: LinkMetrics;
}

/**
 * One sync: takes in what the agent says, then answers with what there is for it. When there is
 * nothing the answer is kept back until there is, for as long as the agent allows.
 * @param stop  aborts when the agent has gone or the hub stops: the answer is then given at once
 * @throws Refused `agent-replaced`, `journal-unknown`
 */
export async function sync(
  { hub, handed, metrics }: SyncDeps,
  ask: {
    readonly id: LinkedAgent["id"];
    readonly request: LenientSync;
    readonly stop: AbortSignal;
  },
): Promise<SyncReply> {
  const { id, request, stop } = ask;
  const taken = await hub.db.transaction((sql) => takeSync(hub, sql, { id, request }));
  metrics.entries.inc(taken.entries);
  metrics.oddities.inc(taken.oddities);

  if (request.missed) handed.forget(id);
  const { timings } = hub.config;
  const room = taken.isAlone ? Math.min(request.room, leasesMax) : 0;
  const untilMs = performance.now() + Math.min(request.wait, timings.longPollMs);
  let found: Found | undefined;
  for (;;) {
    // Listen before looking: what comes between the two would else be noticed only much later.
    const heard = new AbortController();
    const leftMs = untilMs - performance.now();
    const timeoutMs = Math.min(leftMs, againInMs(hub, { handed, id }));
    const signal = `centre/${taken.agent.centre}` as const;
    const anyStop = AbortSignal.any([stop, heard.signal]);
    const woken = leftMs > 0 ? hub.signals.next(signal, { timeoutMs, stop: anyStop }) : undefined;
    try {
      if (found) await refuseReplaced(hub, taken.agent); // it may have happened while waiting
      found = await lookFor(hub, { taken, room, handed, isFirst: found === undefined });
      const isWorthIt = found.leases.length + found.stops.length + taken.strays.length > 0;
      if (isWorthIt || found.mode !== taken.mode || !woken) break;
      await woken;
      if (stop.aborted) break;
    } finally {
      heard.abort();
    }
  }
  // An answer that nobody waits for hands nothing out: the next sync has to do it.
  if (!stop.aborted) handed.note(id, found.leases, hub.clock.now().epochMilliseconds);
  return replyOf({ taken, found, leaseMs: timings.leaseMs });
}

/** Handed leases whose answer was lost on the way are due again while a sync waits. */
function againInMs(hub: Hub, { handed, id }: { handed: HandedLeases; id: LinkedAgent["id"] }) {
  const at = handed.againAt(id);
  return at === undefined ? Infinity : Math.max(1, at - hub.clock.now().epochMilliseconds);
}

export function rememberHanded(): HandedLeases {
  const byAgent = new Map<LinkedAgent["id"], Map<RunId, number>>();
  return {
    recent: (agent, nowMs) => {
      const runs = byAgent.get(agent);
      if (!runs) return [];
      for (const [run, atMs] of runs) if (Math.abs(nowMs - atMs) >= againMs) runs.delete(run);
      return [...runs.keys()];
    },
    againAt: (agent) => {
      const runs = byAgent.get(agent);
      const [first] = runs ? [...runs.values()] : [];
      return first === undefined ? undefined : first + againMs;
    },
    forget: (agent) => void byAgent.delete(agent),
    note: (agent, leases, nowMs) => {
      const runs = byAgent.get(agent) ?? new Map<RunId, number>();
      byAgent.set(agent, runs);
      for (const { run } of leases) runs.set(run, nowMs);
    },
  };
}

interface Found {
  readonly leases: readonly Lease[];
  readonly stops: readonly StopOrder[];
  readonly mode: CentreMode;
}

async function lookFor(
  hub: Hub,
  at: { taken: Taken; room: number; handed: HandedLeases; isFirst: boolean },
): Promise<Found> {
  const { taken, room, handed, isFirst } = at;
  const { centre, id } = taken.agent;
  const { sql } = hub.db;
  const except = handed.recent(id, hub.clock.now().epochMilliseconds);
  const [leases, stops, mode] = await Promise.all([
    leasesFor(sql, { centre, limit: room, except }),
    stopsFor(sql, centre),
    isFirst ? taken.mode : readMode(sql, centre),
  ]);
  await allowInputs(sql, centre, leases);
  return { leases, stops, mode };
}

async function allowInputs(sql: Sql, centre: LinkedAgent["centre"], leases: readonly Lease[]) {
  const inputs = leases.flatMap(({ run, spec }) =>
    spec.inputs.flatMap((one) => (one.kind === "upload" ? [{ run, sha256: one.sha256 }] : [])),
  );
  await insertRunInputs(sql, centre, inputs);
}

function replyOf(parts: { taken: Taken; found: Found; leaseMs: number }): SyncReply {
  const { taken, found, leaseMs } = parts;
  const ordered = new Set(found.stops.map(({ run }) => run));
  const strays = taken.strays
    .filter(({ run }) => !ordered.has(run))
    .map((stray): StopOrder => ({ ...stray, why: "superseded" }));
  return {
    ackedThrough: taken.ackedThrough,
    leaseFor: durationOf(leaseMs),
    leases: [...found.leases],
    stops: [...found.stops, ...strays],
    mode: found.mode,
  };
}
