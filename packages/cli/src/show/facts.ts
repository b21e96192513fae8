import type { Paint } from "./colour.ts";
import { pad, widthOf, wrap } from "./width.ts";

/** A name and what there is to say to it; nothing is left out. */
export type Fact = readonly [name: string, text: string | null | undefined];

/** Names and texts below one another; long texts go on under themselves. */
export function facts(
  all: readonly Fact[],
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const shown = all.filter((fact): fact is [string, string] => (fact[1] ?? "") !== "");
  const indent = Math.max(0, ...shown.map(([name]) => widthOf(name))) + 2;
  return shown.flatMap(([name, text]) => {
    const lines = text.split("\n").flatMap((line) => wrap(line, Math.max(12, width - indent)));
    return lines.map((line, index) =>
      index === 0 ? paint("dim", pad(name, indent, "right")) + line : " ".repeat(indent) + line,
    );
  });
}

/** Wrapped lines below a mark: `  pool-a  It would cost …`. */
export function hanging(
  head: string,
  text: string,
  { width, indent }: { width: number; indent: number },
): string[] {
  const [first = "", ...rest] = wrap(text, Math.max(12, width - indent));
  return [pad(head, indent, "right") + first, ...rest.map((line) => " ".repeat(indent) + line)];
}
