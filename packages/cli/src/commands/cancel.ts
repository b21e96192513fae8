import { isFinalJob } from "@wadi/core/job";
import { routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";

/** Asks for the end of jobs, one after the other; the first that is refused ends it. */
export async function cancel(context: Context, { job: all }: { job: string[] }): Promise<void> {
  for (const typed of all) {
    const id = await findJob(context, typed);
    const { json, value } = await context.ask(routes.cancelJob, { params: { id } });
    if (context.json) {
      context.print(JSON.stringify(json));
      continue;
    }
    const what = isFinalJob(value.state) ? value.state : "will be stopped";
    context.print(`${value.name} ${id}: ${what}`);
  }
}
