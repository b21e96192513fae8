/** A text and the name that people know it by. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Something wrong with one field in one line of a file. */
export interface Mistake {
  /** From 1. */
  readonly line: number;
  readonly field: string;
  /** As it stands there; null where it is no single word, or missing. */
  readonly read: string | null;
  /** What would be right. */
  readonly right: string;
}

/** A file that cannot be used: nothing of it was taken. */
export class WrongInput extends Error {
  readonly file: string;
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
    const full = mistakes.length >= mistakesMax ? ", and reading stopped there" : "";
    const lines = mistakes.map((one) => mistakeLine(file, one));
    super([`${file} has ${count}${full}`, ...lines].join("\n"));
    this.name = "WrongInput";
    this.file = file;
    this.mistakes = mistakes;
  }
}

/** As many are told at once; then the reader stops. */
export const mistakesMax = 20;

/** Gathers what is wrong with one file, until there is enough of it. */
export class Mistakes {
  readonly #file: string;
  readonly #found: Mistake[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  get count(): number {
    return this.#found.length;
  }

  /** @throws WrongInput when this is the last that fits */
  add(mistake: Mistake): void {
    this.#found.push(mistake);
    if (this.#found.length >= mistakesMax) this.throwAny();
  }

  /** @throws WrongInput when anything was wrong */
  throwAny(): void {
    if (this.#found.length > 0) throw new WrongInput(this.#file, this.#found);
  }
}

/** `trace.csv:7: duration: read "soon"; must be seconds, 0 or more`. */
export function mistakeLine(file: string, { line, field, read, right }: Mistake): string {
  const seen = read === null ? "" : `read ${JSON.stringify(shortened(read))}; `;
  return `${file}:${line}: ${field}: ${seen}${right}`;
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
