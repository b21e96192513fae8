import type { Language, Reason } from "../reason.ts";
import { lineSentences } from "./sentences.ts";

/** One thing that a report says: a code that never changes, and the facts of the case. */
export interface ReportLine {
  readonly code: LineCode;
  readonly facts: Reason["facts"];
}

export type LineCode = keyof typeof lineSentences;

/** The line as a sentence. A fact that is missing shows as its name, so that none is hidden. */
export const lineSentence = ({ code, facts }: ReportLine, language: Language = "en"): string =>
  lineSentences[code][language].replaceAll(/\{(\w+)\}/g, (name, key: string) =>
    String(facts[key] ?? name),
  );

/** Jobs, and the cards they ask for. */
export interface Amount {
  readonly jobs: number;
  readonly cards: number;
}

/** Parts of cards are thousandths: the sum does not depend on the order. */
export const sumOf = (amounts: readonly Amount[]): Amount => ({
  jobs: amounts.reduce((sum, { jobs }) => sum + jobs, 0),
  cards: amounts.reduce((sum, { cards }) => sum + Math.round(cards * 1000), 0) / 1000,
});

/** Most cards first, then most jobs, then by code and facts. */
export const byAmount = (
  a: ReportLine & { readonly amount: Amount },
  b: ReportLine & { readonly amount: Amount },
) => b.amount.cards - a.amount.cards || b.amount.jobs - a.amount.jobs || byText(a, b);

export const byText = (a: ReportLine, b: ReportLine): number => {
  const [first, second] = [a, b].map(({ code, facts }) => JSON.stringify([code, facts]));
  return first! < second! ? -1 : first! > second! ? 1 : 0;
};
