import { jobEvent, routes } from "@wadi/protocol";
import { z } from "zod";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { cutNote, eventText, followJob } from "../follow-job.ts";
import { localTime, shortId } from "../show/format.ts";

/** Prints what happens: to one job until it has ended, or to all of the tenant's until Ctrl-C. */
export async function events(context: Context, { job }: { job?: string }): Promise<void> {
  const source =
    job === undefined ? ofTenant(context) : followJob(context, await findJob(context, job));
  for await (const { json, event } of source) {
    const when = context.paint("dim", localTime(event.at));
    const line = `${when}  ${shortId(event.job)}  ${eventText(event)}`;
    context.print(context.json ? JSON.stringify(json) : line);
  }
}

async function* ofTenant(context: Context) {
  const hub = await context.client();
  for await (const { data } of hub.stream(routes.followTenant, { onCut: cutNote(context) })) {
    const json = JSON.parse(data) as unknown;
    yield { json, event: z.decode(jobEvent, json as z.input<typeof jobEvent>) };
  }
}
