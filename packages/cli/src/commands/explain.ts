import { routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { candidateTable, reasonLines } from "../show/candidates.ts";
import { localTime } from "../show/format.ts";
import { say } from "../show/reason.ts";
import { wrap } from "../show/width.ts";

/** Why a job is where it is, or why it waits. */
export async function explain(context: Context, { job }: { job: string }): Promise<void> {
  const id = await findJob(context, job);
  const { json, value } = await context.ask(routes.explainJob, { params: { id } });
  if (context.json) return context.printJson(json);
  const { candidates, reasons, sentence, at, kind } = value;
  const { width, paint, language } = context;
  const said = new Set(reasons.map((reason) => say(reason, language)));
  const more = [...said].filter((words) => !sentence.includes(words));
  const when = kind === "placed" ? `decided ${localTime(at)}` : `as of ${localTime(at)}`;
  context.print(
    ...wrap(sentence, width),
    ...more.flatMap((words) => wrap(words, width)),
    paint("dim", when),
    ...(candidates.length === 0 ? [] : ["", ...candidateTable(candidates, context)]),
    ...reasonLines(candidates, context),
  );
}
