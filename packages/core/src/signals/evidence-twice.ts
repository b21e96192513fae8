import { compare, type Signal } from "./signal.ts";

/** A file that was handed in. */
export interface HandedIn {
  readonly subject: string;
  /** SHA-256 of its content, 64 hex digits. */
  readonly hash: string;
  /** Such as "invoice". */
  readonly kind: string;
}

/** The same file handed in for more than one claim. */
export function evidenceTwice(files: readonly HandedIn[]): Signal[] {
  return [...Map.groupBy(files, ({ hash }) => hash)].flatMap(([hash, same]) => {
    const subjects = [...new Set(same.map(({ subject }) => subject))].toSorted(compare);
    if (subjects.length < 2) return [];
    const short = hash.slice(0, 12);
    return [
      {
        code: "evidence-twice" as const,
        subjects,
        evidence: same.map(({ subject, kind }) => ({ subject, what: kind, value: hash })),
        sentence: {
          en: `the same file (${short}…) was handed in for ${subjects.length} claims`,
          zh: `同一份材料（${short}…）被用于 ${subjects.length} 项申领`,
        },
      },
    ];
  });
}
