import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { uuidv7 } from "uuidv7";

import { removeAddress, writeAddress } from "./address-file.ts";
import { serveCentres } from "./centres/index.ts";
import {
  auditClaims,
  claimForUsage,
  serveClaims,
  serveRecords,
  sweepAtOnce,
  sweepClaims,
  unitsHeld,
} from "./claims/index.ts";
import type { Config } from "./config.ts";
import type { Clock, Hub } from "./context.ts";
import { standForLead, type Candidacy, type Db } from "./db/index.ts";
import {
  dispatchMetrics,
  openAhead,
  openRegionAsks,
  serveDispatch,
  startDispatch,
  type RegionAsks,
  type Sweep,
} from "./dispatch/index.ts";
import { serveUploads, sweepBrokenUploads } from "./files/index.ts";
import { makeApp, makeMetrics, serveSystem, stopApp, type App } from "./http/index.ts";
import {
  cardsInUse,
  forgetCheckpoints,
  jobNames,
  ownersOfRuns,
  runsOfJob,
  serveJobOutputs,
  serveJobs,
  serveJobStreams,
  usageSweep,
  type Ahead,
} from "./jobs/index.ts";
import { serveLedger } from "./ledger/index.ts";
import { agentCheck, refuseReplaced, serveLink, silenceSweep } from "./link/index.ts";
import { serveMetering, serveMeters } from "./metering/index.ts";
import { servePolicy } from "./policy/index.ts";
import { serveRating } from "./rating/index.ts";
import { serveSettlement } from "./settlement/index.ts";
import { openSignals } from "./signals.ts";
import { anchorSweep, serveProof } from "./proof/index.ts";
import { serveStatements } from "./statements/index.ts";
import {
  ensureOperatorKey,
  openKeyCheck,
  operatorKeyFile,
  refusedSignIns,
  serveTenancy,
  type KeyCheck,
} from "./tenants/index.ts";
import { version } from "./version.ts";
import { expireVouchers, fundOf, serveVouchers } from "./vouchers/index.ts";

export interface RunningHub {
  readonly hub: Hub;
  readonly app: App;
  readonly url: string;
  /** Ends rounds and requests in good order; the database stays open. May be repeated. */
  stop(): Promise<void>;
}

