import { isFinalJob } from "@wadi/core/job";
import { asId, type JobId, type RunId } from "@wadi/core/units";
import { jobEvent, routes, type JobEvent } from "@wadi/protocol";
import { z } from "zod";
import type { Context } from "./context.ts";

/**
 * The events of a job from its beginning until it has ended, however often the connection breaks.
 * @yields each event as it travelled and as a value
 */
export async function* followJob(
  context: Context,
  id: JobId,
): AsyncGenerator<{ json: unknown; event: JobEvent }> {
  const hub = await context.client();
  const events = hub.stream(routes.followJob, {
    params: { id },
    isOver: async () => isFinalJob((await hub.call(routes.readJob, { params: { id } })).state),
    onCut: cutNote(context),
  });
  for await (const { data } of events) {
    const json = JSON.parse(data) as unknown;
    yield { json, event: z.decode(jobEvent, json as z.input<typeof jobEvent>) };
  }
}

/** Says that a connection has broken, each time it has; a stream that the hub ended is no break. */
export const cutNote = (context: Context) => (why: Error | undefined) => {
  if (why) context.note(context.paintNote("dim", `${why.message}; trying again`));
};

/** Waits for a job's end. @param onEvent  told of each thing that happens meanwhile */
export async function waitForJob(
  context: Context,
  id: JobId,
  onEvent: (event: JobEvent) => void,
): Promise<void> {
  for await (const { event } of followJob(context, id)) onEvent(event);
}

/** What an event says, for people: "running at pool-a". */
export function eventText({ kind, facts }: JobEvent): string {
  const said = Object.entries(facts)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .filter(([, value]) => value !== false)
    .map(([name, value]) => (value === true ? name : `${name}=${String(value)}`));
  return [kind, ...said].join(" ");
}

/** The runs of a job that its events tell of, each once, but those to be skipped. */
export async function* followRuns(
  context: Context,
  id: JobId,
  { skip, onEvent }: { skip: readonly RunId[]; onEvent: (event: JobEvent) => void },
): AsyncGenerator<RunId> {
  const seen = new Set<string>(skip);
  for await (const { event } of followJob(context, id)) {
    onEvent(event);
    if (event.run === null || seen.has(event.run)) continue;
    seen.add(event.run);
    yield asId<RunId>(event.run);
  }
}
