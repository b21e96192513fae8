import { priorities, type Priority } from "../../job/index.ts";
import type { CardModelId, CentreId } from "../../units/index.ts";
import type { Plan } from "../plan.ts";
import type { Scarcity, Snapshot } from "../snapshot.ts";
import { bindingLines, scarceModels } from "./binding.ts";
import { hotPools, hoursAhead } from "./hot.ts";
import { idlePools, type IdlePool } from "./idle.ts";
import { sumOf, type Amount, type ReportLine } from "./line.ts";
import { lotsOf, type Lot } from "./lots.ts";
import { byCentre, byModel, usesOf, type Utilisation } from "./use.ts";

/** What an operator asks of a round: all figures are as they stand once its plan is carried out. */
export interface RegionReport {
  readonly atMs: number;
  /** Of the certificate that the worth of cards is from; null before the first. */
  readonly worthFromMs: number | null;
  /** What holds waiting jobs back, each job once; what holds most cards back first. */
  readonly binding: readonly ReportLine[];
  /** The card models that jobs would have first and find no room on. */
  readonly scarceModels: readonly ReportLine[];
  readonly hot: readonly ReportLine[];
  readonly idle: readonly IdlePool[];
  /** What one more card is worth in the hours to come, the dearest first. */
  readonly ahead: readonly ReportLine[];
  readonly byCentre: readonly Utilisation<CentreId>[];
  readonly byModel: readonly Utilisation<CardModelId>[];
  /** The highest class first, then by model. */
  readonly queue: readonly QueueRow[];
}

/** Jobs of one class that would have one card model first. */
export interface QueueRow extends Amount {
  readonly priority: Priority;
  readonly model: CardModelId;
  /** How long the oldest of them has waited. */
  readonly longestWaitMs: number;
}

/**
 * The region for its operator, from a round that explained itself. The same input gives the same
 * report, whatever the order of its lists.
 * @throws Error when the plan does not say what each pool said
 */
export function regionReport(input: {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  /** The last certificate's; null: nothing is said of what cards are worth. */
  readonly scarcity: Scarcity | null;
}): RegionReport {
  const { snapshot, plan, scarcity } = input;
  const { nowMs } = snapshot;
  const uses = usesOf(snapshot, plan);
  const lots = lotsOf(snapshot, plan);
  const models = byModel(uses);
  return {
    atMs: nowMs,
    worthFromMs: scarcity?.atMs ?? null,
    binding: bindingLines(lots, uses),
    scarceModels: scarceModels(lots, { uses, models }),
    hot: hotPools(uses, { lots, scarcity, nowMs }),
    idle: idlePools(uses, { lots, nowMs }),
    ahead: hoursAhead(uses, { scarcity, nowMs }),
    byCentre: byCentre(uses),
    byModel: models,
    queue: queueRows(lots, nowMs),
  };
}

function queueRows(lots: readonly Lot[], nowMs: number): QueueRow[] {
  const groups = Map.groupBy(lots, ({ shape, model }) => `${shape.priority} ${model}`);
  return [...groups.values()]
    .map((own): QueueRow => {
      const [{ shape, model }] = own as [Lot];
      const sinceMs = Math.min(...own.map((lot) => lot.sinceMs));
      const longestWaitMs = nowMs - sinceMs;
      return { priority: shape.priority, model, ...sumOf(own), longestWaitMs };
    })
    .toSorted(
      (a, b) =>
        priorities.indexOf(a.priority) - priorities.indexOf(b.priority) ||
        (a.model < b.model ? -1 : 1),
    );
}
