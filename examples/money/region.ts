import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  makeLog,
  migrate,
  openDatabase,
  readConfig,
  startHub,
  sweepOnce,
  type Hub,
} from "@wadi/hub";

import { callerOf, type Caller } from "./ask.ts";
import type { TurnedClock } from "./calendar.ts";

/** A hub in this process, with its database, on a clock that is turned by hand. */
export interface Region {
  readonly url: string;
  readonly clock: TurnedClock;
  readonly operator: Caller;
  /** The operator's key, for commands that are run beside. */
  readonly key: string;
  /** Where each day's anchor is published. */
  readonly anchors: string;
  /** What the hub does by itself every minute: anchors, ends of vouchers and of notices. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** A centre may be silent for a day, since so much of the clock passes between two reports. */
const dayMs = `${24 * 60 * 60 * 1000}`;

/** @throws Error when the folder asked for has something in it already */
export async function openRegion(options: {
  readonly state: string | undefined;
  readonly clock: TurnedClock;
}): Promise<Region> {
  const { clock } = options;
  const state = options.state ?? (await mkdtemp(path.join(os.tmpdir(), "wadi-money-")));
  await mkdir(state, { recursive: true });
  if ((await readdir(state)).length > 0) {
    throw new Error(`${state} is not empty; name another folder with --state`);
  }
  const remove = async () => {
    if (options.state === undefined) await rm(state, { recursive: true, force: true });
  };
  const rates = ["KEY", "OPERATOR", "AGENT", "ANONYMOUS"].map((who) => [`WADI_RATE_${who}`, "off"]);
  const config = readConfig({
    ...(Object.fromEntries(rates) as Record<string, string>),
    ...{ WADI_STATE: state, WADI_LISTEN: "127.0.0.1:0", WADI_ISSUER: "Example province" },
    ...{ WADI_LEASE_MS: dayMs, WADI_LEASE_MARGIN_MS: dayMs, WADI_CERTIFY_MS: "0" },
  });
  const db = await openDatabase({ stateFolder: state });
  const stopDb = async () => {
    await db.stop();
    await remove();
  };
  try {
    await migrate(db.url);
    const log = makeLog("warn", process.stderr);
    const running = await startHub({ config, db, log, clock });
    const key = (await readFile(path.join(state, "operator.key"), "utf8")).trim();
    return regionOf(running, { clock, key, stopDb });
  } catch (error) {
    await stopDb();
    throw error;
  }
}

function regionOf(
  { hub, url, stop }: { hub: Hub; url: string; stop(): Promise<void> },
  { clock, key, stopDb }: { clock: TurnedClock; key: string; stopDb(): Promise<void> },
): Region {
  let stopped: Promise<void> | undefined;
  return {
    ...{ url, clock, key, operator: callerOf(url, key) },
    anchors: hub.config.anchors,
    sweep: () => sweepOnce(hub),
    stop: () => (stopped ??= stop().then(stopDb)),
  };
}
