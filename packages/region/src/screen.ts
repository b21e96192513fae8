import { formatDuration, durationOf } from "@wadi/core/units";

/** Where the story is told. Progress goes to the same place, so that it stays in order. */
export interface Screen {
  /** A heading of the story. */
  step(title: string): void;
  line(text?: string): void;
  /** Rows under headings, columns as wide as they need; the last one is left as it is. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Does something that may take a while and says so: what, and for how long already. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** After so long, whoever waits wants to know for what. */
const patienceMs = 2000;

export function makeScreen(out: NodeJS.WriteStream): Screen {
  let steps = 0;
  const line = (text = "") => void out.write(`${text}\n`);
  return {
    line,
    step: (title) => {
      steps += 1;
      line();
      line(`${out.isTTY ? "\u001B[1m" : ""}${steps}. ${title}${out.isTTY ? "\u001B[22m" : ""}`);
    },
    table: (headings, rows) => {
      for (const row of layOut(headings, rows)) line(`   ${row}`);
    },
    during: async (what, work) => {
      const started = performance.now();
      const elapsed = () =>
        formatDuration(durationOf(Math.round((performance.now() - started) / 1000) * 1000));
      const tell = setInterval(
        () => {
          if (out.isTTY) out.write(`\r   ${what} … ${elapsed()} `);
          else line(`   ${what} … ${elapsed()}`);
        },
        out.isTTY ? 1000 : patienceMs,
      );
      try {
        return await work();
      } finally {
        clearInterval(tell);
        if (out.isTTY && performance.now() - started > 1000) out.write("\r\u001B[K");
      }
    },
  };
}

/** Chinese characters take two columns. */
export const widthOf = (text: string) =>
  Array.from(text).reduce((sum, character) => sum + (character > "\u2E7F" ? 2 : 1), 0);

function layOut(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ""))),
  );
  return all.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join("  ")
      .trimEnd(),
  );
}