/** What a hub is made of that tests have otherwise. */
export interface HubParts {
  readonly config: Config;
  /** Open, and migrated. */
  readonly db: Db;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

/** Starts a hub: serves the API, and makes rounds whenever it is the one that leads. */
export async function startHub(parts: HubParts): Promise<RunningHub> {
  const hub = await makeHub(parts);
  const { config, log } = hub;
  await removeAddress(config.state);
  if (await ensureOperatorKey(hub)) {
    log.info({ file: operatorKeyFile(config.state) }, "made the operator's first key");
  }
  const candidacy = stand(hub);
  const keyCheck = openKeyCheck(hub);
  const app = makeApp(hub, { checks: [keyCheck, agentCheck(hub)], refused: refusedSignIns(hub) });
  const ahead = openAhead(hub);
  const asks = openRegionAsks(hub);
  await serveAll(app, { keyCheck, candidacy, ahead, asks });
  const dispatcher = startDispatch(hub, {
    candidacy,
    sweeps: sweepsOf(hub),
    metrics: dispatchMetrics(hub.metrics),
    ahead,
  });

  const stop = async () => {
    await Promise.all([stopApp(app), dispatcher.stop().then(() => candidacy.stop())]);
    await Promise.all([keyCheck.stop(), asks.close()]);
    await removeAddress(config.state);
  };
  try {
    const url = await listen(app);
    let stopped: Promise<void> | undefined;
    return { hub, app, url, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeHub({ config, db, log, clock, newId }: HubParts): Promise<Hub> {
  return {
    config,
    db,
    log,
    clock: clock ?? { now: () => Temporal.Now.instant() },
    newId: newId ?? uuidv7,
    signals: await openSignals(db),
    metrics: makeMetrics(db),
  };
}

function stand({ db, config, log, newId }: Hub): Candidacy {
  const { leaderMs } = config.timings;
  return standForLead(db, {
    holder: `${hostname()}/${process.pid}/${newId()}`,
    leaseMs: leaderMs,
    renewMs: Math.floor(leaderMs * 0.3),
    onChange: (epoch) => {
      log.info({ epoch: epoch?.toString() ?? null }, epoch ? "this hub leads" : "leads no more");
    },
    onTrouble: (error) => log.warn({ err: error }, "asking who leads"),
  });
}

async function serveAll(
  app: App,
  around: { keyCheck: KeyCheck; candidacy: Candidacy; ahead: Ahead; asks: RegionAsks },
): Promise<void> {
  const { hub } = app;
  const { keyCheck, candidacy, ahead, asks } = around;
  serveTenancy(app, {
    hub,
    keyCheck,
    fundExists: async (sql, fund) => (await fundOf(sql, fund)) !== undefined,
  });
  serveCentres(app, hub, cardsInUse);
  serveUploads(app, hub);
  serveJobs(app, hub, { ahead, asks });
  serveJobStreams(app, hub);
  serveJobOutputs(app, hub);
  servePolicy(app, hub);
  serveDispatch(app, hub, asks);
  serveLink(app, hub);
  serveLedger(app, hub);
  serveVouchers(app, hub);
  serveClaims(app, hub);
  serveRecords(app, hub);
  serveMetering(app, { hub, runsOfJob: runsOfJob(hub) });
  serveMeters(app, {
    hub,
    runsOfJob: runsOfJob(hub),
    ownersOfRuns: (runs) => ownersOfRuns(hub.db.sql, runs),
    refuseReplaced: (agent) => refuseReplaced(hub, agent),
  });
  serveRating(app, hub);
  serveStatements(app, { hub, jobNames, moreChecks: auditClaims, unitsHeld });
  serveProof(app, hub);
  serveSettlement(app, hub);
  await serveSystem(app, () => candidacy.epoch() !== undefined);
}

/** What the leader does from time to time beside its rounds. */
const sweepsOf = (hub: Hub): Sweep[] => [
  { name: "silent centres", everyMs: 1000, run: silenceSweep(hub) },
  { name: "expired vouchers", everyMs: 60_000, run: async (on) => void (await expireVouchers(on)) },
  { name: "claims", everyMs: 60_000, run: async () => void (await sweepClaims(hub)) },
  { name: "claims for use", everyMs: 600_000, run: async () => void (await claimForUsage(hub)) },
  { name: "bills at once", everyMs: 60_000, run: async () => void (await sweepAtOnce(hub)) },
  { name: "lost checkpoints", everyMs: 30_000, run: forgetCheckpoints },
  { name: "anchors of the ledger", everyMs: 60_000, run: anchorSweep },
  { name: "usage by hour", everyMs: 300_000, run: usageSweep },
  { name: "broken uploads", everyMs: 600_000, run: sweepBrokenUploads },
];

/** The sweeps that the books wait for, once and in order: for whoever turns the clock by hand. */
export async function sweepOnce(hub: Hub): Promise<void> {
  await expireVouchers(hub);
  await sweepClaims(hub);
  await claimForUsage(hub);
  await sweepAtOnce(hub);
  await anchorSweep(hub);
}

async function listen(app: App): Promise<string> {
  const { config, clock, log } = app.hub;
  await app.listen(config.listen);
  const at = app.server.address() as AddressInfo;
  const url = `${config.tls ? "https" : "http"}://${reachable(at.address)}:${at.port}`;
  await writeAddress(config.state, {
    url,
    pid: process.pid,
    version,
    startedAt: clock.now().toString(),
  });
  log.info({ url, version }, "the hub serves its API; to read it: /docs");
  return url;
}

/** An address as it goes into a URL; "all of them" is reached by the machine itself. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "[::1]";
  return address.includes(":") ? `[${address}]` : address;
}
