import {
  openCalibration,
  openRegion,
  type Certificate,
  type Change,
  type DispatchRegion,
  type Outlook,
  type Policy,
} from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";
import type { Dispatcher } from "../dispatcher.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Insight } from "./insight.ts";

/**
 * What goes on beside the rounds, as in the hub; less often unless told, since a play makes months
 * of
 * it in a minute.
 */
export interface Beside {
  /** How often a certificate is made, whose prices guide the rounds; null: never. */
  readonly certifyEveryMs?: number | null;
  /** How often expected starts are worked out; null: bookings are all that is told. */
  readonly outlookEveryMs?: number | null;
}

const minute = 60_000;
/** A certificate every so many rounds of effort is good enough to be guided by. */
const effort = { gap: 0.02, rounds: 10 };

/**
 * The dispatch that a region really runs, over a fleet on which nothing runs yet: told of changes
 * as the hub tells it, asked as the hub asks it.
 */
export function production(
  name: string,
  policy: Policy,
  fleet: Pick<Fleet, "pools" | "links">,
  { certifyEveryMs = 240 * minute, outlookEveryMs = 30 * minute }: Beside = {},
): Dispatcher & Insight {
  const region = openRegion({
    ...{ nowMs: 0, pools: fleet.pools, links: fleet.links, policy, runs: [], queue: [] },
    ...{ tenants: new Map(), arrays: new Map(), learnt: new Map() },
    ...{ scarcity: null, preemptedLately: 0 },
  });
  const guide = certifyEveryMs === null ? undefined : openGuide(region, certifyEveryMs);
  const seer = outlookEveryMs === null ? undefined : openSeer(region, outlookEveryMs);
  return {
    name,
    policy,
    tell(changes) {
      region.apply(changes);
      seer?.learn(changes);
    },
    decide(nowMs) {
      guide?.look(nowMs);
      seer?.look(nowMs);
      return region.decide(nowMs, { explains: false });
    },
    ...(guide && { gap: guide.gap }),
    ...(seer && { startOf: seer.startOf }),
  };
}

/** Certifies the queue from time to time and lets the prices guide the rounds. */
function openGuide(region: DispatchRegion, everyMs: number) {
  let last: { readonly atMs: number; readonly made: Certificate } | undefined;
  let gap: number | null = null;
  return {
    gap: () => gap,
    look(nowMs: number) {
      if (last && nowMs - last.atMs < everyMs) return;
      const made = region.certify(nowMs, { from: last?.made, ...effort });
      last = { atMs: nowMs, made };
      region.apply([{ kind: "scarcity", scarcity: made.scarcity }]);
      gap = gapOf(region, made, nowMs);
    },
  };
}

/** Null where the two do not count the same jobs: some cannot start in time, or runs may move. */
function gapOf(region: DispatchRegion, { lower, leftOut }: Certificate, nowMs: number) {
  const { groups, cost } = region.outlook(nowMs);
  const starting = groups.reduce((sum, { startsMs }) => sum + startsMs.length, 0);
  const isSame = starting === region.queued() && leftOut.length === 0;
  return isSame && lower > 0n ? Number(cost) / Number(lower) - 1 : null;
}

/** Says when waiting jobs will start, and learns how far off it was. */
function openSeer(region: DispatchRegion, everyMs: number) {
  const calibration = openCalibration();
  const told = new Map<JobId, { readonly atMs: number; readonly waitMs: number }>();
  let nowMs = -Infinity;
  let outlook: Outlook | undefined;
  let lastMs = -Infinity;
  return {
    look(atMs: number) {
      nowMs = atMs;
      outlook = undefined;
    },
    learn(changes: readonly Change[]) {
      for (const change of changes) {
        if (change.kind !== "started") continue;
        const { job, sinceMs } = change.run;
        const said = told.get(job);
        if (!said) continue;
        told.delete(job);
        // It was started by the very decision that it was told after: nothing was foretold.
        if (sinceMs <= said.atMs) continue;
        calibration.learn({ toldMs: said.waitMs, realMs: sinceMs - said.atMs });
      }
    },
    startOf(job: JobId) {
      if (!outlook && nowMs - lastMs < everyMs) return undefined;
      outlook ??= region.outlook(nowMs);
      lastMs = nowMs;
      const startMs = outlook.startOf(job);
      if (startMs === undefined) return null;
      const waitMs = startMs - nowMs;
      told.set(job, { atMs: nowMs, waitMs });
      const { p50Ms, p90Ms } = calibration.stretch(waitMs);
      return { p50Ms: Math.round(nowMs + p50Ms), p90Ms: Math.ceil(nowMs + p90Ms) };
    },
  };
}
