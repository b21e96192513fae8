import type { Policy } from "@wadi/core/dispatch";
import type { TenantId } from "@wadi/core/units";
import { cardsPaid } from "./incurred.ts";
import type { Play, Run } from "./state.ts";

/** What the hub would know of its tenants: what they used, decayed, and how often they started. */
export interface Usage {
  started(tenant: TenantId, nowMs: number): void;
  stopped(nowMs: number): void;
  ended(run: Run, nowMs: number): void;
  /** Every hour: what was used by now. */
  tellHour(play: Play): void;
  /** Before a decision: what rate limits count. */
  tellRates(play: Play): void;
}

interface TenantUse {
  cardSeconds: number;
  decayedMs: number;
  /** Within the last hour. */
  starts: number[];
  toldStarts: number;
}

const hourMs = 3_600_000;

const nothingTold: Usage = {
  started: () => {},
  stopped: () => {},
  ended: () => {},
  tellHour: () => {},
  tellRates: () => {},
};

/**
 * @param policy  the dispatcher's: what its fairness and its rates do not look at is not told; null
 *                for one that looks at neither
 */
export function usageOf(policy: Policy | null, startMs: number): Usage {
  if (!policy) return nothingTold;
  const { halfLife, pastWeight, organisations } = policy.fairness;
  const hasRates = organisations.some(({ startsPerHour }) => startsPerHour !== null);
  const countsPast = policy.order === "fair" && pastWeight > 0;
  const tenants = new Map<TenantId, TenantUse>();
  const countedMs = new Map<Run, number>();
  let stops: number[] = [];
  let toldStops = 0;

  const useOf = (tenant: TenantId): TenantUse => {
    const known = tenants.get(tenant);
    if (known) return known;
    const fresh = { cardSeconds: 0, decayedMs: startMs, starts: [], toldStarts: 0 };
    tenants.set(tenant, fresh);
    return fresh;
  };
  const count = (run: Run, nowMs: number) => {
    const use = useOf(run.state.job.tenant);
    const fromMs = countedMs.get(run) ?? run.startMs;
    decay(use, nowMs, halfLife);
    use.cardSeconds += (cardsPaid(run) * Math.max(0, nowMs - fromMs)) / 1000;
    countedMs.set(run, nowMs);
  };
  const tell = (play: Play, tenant: TenantId, use: TenantUse) => {
    use.toldStarts = use.starts.length;
    const pastCardSeconds = Math.round(use.cardSeconds);
    const now = { cardQuota: null, pastCardSeconds, startedLately: use.starts.length };
    play.changes.push({ kind: "tenant", tenant, now });
  };

  return {
    started(tenant, nowMs) {
      if (hasRates) useOf(tenant).starts.push(nowMs);
    },
    stopped(nowMs) {
      stops.push(nowMs);
    },
    ended(run, nowMs) {
      if (!countsPast) return;
      count(run, nowMs);
      countedMs.delete(run);
    },
    tellHour(play) {
      if (!countsPast) return;
      for (const run of play.running) count(run, play.nowMs);
      for (const [tenant, use] of tenants) {
        decay(use, play.nowMs, halfLife);
        if (use.cardSeconds >= 1) tell(play, tenant, use);
      }
    },
    tellRates(play) {
      const sinceMs = play.nowMs - hourMs;
      stops = stops.filter((atMs) => atMs > sinceMs);
      if (stops.length !== toldStops) {
        toldStops = stops.length;
        play.changes.push({ kind: "preempted-lately", runs: toldStops });
      }
      if (!hasRates) return;
      for (const [tenant, use] of tenants) {
        use.starts = use.starts.filter((atMs) => atMs > sinceMs);
        if (use.starts.length !== use.toldStarts) tell(play, tenant, use);
      }
    },
  };
}

function decay(use: TenantUse, nowMs: number, halfLifeMs: number): void {
  use.cardSeconds *= 0.5 ** ((nowMs - use.decayedMs) / halfLifeMs);
  use.decayedMs = nowMs;
}
