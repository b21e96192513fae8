import { priorities } from "../../job/index.ts";
import type { HostShare, Need, RunNow } from "../snapshot.ts";
import type { Borrowed, PreemptionContext, Victim, Wanted } from "./wanted.ts";

/** A run that the job is entitled to stop. */
export interface Stoppable extends Victim {
  /** Its place in the order of job ids. */
  readonly index: number;
  /** The loss in micro-yuan; exact up to 9 thousand million yuan. */
  readonly lossMicroYuan: number;
  readonly cards: number;
  readonly parts: readonly Part[];
  /** Whose borrowing bounds it; nobody's where the rule is another than reclaim. */
  readonly borrowed: readonly Borrowed[];
}

/** What a run holds of one host. */
export interface Part {
  readonly host: number;
  readonly cards: number;
  readonly cpu: number;
  readonly memory: number;
}

/** The runs that the job may stop, in the order of their jobs' ids. */
export function stoppable(
  wanted: Wanted,
  runs: readonly RunNow[],
  context: PreemptionContext,
): Stoppable[] {
  const mayReclaim = context.policy.reclaim && context.isWithinQuota();
  const found: { run: RunNow; rule: Victim["rule"] }[] = [];
  for (const run of runs) {
    if (!isOpen(run, context)) continue;
    const rule = ruleFor(wanted, run, { context, mayReclaim });
    if (rule !== undefined) found.push({ run, rule });
  }
  return found
    .sort((a, b) => (a.run.job < b.run.job ? -1 : 1))
    .map(({ run, rule }, index) => describe(run, { rule, index, context }));
}

/** What shares of a need hold, host by host; hosts that the pool has not are left out. */
export function partsOf(
  { cards, cpu, memory }: Need,
  shares: readonly HostShare[],
  { hosts }: PreemptionContext,
): Part[] {
  return shares.flatMap(({ host, replicas }): Part[] => {
    const at = hosts.indexOf(host);
    if (at === undefined) return [];
    const times = { cards: cards * replicas, cpu: cpu * replicas, memory: memory * replicas };
    return [{ host: at, ...times }];
  });
}

/** Runs on parts of cards are left alone: a card is only free when all of them have ended. */
function isOpen(run: RunNow, { pool, nowMs, policy }: PreemptionContext): boolean {
  const isOldEnough = nowMs - run.sinceMs >= policy.leastRun;
  const isWhole = run.need.share >= 1000;
  return run.pool === pool.id && run.shape.preemptible && !run.stopping && isOldEnough && isWhole;
}

/** Reclaim comes last: it alone is bounded by what the other borrows. */
function ruleFor(
  { priority, expectedMs }: Wanted,
  run: RunNow,
  { context, mayReclaim }: { context: PreemptionContext; mayReclaim: boolean },
): Victim["rule"] | undefined {
  const { policy, nowMs } = context;
  const isHigher = priorities.indexOf(priority) < priorities.indexOf(run.shape.priority);
  if (isHigher && policy.classes.includes(priority)) return "class";
  const remainingMs = run.expectedEndMs - nowMs;
  if (policy.shorter !== null && remainingMs > 0 && remainingMs >= policy.shorter * expectedMs) {
    return "shorter";
  }
  return mayReclaim && context.borrowed(run).length > 0 ? "reclaim" : undefined;
}

function describe(
  run: RunNow,
  { rule, index, context }: { rule: Victim["rule"]; index: number; context: PreemptionContext },
): Stoppable {
  const { need } = run;
  const loss = context.lossOf(run);
  const parts = partsOf(need, run.hosts, context);
  return {
    ...{ run, loss, rule, index, parts },
    lossMicroYuan: Number(loss),
    cards: need.cards * run.hosts.reduce((sum, { replicas }) => sum + replicas, 0),
    borrowed: rule === "reclaim" ? context.borrowed(run) : [],
  };
}
