import { routes, type explanation } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { candidateTable, reasonLines } from "../show/candidates.ts";
import { localTime } from "../show/format.ts";
import { helpLines } from "../show/help.ts";
import { say } from "../show/reason.ts";
import { startText, waitText } from "../show/start.ts";
import { wrap } from "../show/width.ts";

/** Why a job is where it is; or why it waits, when it starts, and what would help. */
export async function explain(context: Context, { job }: { job: string }): Promise<void> {
  const id = await findJob(context, job);
  const { width, paint, language } = context;
  const query = { language };
  const { json, value } = await context.ask(routes.explainJob, { params: { id }, query });
  if (context.json) return context.printJson(json);
  const { candidates, reasons, sentence, at, kind } = value;
  const said = new Set(reasons.map((reason) => say(reason, language)));
  const more = [...said].filter((words) => !sentence.includes(words));
  const when = kind === "placed" ? `decided ${localTime(at)}` : `as of ${localTime(at)}`;
  context.print(
    ...wrap(sentence, width),
    ...more.flatMap((words) => wrap(words, width)),
    ...startLines(value, context),
    paint("dim", when),
    ...(candidates.length === 0 ? [] : ["", ...candidateTable(candidates, context)]),
    ...reasonLines(candidates, context),
    ...helpLines(value.help, context),
  );
}

type Explained = z.output<typeof explanation>;

/** When it starts, for what it waits until then, and what it goes on from. */
function startLines(
  { kind, estimatedStart, why, booking, checkpoint }: Explained,
  { language, width, paint }: Context,
): string[] {
  const now = Temporal.Now.instant();
  const isHour = why?.code === "cheaper-later";
  const texts = [
    ...(isHour ? [waitText(why, { language, now })] : []),
    ...(estimatedStart ? [paint("cyan", startText(estimatedStart, { language, now }))] : []),
    ...(booking && !isHour ? [booking.sentence] : []),
    ...(checkpoint && kind === "waiting" ? [checkpoint.sentence] : []),
  ];
  return texts.flatMap((text) => wrap(text, width));
}
