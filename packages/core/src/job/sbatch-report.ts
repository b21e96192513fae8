/** A line of the script that says nothing to Wadi. The draft is usable without it. */
export interface NotUnderstood {
  /** From 1. */
  readonly line: number;
  /** As it is written in the script. */
  readonly directive: string;
  /** Why it has no meaning, and what to use in its place. */
  readonly why: string;
}

/** What must be put right before the draft is the job that its author meant. */
export interface SbatchProblem {
  /** Null where the fault is that something is missing. */
  readonly line: number | null;
  /** The field of the job spec, as `cards.options`. */
  readonly field: string;
  /** Names the value and the cure. */
  readonly message: string;
}

/** A place in the script. */
export interface At {
  readonly line: number;
  readonly directive: string;
}

/** Collects what is found while one script is read. */
export interface Report {
  readonly notUnderstood: NotUnderstood[];
  readonly problems: SbatchProblem[];
}

export function addNote({ notUnderstood }: Report, { line, directive }: At, why: string): void {
  notUnderstood.push({ line, directive, why });
}

export function addProblem(
  { problems }: Report,
  { at, field }: { at: At | null; field: string },
  message: string,
): void {
  problems.push({
    line: at?.line ?? null,
    field,
    message: at ? `${at.directive}: ${message}` : message,
  });
}

/** Both lists by line; what belongs to no line comes last. */
export function sortReport({ notUnderstood, problems }: Report): Report {
  return {
    notUnderstood: notUnderstood.toSorted((a, b) => a.line - b.line),
    problems: problems.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity)),
  };
}
