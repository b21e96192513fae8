import { helpSentence, whatHelps, type Help, type Language } from "@wadi/core/dispatch";
import type { helpView } from "@wadi/protocol";
import type { z } from "zod";

type HelpView = z.output<typeof helpView>;

/** What would start a job that waits, or start it sooner, as the API shows it; at most so many. */
const toldMax = 10;

export const helpFor = (
  job: Parameters<typeof whatHelps>[0],
  snapshot: Parameters<typeof whatHelps>[1],
  language: Language,
): HelpView[] =>
  whatHelps(job, snapshot)
    .slice(0, toldMax)
    .map((help) => viewOf(help, language));

function viewOf(help: Help, language: Language): HelpView {
  const { changes, starts, cost } = help;
  const atMs = starts.kind === "at" ? Math.ceil(starts.atMs) : null;
  return {
    sentence: helpSentence(help, language),
    changes: changes.map(({ code, facts, by }) => ({ code, facts, by })),
    starts: starts.kind,
    startsAt: atMs === null ? null : Temporal.Instant.fromEpochMilliseconds(atMs),
    cost,
  };
}
