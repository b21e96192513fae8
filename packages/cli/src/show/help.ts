import type { Language } from "@wadi/core/dispatch";
import type { helpView } from "@wadi/protocol";
import type { z } from "zod";
import type { Paint } from "./colour.ts";
import { hanging } from "./facts.ts";

/** What would start a job sooner, one change below the other, with who can make it. */
export function helpLines(
  help: readonly z.output<typeof helpView>[],
  { width, paint, language }: { width: number; paint: Paint; language: Language },
): string[] {
  // What is promised without any change is told with the start.
  const changes = help.filter((one) => one.changes.some(({ code }) => code !== "wait"));
  if (changes.length === 0) return [];
  const lines = changes.flatMap((one) => {
    const isOperators = one.changes.some(({ by }) => by === "operator");
    const text = `${one.sentence}${isOperators ? operator[language] : ""}`;
    return hanging("-", text, { width, indent: 2 });
  });
  return ["", paint("bold", head[language]), ...lines];
}

const head = { en: "What would help", zh: "怎样可以更早启动" };
const operator = { en: " (the operator's to change)", zh: "（由运营方更改）" };
