import { expect, test } from "vitest";

import { asId, yuan } from "../../units/index.ts";
import { acme, acmeWith, busy, cheaperFromTwo, dataIn, hourMs } from "../advice/scenes.testing.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noon, noonMs } from "../builders.testing.ts";
import type { Plan } from "../plan.ts";
import type { Reason } from "../reason.ts";
import { round } from "../round.ts";
import type { PoolNow, Shape, Snapshot } from "../snapshot.ts";
import { lineSentence, lineSentences, regionReport, type LineCode } from "./index.ts";

const codes = Object.keys(lineSentences) as LineCode[];
const one = (shape: Shape, differs: Partial<Snapshot> = {}): Snapshot =>
  aSnapshot({ queue: [{ shape, jobs: [aJob()] }], ...differs });
const inPool = (shape: Shape, differs: Partial<PoolNow>): Snapshot =>
  one(shape, { pools: [{ ...aPool(), ...differs }] });
const { constraints } = aShape();
const wide = aShape({ cards: aWish([["h100-sxm", 4]]) });

/** Between them they make every line that follows from a round. */
const scenes: readonly Snapshot[] = [
  aSnapshot(),
  one(aShape(), { runs: [busy(8)] }),
  one(wide, { runs: [busy(6)] }),
  inPool(aShape({ cards: aWish([["h100-sxm", 2]]) }), {
    hosts: [aHost({ cards: 1 }), aHost({ id: asId("host-2"), cards: 3 })],
    maintenance: [{ fromMs: noonMs + hourMs, toMs: noonMs + 2 * hourMs }],
  }),
  one(wide, {
    pools: [aPool({ hosts: [aHost({ cards: 2 }), aHost({ id: asId("host-2"), cards: 4 })] })],
    runs: [busy(2, { hosts: [{ host: asId("host-2"), replicas: 1 }] })],
  }),
  inPool(aShape(), { closed: { code: "centre-draining", facts: { centre: "x" } } }),
  inPool(aShape(), { maintenance: [{ fromMs: noonMs, toMs: noonMs + hourMs }] }),
  inPool(aShape(), { leasesMax: 0 }),
  inPool(aShape(), { prices: cheaperFromTwo() }),
  one(wide, { tenants: acmeWith(3) }),
  one(aShape({ cards: aWish([["a100-80g", 1]]) })),
  one(aShape({ constraints: { ...constraints, domesticOnly: true } })),
  one(aShape({ replicas: 9 })),
  one(aShape({ inputs: [dataIn("mars")] })),
  inPool(aShape(), { prices: endsAt(noon.add({ hours: 1 })) }),
  one(aShape({ maxCost: yuan(1n) })),
  one(aShape({ deadline: noon.add({ hours: 1 }) })),
  one(aShape({ priority: "urgent" }), {
    runs: [
      busy(8, {
        shape: aShape({ preemptible: true, priority: "low", cards: aWish([["h100-sxm", 8]]) }),
        sinceMs: noonMs - hourMs,
      }),
    ],
  }),
];

/** A schedule that says nothing of what comes after. */
function endsAt(to: Temporal.Instant): PoolNow["prices"] {
  const { prices } = aPool();
  return { ...prices, periods: prices.periods.map((period) => ({ ...period, to })) };
}

/** Rules of a tenant's own side, as rounds give them. */
const rules: readonly Reason[] = [
  { code: "organisation-quota", facts: { organisation: "o", class: "c", nominal: 2 } },
  { code: "quota-taken", facts: { organisation: "o", class: "c", nominal: 2 } },
  { code: "cards-kept", facts: { class: "c" } },
  { code: "organisation-starts", facts: { organisation: "o", started: 1, startsPerHour: 1 } },
  { code: "array-bound", facts: { running: 1, parallel: 1 } },
];

test("every line has both languages, with the same facts", () => {
  for (const code of codes) {
    const { en, zh } = lineSentences[code];
    expect(en, code).toMatch(/^[A-Z{].*\.$/);
    expect(zh, code).toMatch(/\p{Script=Han}.*。$/u);
    for (const name of namesIn(zh)) expect(namesIn(en), code).toContain(name);
  }
});

test("every line brings all facts of its sentence, and every code is made somewhere", () => {
  const perCardHour = new Map([[aPool().id, [1e6, 2e6]]]);
  const scarcity = { atMs: noonMs, fromMs: noonMs, perCardHour };
  const made = new Set<LineCode>();
  const seen = (snapshot: Snapshot, plan: Plan) => {
    const told = regionReport({ snapshot, plan, scarcity });
    const because = told.idle.flatMap((pool) => pool.because);
    for (const line of [told.binding, told.scarceModels, told.hot, told.ahead, because].flat()) {
      made.add(line.code);
      for (const language of ["en", "zh"] as const) {
        expect(lineSentence(line, language)).not.toMatch(/[{}]|undefined|NaN/);
      }
    }
  };
  for (const snapshot of scenes) seen(snapshot, round(snapshot));
  const plan = round(aSnapshot());
  const shape = aShape();
  const job = aJob({ tenant: acme, array: asId("array") });
  const snapshot = aSnapshot({ queue: [{ shape, jobs: [job] }] });
  for (const reason of rules) seen(snapshot, { ...plan, held: [{ tenant: acme, shape, reason }] });
  seen(snapshot, plan);
  expect(codes.filter((code) => !made.has(code))).toEqual([]);
});

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
