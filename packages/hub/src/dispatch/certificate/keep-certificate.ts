import type { Plan, Scarcity, Snapshot } from "@wadi/core/dispatch";
import { noMoney } from "@wadi/core/units";

import type { Hub } from "../../context.ts";
import { fence, isOutage, NotLeader, type Sql } from "../../db/index.ts";
import type { Certifier } from "./certifier.ts";
import type { Certified } from "./certify-plan.ts";
import { scarcityBy } from "./still-good.ts";
import { readCertificate, saveCertificate } from "./store.ts";

/** The last certificate of the region, and when another one is due. */
export interface CertificateKeeper {
  /**
   * What rounds of this epoch go by: the worth of cards by the last certificate. Null before the
   * first, and once it is too old to go by.
   */
  scarcity(sql: Sql, at: { epoch: bigint; nowMs: number }): Promise<Scarcity | null>;
  /** After each round; begins a certificate when one is due and none is under way. */
  look(epoch: bigint, round: { plan: Plan; snapshot: Snapshot }): void;
  /** For those who watch; undefined while this hub has none, or leads no more. */
  shown(): Certified | undefined;
  /** Once this hub leads no more. */
  forget(): void;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Soon after a large change: in so small a part of the usual time. */
const hurry = 10;
/** Fewer jobs more or less are no large change. */
const fewJobs = 100;

interface Kept {
  readonly epoch: bigint;
  readonly last: Certified | undefined;
}

export function keepCertificate(hub: Hub, certifier: Certifier): CertificateKeeper {
  const everyMs = hub.config.timings.certifyMs;
  let kept: Kept | undefined;
  let underWay: Promise<unknown> | undefined;
  let isClosed = false;
  let lastLook = { atMs: -Infinity, jobs: 0, rules: "" };

  async function make(epoch: bigint, { plan, snapshot }: { plan: Plan; snapshot: Snapshot }) {
    const waits = plan.waiting.length + plan.held.length > 0;
    const certified = waits ? await certifier.certify(snapshot) : nothingWaits(snapshot.nowMs);
    await hub.db.transaction(async (sql) => {
      await fence(sql, epoch);
      await saveCertificate(sql, certified);
    });
    kept = { epoch, last: certified };
    hub.log.debug({ ...numbersOf(certified) }, "plan certified");
  }

  return {
    async scarcity(sql, { epoch, nowMs }) {
      if (kept?.epoch !== epoch) kept = { epoch, last: await readCertificate(sql) };
      return scarcityBy(kept.last, { config: hub.config, nowMs });
    },
    look(epoch, round) {
      if (everyMs === 0 || underWay) return;
      const now = seenIn(round.snapshot);
      const due = lastLook.atMs + (isLargeChange(lastLook, now) ? everyMs / hurry : everyMs);
      if (now.atMs < due && now.atMs >= lastLook.atMs) return;
      lastLook = now;
      underWay = make(epoch, round)
        .catch((error: unknown) => isClosed || tell(hub, error))
        .finally(() => (underWay = undefined));
    },
    shown: () => kept?.last,
    forget: () => (kept = undefined),
    async close() {
      isClosed = true;
      await certifier.close();
      await underWay;
    },
  };
}

const seenIn = ({ nowMs, queue, pools, policy }: Snapshot) => ({
  atMs: nowMs,
  jobs: queue.reduce((sum, { jobs }) => sum + jobs.length, 0),
  rules: `${pools.map(({ id, closed }) => `${id} ${closed === null}`).join()} ${versionOf(policy)}`,
});
type Seen = ReturnType<typeof seenIn>;

/** Half as many jobs again or less, another policy, or pools that opened or closed. */
function isLargeChange(before: Seen, now: Seen): boolean {
  const more = Math.abs(now.jobs - before.jobs);
  const isOther = before.jobs === 0 || now.jobs === 0 || more > Math.max(fewJobs, before.jobs / 2);
  return before.rules !== now.rules || (more > 0 && isOther);
}

/** Policies are the same value as long as they are the same. */
const versions = new WeakMap<object, number>();
let lastVersion = 0;
function versionOf(policy: object): number {
  const known = versions.get(policy) ?? (lastVersion += 1);
  versions.set(policy, known);
  return known;
}

const nothingWaits = (atMs: number): Certified => ({
  ...{ atMs, cost: noMoney, bound: noMoney, jobs: 0 },
  ...{ scarcity: null, rounds: 0, tookMs: 0 },
});

const numbersOf = ({ cost, bound, jobs, rounds, tookMs }: Certified) => ({
  ...{ cost: `${cost}`, bound: `${bound}`, jobs, rounds, tookMs },
});

function tell(hub: Hub, error: unknown): void {
  const isUsual = error instanceof NotLeader || isOutage(error);
  hub.log[isUsual ? "debug" : "error"]({ err: error }, "a plan was not certified");
}
