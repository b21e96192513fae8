import type { signalView } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { hanging } from "./facts.ts";

type Signal = z.output<typeof signalView>;

/** Each with its sentence, whom it concerns, and what was compared. */
export function signalLines(
  signals: readonly Signal[],
  { width, language, paint }: Pick<Context, "width" | "language" | "paint">,
): string[] {
  return signals.flatMap(({ code, subjects, evidence, sentence }) => [
    paint("bold", code),
    ...hanging(" ", sentence[language], { width, indent: 2 }),
    ...hanging(" ", subjects.join(", "), { width, indent: 2 }),
    ...evidence.flatMap(({ subject, what, value }) =>
      hanging("  -", `${subject}: ${what} ${value}`, { width, indent: 4 }),
    ),
  ]);
}
