import { asId, type RunId } from "@wadi/core/units";
import { isFinalJob, isFinalRun } from "@wadi/core/job";
import { jobEvent, jobRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { content, serve, streamEvents, type App, type Call } from "../http/index.ts";
import {
  eventPlaceOf,
  eventPlaceText,
  hasEventsAfter,
  readEvents,
  type EventPlace,
} from "./event-store.ts";
import { readLog, type LogPlace } from "./log-store.ts";
import { jobOf, tenantOf } from "./routes.ts";
import { readRuns, readRunsOf, type StoredRun } from "./run-store.ts";
import { readJob } from "./store.ts";

/** What a job says while it runs: its events, its output. */
export function serveJobStreams(app: App, hub: Hub): void {
  serve(app, jobRoutes.followJob, async (call) => {
    const job = await jobOf(hub, call);
    const source = eventSource(hub, { job: job.id });
    return streamEvents(call, {
      ...source,
      wake: `events/${job.tenant}`,
      until: async () => {
        const now = await readJob(hub.db.sql, job.id, null);
        if (now && !isFinalJob(now.state)) return false;
        return !(await hasEventsAfter(hub.db.sql, job.id, source.place()));
      },
    });
  });

  serve(app, jobRoutes.followTenant, (call) => {
    const tenant = tenantOf(call.signer);
    return streamEvents(call, { ...eventSource(hub, { tenant }), wake: `events/${tenant}` });
  });

  serve(app, jobRoutes.readLogs, async (call) => {
    const run = await runOf(hub, call);
    const { replica, stream, from } = call.query;
    const place = run && { run: run.id, replica, stream, from };
    const data = place ? await readLog(hub.db.sql, place) : Buffer.alloc(0);
    const headers = { "wadi-next-offset": String(from + data.length) };
    return content({ type: "text/plain; charset=utf-8", body: data, headers });
  });

  serve(app, jobRoutes.followLogs, async (call) => {
    const run = await runOf(hub, call);
    const { replica, stream, from } = call.query;
    const id = run?.id ?? asId<RunId>(call.params.id);
    const place = { run: id, replica, stream };
    return streamEvents(call, {
      after: String(from),
      isPlace: (text) => /^\d{1,15}$/.test(text),
      wake: `logs/${id}`,
      read: async (after) => logEvents(hub, { ...place, from: Number(after) }),
      until: async () => {
        const [now] = await readRuns(hub.db.sql, [id]);
        return now === undefined || isFinalRun(now.state);
      },
    });
  });
}

function eventSource(hub: Hub, of: Parameters<typeof readEvents>[1]) {
  let place: EventPlace = { transaction: 0n, id: 0n };
  return {
    after: eventPlaceText(place),
    isPlace: (text: string) => eventPlaceOf(text) !== undefined,
    read: async (after: string) => {
      place = eventPlaceOf(after)!;
      const events = await readEvents(hub.db.sql, of, { after: place, limit: 500 });
      return events.map((event) => ({
        id: event.id,
        event: event.kind,
        data: jobEvent.encode(event),
      }));
    },
    /** After which event was read last. */
    place: () => place,
  };
}

/** One event with all that there is from a byte on; its id is the byte after. */
async function logEvents({ db }: Hub, place: LogPlace) {
  const data = await readLog(db.sql, place);
  if (data.length === 0) return [];
  const id = String(place.from + data.length);
  return [{ id, event: "log", data: { from: place.from, base64: data.toString("base64") } }];
}

type LogCall = Call<typeof jobRoutes.readLogs> | Call<typeof jobRoutes.followLogs>;

/** The run that a request for output means; undefined while the job has none. */
async function runOf(hub: Hub, call: LogCall): Promise<StoredRun | undefined> {
  const job = await jobOf(hub, call);
  const runs = await readRunsOf(hub.db.sql, [job.id]);
  const { run } = call.query;
  return run === undefined ? runs.at(-1) : runs.find(({ id }) => id === run);
}
