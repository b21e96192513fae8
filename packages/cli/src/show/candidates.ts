import type { candidateView } from "@wadi/protocol";
import type { z } from "zod";
import type { Language } from "@wadi/core/dispatch";
import { stateColour, type Paint } from "./colour.ts";
import { hanging } from "./facts.ts";
import { duration, footnotes, marked, money } from "./format.ts";
import { say } from "./reason.ts";
import { table, type Column } from "./table.ts";
import { widthOf } from "./width.ts";

export type CandidateView = z.output<typeof candidateView>;

interface Style {
  readonly width: number;
  readonly paint: Paint;
  readonly language: Language;
}

/** Pools with what each would cost, in the order the hub gives: the best first. */
export function candidateTable(candidates: readonly CandidateView[], style: Style): string[] {
  return [...table(candidates, columns, style), ...footnotes(candidates)];
}

/** Why each pool was not chosen, one below the other; nothing where there is nothing to say. */
export function reasonLines(
  candidates: readonly CandidateView[],
  { width, language, paint }: Style,
): string[] {
  const said = candidates.flatMap(({ pool, reason }) => (reason ? [{ pool, reason }] : []));
  if (said.length === 0) return [];
  const longest = Math.max(...said.map(({ pool }) => widthOf(pool)));
  const indent = Math.min(longest, 24) + 2;
  const lines = said.flatMap(({ pool, reason }) =>
    hanging(pool, say(reason, language), { width, indent }),
  );
  const isChosen = candidates.some(({ verdict }) => verdict === "chosen");
  return ["", paint("bold", heads[isChosen ? "chosen" : "none"][language]), ...lines];
}

const heads = {
  chosen: { en: "Why not elsewhere", zh: "为何不选其他资源池" },
  none: { en: "What each pool says", zh: "各资源池的情况" },
};

const part = (name: keyof NonNullable<CandidateView["cost"]>) => (row: CandidateView) =>
  row.cost ? money(row.cost[name]) : "";

const columns: readonly Column<CandidateView>[] = [
  { head: "POOL", cell: ({ pool }) => pool, keep: 9, least: 8 },
  { head: "CENTRE", cell: ({ centre }) => centre, keep: 4, least: 8 },
  { head: "CARDS", cell: cardsOf, keep: 7, least: 10 },
  {
    head: "VERDICT",
    cell: ({ verdict }) => verdict,
    keep: 9,
    colour: ({ verdict }) => stateColour(verdict),
  },
  { head: "COMPUTE", cell: part("compute"), keep: 5, align: "number" },
  { head: "DATA", cell: part("data"), keep: 3, align: "number" },
  { head: "WAITING", cell: part("waiting"), keep: 3, align: "number" },
  { head: "LOSS", cell: part("loss"), keep: 2, align: "number" },
  { head: "POWER", cell: part("power"), keep: 2, align: "number" },
  { head: "TOTAL ¥", cell: part("total"), keep: 8, align: "number" },
  { head: "STARTS", cell: startsOf, keep: 6 },
  { head: "RUNS", cell: runsFor, keep: 3 },
];

function cardsOf({ cards, model, emulated }: CandidateView): string {
  const name = marked(model, emulated);
  return cards === 0 ? name : `${cards} × ${name}`;
}

function startsOf({ startsIn }: CandidateView): string {
  return startsIn === null ? "" : startsIn === 0 ? "now" : `in ${duration(startsIn)}`;
}

function runsFor({ expectedRunTime }: CandidateView): string {
  return expectedRunTime === null ? "" : duration(expectedRunTime);
}
