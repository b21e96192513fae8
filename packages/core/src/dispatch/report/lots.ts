import type { CardModelId, JobId, TenantId } from "../../units/index.ts";
import type { Candidate, Plan } from "../plan.ts";
import type { Reason } from "../reason.ts";
import type { QueuedJob, Shape, ShapeQueue, Snapshot } from "../snapshot.ts";
import type { Amount } from "./line.ts";

/** Jobs of one shape and tenant that wait for one reason. */
export interface Lot extends Amount {
  readonly shape: Shape;
  readonly tenant: TenantId;
  readonly holds: Holds;
  /** The card model it would have first. */
  readonly model: CardModelId;
  /** When the oldest of them came. */
  readonly sinceMs: number;
  /** What each pool says; empty where a rule of its own side held it before pools were asked. */
  readonly candidates: readonly Candidate[];
}

/** What holds jobs back. */
export type Holds =
  /** A rule of their tenant, organisation or array. */
  | { readonly kind: "rule"; readonly reason: Reason }
  | { readonly kind: "cheaper-hour"; readonly reason: Reason }
  /** The pool that would be the best for them has no room. */
  | { readonly kind: "room"; readonly first: Candidate }
  /** No pool can ever run them; of all refusals the one that came nearest. */
  | { readonly kind: "never"; readonly reason: Reason | null }
  | { readonly kind: "making-room" }
  | { readonly kind: "not-reached" };

/**
 * What waits once the plan is carried out.
 * @throws Error when the plan does not say what each pool said
 */
export function lotsOf({ queue, pools }: Snapshot, plan: Plan): Lot[] {
  const gone = new Set<JobId>(plan.placements.map(({ job }) => job));
  const awaited = new Set<JobId>(plan.preemptions.map((one) => one.for));
  const waiting = new Map(plan.waiting.map((one) => [one.shape.key, one]));
  const held = Map.groupBy(plan.held, ({ tenant, shape }) => `${tenant} ${shape.key}`);
  if (pools.length > 0 && plan.waiting.some(({ candidates }) => candidates.length === 0)) {
    throw new Error("the plan explains nothing; decide it with { explains: true }");
  }
  return queue.flatMap((shapes) =>
    tenantsOf(shapes, { gone, awaited }).map(({ tenant, inArray, isAwaited, jobs }) => {
      const { shape } = shapes;
      const waits = waiting.get(shape.key);
      const rules = held.get(`${tenant} ${shape.key}`) ?? [];
      const rule = ruleOf(rules, inArray);
      const holds = isAwaited ? ({ kind: "making-room" } as const) : holdsOf(rule, waits);
      return lotOf({ shape, tenant, jobs, holds, candidates: waits?.candidates ?? [] });
    }),
  );
}

interface OfTenant {
  readonly tenant: TenantId;
  /** Of an array with a bound of its own. */
  readonly inArray: boolean;
  readonly isAwaited: boolean;
  readonly jobs: readonly QueuedJob[];
}

function tenantsOf(
  { jobs }: ShapeQueue,
  { gone, awaited }: { gone: ReadonlySet<JobId>; awaited: ReadonlySet<JobId> },
): OfTenant[] {
  const left = jobs.filter(({ id }) => !gone.has(id));
  const groups = Map.groupBy(left, ({ id, tenant, array }) =>
    [awaited.has(id), array !== null, tenant].join(" "),
  );
  return [...groups.values()].map((own) => {
    const [{ id, tenant, array }] = own as [QueuedJob];
    return { tenant, inArray: array !== null, isAwaited: awaited.has(id), jobs: own };
  });
}

/** The bound of an array holds back the jobs of arrays only; it comes before all other rules. */
function ruleOf(rules: Plan["held"], inArray: boolean): Reason | undefined {
  const reasons = rules.map(({ reason }) => reason).toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const others = reasons.filter(({ code }) => code !== "array-bound");
  return inArray ? (reasons.find((one) => !others.includes(one)) ?? others[0]) : others[0];
}

function holdsOf(rule: Reason | undefined, waits: Plan["waiting"][number] | undefined): Holds {
  if (rule) return { kind: "rule", reason: rule };
  if (!waits) return { kind: "not-reached" };
  if (waits.why?.code === "cheaper-later") return { kind: "cheaper-hour", reason: waits.why };
  const first = waits.candidates.find(({ verdict }) => verdict === "busy");
  if (first) return { kind: "room", first };
  if (waits.candidates.some(({ verdict }) => verdict !== "refused")) return { kind: "not-reached" };
  return { kind: "never", reason: nearest(waits.candidates) };
}

/** The order in which a pool is judged: what comes later came nearer to running there. */
const judged = [
  ["other-model"],
  ["other-place", "not-domestic", "centre-not-allowed", "centre-denied", "refused-before"],
  ["whole-cards-only", "host-too-small", "pool-too-small"],
  ["no-link", "checkpoint-elsewhere"],
  ["no-price"],
  ["over-budget"],
  ["past-deadline"],
];
export const nearnessOf = (code: Reason["code"]): number =>
  judged.findIndex((codes) => codes.includes(code));

const nearest = (candidates: readonly Candidate[]): Reason | null =>
  candidates
    .flatMap(({ reason }) => reason ?? [])
    .reduce<Reason | null>((best, reason) => {
      return best && nearnessOf(best.code) >= nearnessOf(reason.code) ? best : reason;
    }, null);

function lotOf(
  lot: Pick<Lot, "shape" | "tenant" | "holds" | "candidates"> & { jobs: readonly QueuedJob[] },
): Lot {
  const { shape, jobs, holds, candidates } = lot;
  const { options } = shape.cards;
  const best = candidates.find(({ verdict }) => verdict !== "refused")?.pool.model.id;
  const model = (holds.kind === "room" ? holds.first.pool.model.id : best) ?? options[0]!.model;
  const option = options.find((one) => one.model === model) ?? options[0]!;
  const cards = (jobs.length * shape.replicas * option.count * option.share) / 1000;
  const sinceMs = jobs.reduce((least, { submittedMs }) => Math.min(least, submittedMs), Infinity);
  return { ...lot, jobs: jobs.length, cards, model, sinceMs };
}
