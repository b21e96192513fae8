import type { RunId } from "@wadi/core/units";
import type { AgentClock } from "./agent-clock.ts";
import { entryFields } from "./entry.ts";
import type { Journal } from "./journal/journal.ts";

/**
 * Answers orders to stop what is not held here: a lease whose reply was lost on its way. The hub
 * knows only from the answer that nothing was started.
 */
export function makeUnknownStops(parts: {
  readonly journal: Journal;
  readonly clock: AgentClock;
  readonly urge: (how: "now" | "soon") => void;
}) {
  const { journal, clock, urge } = parts;
  /** The hub repeats itself until it has the answer. Null: on its way into the journal. */
  const told = new Map<RunId, bigint | null>();
  return {
    /**
     * Whether the hub is told, or was, that such a run is not held here. Its lease may still come,
     * beside the order to stop it or after: it must not be taken any more.
     */
    has: (run: RunId): boolean => told.has(run),
    async tell({ run, generation }: { run: RunId; generation: number }): Promise<void> {
      for (const [one, mark] of told) {
        if (mark !== null && journal.isAcked(mark)) told.delete(one);
      }
      if (told.has(run)) return;
      told.set(run, null);
      const entry = entryFields({
        kind: "state",
        at: Temporal.Instant.fromEpochMilliseconds(clock.nowMs()),
        run,
        generation,
        state: "stopped",
        exitCode: null,
        signal: null,
        message: "it is not held here",
        isolation: null,
        slots: [],
      });
      const done = await journal.commit({ entries: [entry], keep: [], weight: "essential" });
      if (done.kind === "durable") told.set(run, done.mark);
      urge("now");
    },
  };
}
