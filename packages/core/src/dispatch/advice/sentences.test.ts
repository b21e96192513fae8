import { expect, test } from "vitest";

import { asId, mebibytes, milliCores, yuan } from "../../units/index.ts";
import { aPool, aShape, aSnapshot, aWish, hosts, noon, noonMs } from "../builders.testing.ts";
import type { Shape, Snapshot } from "../snapshot.ts";
import { openAsking, type Answer } from "./ask.ts";
import { otherCards } from "./cards.ts";
import { grants } from "./grants.ts";
import { helpSentence, sizeOf, type HelpChange, type HelpCode } from "./help.ts";
import { loosened } from "./loosen.ts";
import type { Proposal } from "./proposal.ts";
import {
  acme,
  acmeWith,
  busy,
  cheaperFromTwo,
  dataIn,
  hourMs,
  organised,
} from "./scenes.testing.ts";
import { changeSentences, startSentences } from "./sentences.ts";
import { smaller } from "./smaller.ts";
import { otherTerms } from "./terms.ts";

const codes = Object.keys(changeSentences) as HelpCode[];
const { constraints } = aShape();
const part = aWish([["h100-sxm", 1]]);

/** Between them they make every maker say everything it can say. */
const scenes: readonly [Shape, Snapshot][] = [
  [
    aShape({ cards: aWish([["h100-sxm", 8]]), replicas: 2 }),
    aSnapshot({ pools: [aPool({ hosts: hosts(2) })], runs: [busy(2)] }),
  ],
  [aShape({ memory: mebibytes(600 * 1024) }), aSnapshot()],
  [aShape({ cpu: milliCores(100_000) }), aSnapshot()],
  [
    aShape({
      constraints: {
        places: [asId("hefei")],
        allowCentres: [asId("a")],
        denyCentres: [asId("centre-of-pool-1")],
        domesticOnly: true,
      },
    }),
    aSnapshot(),
  ],
  [aShape({ constraints: { ...constraints, places: [asId("hefei")] } }), aSnapshot()],
  [aShape({ constraints: { ...constraints, allowCentres: [asId("a")] } }), aSnapshot()],
  [
    aShape({ constraints: { ...constraints, denyCentres: [asId("centre-of-pool-1")] } }),
    aSnapshot(),
  ],
  [aShape({ cards: aWish([["a100-80g", 1]]) }), aSnapshot()],
  [aShape({ cards: { ...part, options: [{ ...part.options[0]!, share: 500 }] } }), aSnapshot()],
  [aShape({ inputs: [dataIn("hefei")] }), aSnapshot()],
  [aShape({ deadline: noon.add({ hours: 3 }) }), aSnapshot()],
  [aShape({ maxCost: yuan(3n) }), aSnapshot()],
  [
    aShape({ cards: aWish([["h100-sxm", 1, 4]]) }),
    aSnapshot({ pools: [aPool({ prices: cheaperFromTwo() })] }),
  ],
  [
    aShape(),
    aSnapshot({
      pools: [aPool({ maintenance: [{ fromMs: noonMs + hourMs, toMs: noonMs + 2 * hourMs }] })],
    }),
  ],
  [aShape({ replicas: 5 }), aSnapshot({ tenants: acmeWith(3) })],
  [aShape({ replicas: 5 }), aSnapshot({ policy: organised({ nominal: 2, borrow: 1 }, null) })],
  [
    aShape(),
    aSnapshot({ policy: organised({ nominal: 8, borrow: 0 }, 3), tenants: acmeWith(null) }),
  ],
];

test("every code has both languages and a size of its own", () => {
  for (const code of codes) {
    expect(changeSentences[code].en, code).toMatch(/^[a-z{].*[a-z}]$/);
    expect(changeSentences[code].zh, code).toMatch(/\p{Script=Han}/u);
    expect(namesIn(changeSentences[code].zh), code).toEqual(namesIn(changeSentences[code].en));
  }
  expect(new Set(codes.map(sizeOf)).size).toBe(codes.length);
  expect(codes.map(sizeOf)).not.toContain(-1);
  for (const { en, zh } of Object.values(startSentences)) expect(namesIn(zh)).toEqual(namesIn(en));
});

test("every change brings all facts of its sentence, and every code is made somewhere", () => {
  const made = new Set<HelpCode>(["wait"]); // it has no facts
  for (const [shape, snapshot] of scenes) {
    for (const change of changesIn(shape, snapshot)) {
      made.add(change.code);
      const help = {
        changes: [change],
        starts: { kind: "now" },
        cost: null,
        shape,
        region: null,
      } as const;
      for (const language of ["en", "zh"] as const) {
        expect(helpSentence(help, language)).not.toMatch(/[{}]|undefined|NaN/);
      }
    }
  }
  expect(codes.filter((code) => !made.has(code))).toEqual([]);
});

/** Of all that is proposed, and of what that is narrowed to. */
function changesIn(shape: Shape, snapshot: Snapshot): HelpChange[] {
  const asking = openAsking(1000);
  const base = asking.ask({ shape, tenant: acme, snapshot, promised: [] })!;
  const under = (answer: Answer, proposals: readonly Proposal[]): HelpChange[] =>
    proposals.flatMap((proposal) => {
      const next = asking.ask(proposal.apply(answer.asked))!;
      return [proposal.change, ...under(answer, proposal.narrow?.(next) ?? [])];
    });
  const all = [loosened(base.asked), otherCards(base.asked), otherTerms(base), smaller(base)];
  return under(base, [...all.flat(), ...grants(base)]);
}

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();
