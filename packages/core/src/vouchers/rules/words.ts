/** A text in the two languages that every programme is published in. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/**
 * How a fact of a programme was seen: on a government site, in the press or a copy of the text, or
 * by weaker extraction. What has no grade was written by the operator itself.
 */
export const sourceGrades = {
  O: { en: "official site", zh: "政府网站" },
  N: { en: "press or a copy of the text", zh: "媒体或转载" },
  G: { en: "weaker extraction", zh: "间接摘录" },
} as const satisfies Record<string, Words>;
export type SourceGrade = keyof typeof sourceGrades;

/** Where a rule was read. */
export interface Source {
  readonly title: string;
  /** A web address without its scheme, or the number of a document. */
  readonly where: string;
  readonly grade: SourceGrade;
}
