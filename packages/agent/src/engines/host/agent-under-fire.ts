import { appendFileSync } from "node:fs";
import { durationOf } from "@wadi/core/units";
import { aRun, model } from "../contract/world.ts";
import { RunRefused, type EngineRef, type RunSpec } from "../engine.ts";
import { openHostEngine } from "./host-engine.ts";
import { hostConfig, sh } from "./host-world.ts";
import { randomFrom } from "./random.ts";

/*
 * A process for the stress test to kill: starts runs without end, some of them twice, stops some,
 * and notes in a journal what it asks for before it asks, and what it was answered after.
 */

export interface Orders {
  readonly folder: string;
  readonly journal: string;
  readonly seed: number;
  /** Means of isolation to leave aside. */
  readonly without: readonly string[];
}

export type JournalLine =
  | { readonly kind: "asked"; readonly spec: RunSpec }
  | { readonly kind: "started"; readonly ref: EngineRef };

const { folder, journal, seed, without } = JSON.parse(process.argv[2] ?? "{}") as Orders;
const random = randomFrom(seed);
const engine = openHostEngine({
  folder,
  config: hostConfig,
  keeperIdleMs: 5000,
  probe: { without },
});
const signal = new AbortController().signal;
const note = (line: JournalLine) => appendFileSync(journal, `${JSON.stringify(line)}\n`);
const chance = (share: number) => random() < share;
const refs: EngineRef[] = [];

const script = `
  echo begun >> "$WADI_CHECKPOINT_DIR/begun"
  [ "$2" = calm ] || { trap '' TERM; (setsid sleep 600 &); sleep 600 & }
  sleep "$1"
  exit 3`;

const nextSpec = () =>
  aRun(sh(script, String(random() * 0.4), chance(0.7) ? "calm" : "wild"), {
    cards: chance(0.6) ? { model, count: chance(0.5) ? 1 : 2 } : null,
    replicas: chance(0.2) ? 2 : 1,
    stopGrace: durationOf(100),
    rerunnable: chance(0.5),
  });

for (;;) {
  await engine.renewLease({ untilMs: engine.clockMs() + 10_000 }, signal);
  const spec = nextSpec();
  note({ kind: "asked", spec });
  try {
    await engine.prepare(spec, signal);
    const times = chance(0.3) ? [1, 2] : [1];
    const [ref] = await Promise.all(times.map(() => engine.start(spec, signal)));
    note({ kind: "started", ref: ref! });
    refs.push(ref!);
  } catch (error) {
    if (!(error instanceof RunRefused)) throw error;
  }
  const old = refs[Math.floor(random() * refs.length)];
  if (old && chance(0.3)) await engine.stop(old, signal);
}
