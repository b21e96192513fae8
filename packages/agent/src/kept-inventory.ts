import type { Logger } from "pino";
import type { Engine, EngineInventory } from "./engines/engine.ts";
import { inventoryOf } from "./open-engine.ts";
import type { AgentClock } from "./work/agent-clock.ts";

export interface InventoryParts {
  readonly engine: Engine;
  readonly clock: AgentClock;
  readonly log: Logger;
  readonly version: string;
  /** There is something new to be told. */
  readonly urge: () => void;
  readonly ending: AbortSignal;
}

/** What the centre has, as the hub is told. */
export interface KeptInventory {
  /** As it travels; the same value until it changes. */
  readonly now: unknown;
  /** Looks again now and then, for a card may be swapped, until the agent ends. */
  follow(): Promise<void>;
}

/** An engine may know its cards' serial numbers only a moment after its start. */
const firstLookMs = 10_000;
const lookMs = 60_000;

export function keptInventory(parts: InventoryParts, found: EngineInventory): KeptInventory {
  const { engine, clock, log, version, urge, ending } = parts;
  let now = inventoryOf(engine.kind, found, version);
  let text = JSON.stringify(now);

  const look = async () => {
    const next = inventoryOf(engine.kind, await engine.describe(ending), version);
    const nextText = JSON.stringify(next);
    if (nextText === text) return;
    [now, text] = [next, nextText];
    urge();
  };
  return {
    get now() {
      return now;
    },
    async follow() {
      await clock.pause(firstLookMs, ending);
      while (!ending.aborted) {
        await look().catch((error: unknown) => {
          if (!ending.aborted) log.warn({ err: error }, "looking at what the centre has");
        });
        await clock.pause(lookMs, ending);
      }
    },
  };
}
