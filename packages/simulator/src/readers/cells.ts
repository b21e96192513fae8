import type { Mistakes } from "./mistakes.ts";

/**
 * The cells of one line, by the name of their column. A cell that cannot be read is noted as a
 * mistake, and a value of the right type is handed out in its stead so that reading goes on; the
 * line is not used then.
 */
export class Cells {
  readonly line: number;
  readonly #record: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #mistakes: Mistakes;

  constructor(at: {
    record: readonly string[];
    line: number;
    places: ReadonlyMap<string, number>;
    mistakes: Mistakes;
  }) {
    this.line = at.line;
    this.#record = at.record;
    this.#places = at.places;
    this.#mistakes = at.mistakes;
  }

  /** Without blanks around it; "" where the column is missing. */
  text(name: string): string {
    const place = this.#places.get(name);
    return place === undefined ? "" : (this.#record[place] ?? "").trim();
  }

  isEmpty(name: string): boolean {
    return this.text(name) === "";
  }

  /** The cell as `read` understands it; undefined from `read` is a mistake. */
  as<T>(
    name: string,
    { read, right }: { read: (text: string) => T | undefined; right: string },
  ): T {
    const text = this.text(name);
    const value = text === "" ? undefined : read(text);
    if (value === undefined) this.wrong(name, right);
    return value as T;
  }

  /** As `as`; null where the cell is empty. */
  asOrNull<T>(
    name: string,
    how: { read: (text: string) => T | undefined; right: string },
  ): T | null {
    return this.isEmpty(name) ? null : this.as(name, how);
  }

  whole(name: string, { least, most }: { least: number; most: number }): number {
    return this.as(name, {
      read: (text) => {
        const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
        return value >= least && value <= most ? value : undefined;
      },
      right: `must be a whole number from ${least} to ${most}`,
    });
  }

  /** Seconds, with or without decimals, as milliseconds. */
  secondsMs(name: string): number {
    return this.as(name, { read: secondsAsMs, right: "must be seconds, 0 or more" });
  }

  wrong(name: string, right: string): void {
    this.#mistakes.add({ line: this.line, field: name, read: this.text(name), right });
  }
}

/** A number without sign or exponent, times 1000, to the next millisecond. */
export const secondsAsMs = (text: string): number | undefined =>
  /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * 1000) : undefined;
