import type { Writable } from "node:stream";

import { Refused } from "../refused.ts";
import type { SignalName } from "../signals.ts";
import type { Streamed } from "./content.ts";
import type { Call } from "./serve.ts";

export interface StreamedEvent {
  /** Where a stream goes on that has seen this one: sent back as Last-Event-ID. */
  readonly id: string;
  readonly event?: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly data: unknown;
}

export interface EventSource {
  /** Where the stream begins for a caller who sends no Last-Event-ID. */
  readonly after: string;
  /** Whether a Last-Event-ID could be one of ours. */
  readonly isPlace: (text: string) => boolean;
  /** The next events after that place, in order, as many as are good to send at once. */
  readonly read: (after: string) => Promise<readonly StreamedEvent[]>;
  /** Raised when there may be more to read. */
  readonly wake: SignalName;
  /** Whether all has been sent and nothing can follow; asked when `read` gave nothing. */
  readonly until?: () => boolean | Promise<boolean>;
}

/** So often a comment is sent when nothing happens, so that proxies keep the connection. */
const heartbeatMs = 15_000;
/** What woke us may not be readable yet, while a transaction that began earlier is open. */
const lookAgainMs = [50, 250, 1000];
/** A caller who takes nothing for so long is cut off; it can resume where it was. */
const stuckMs = 60_000;

/**
 * Answers with server-sent events until `until`, until the caller goes, its key ends or the hub
 * stops. Nothing is lost or sent twice in between: a caller resumes with Last-Event-ID. An event
 * that is read but cannot be sent waits for the caller, and no more is read meanwhile.
 *
 * @throws Refused before the first byte: `rate-limited` with too many streams open, and whatever
 *   the first `read` throws
 */
export async function streamEvents(call: Call, source: EventSource): Promise<Streamed> {
  const { request, reply } = call.raw;
  const { app, signal } = { app: request.server, signal: call.signal };
  const given = placeGiven(call, source);
  const leave = enter(call);
  const waker = makeWaker((hear) => app.hub.signals.on(source.wake, hear), signal);
  try {
    const first = await source.read(given); // a refusal can still be told properly
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
    });
    await write(reply.raw, "retry: 2000\n\n", signal);
    await pump(call, { source, waker, first, given });
  } catch (error) {
    if (!reply.sent) throw error;
    if (!signal.aborted) call.raw.request.log.warn({ err: error }, "an event stream broke off");
  } finally {
    waker.close();
    leave();
  }
  reply.raw.end();
  return { kind: "streamed" };
}

interface Pump {
  readonly source: EventSource;
  readonly waker: Waker;
  readonly first: readonly StreamedEvent[];
  readonly given: string;
}

async function pump(call: Call, { source, waker, first, given }: Pump): Promise<void> {
  const { raw, signal } = call;
  const app = raw.request.server;
  let after = given;
  let looks = lookAgainMs.length;
  for (let events = first; !signal.aborted; events = await source.read(after)) {
    for (const event of events) {
      await write(raw.reply.raw, textOf(event), signal);
      after = event.id;
    }
    if (events.length > 0) continue;
    if (await source.until?.()) return;
    const again = lookAgainMs[looks];
    looks += 1;
    const woken = await waker.next(again ?? heartbeatMs);
    if (signal.aborted || !(await app.isStillGood(raw.request))) return;
    if (woken) looks = 0;
    else if (again === undefined) await write(raw.reply.raw, ": still here\n\n", signal);
  }
}

function placeGiven(call: Call, source: EventSource): string {
  const given = call.raw.request.headers["last-event-id"];
  if (given === undefined || given === "") return source.after;
  if (typeof given === "string" && source.isPlace(given)) return given;
  const detail = "is no id of this stream; send one that it gave, or none";
  throw new Refused("invalid-request", {}, `/last-event-id ${detail}`, [
    { pointer: "/last-event-id", in: "headers", detail },
  ]);
}

/** Streams open now, by signer, in each hub. */
const open = new WeakMap<object, Map<string, number>>();

/** @returns what to call when the stream has ended */
function enter(call: Call): () => void {
  const app = call.raw.request.server;
  const counts = open.get(app.hub) ?? new Map<string, number>();
  open.set(app.hub, counts);
  const { key } = call.signer;
  const count = counts.get(key) ?? 0;
  const most = app.hub.config.limits.streams;
  if (count >= most) {
    const detail = `this key has ${count} event streams open; close one first`;
    throw new Refused("rate-limited", { streamsMax: most }, detail);
  }
  counts.set(key, count + 1);
  app.httpMetrics.streams.inc();
  return () => {
    app.httpMetrics.streams.dec();
    const left = (counts.get(key) ?? 1) - 1;
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
  };
}

interface Waker {
  /** True when woken since the last call, or within the time; false when it ran out. */
  next(timeoutMs: number): Promise<boolean>;
  close(): void;
}

/** Hears from its making on, so that nothing raised during a read is missed. */
function makeWaker(subscribe: (hear: () => void) => () => void, stop: AbortSignal): Waker {
  let isWoken = false;
  let wake = () => {};
  const hear = () => {
    isWoken = true;
    wake();
  };
  const unsubscribe = subscribe(hear);
  stop.addEventListener("abort", hear);
  return {
    next: async (timeoutMs) => {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const came = isWoken;
      isWoken = false;
      return came;
    },
    close: () => {
      unsubscribe();
      stop.removeEventListener("abort", hear);
    },
  };
}

function textOf({ id, event, data }: StreamedEvent): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `id: ${id}\n${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`;
}

/** Resolves when the caller's end has room for more. */
async function write(to: Writable, text: string, signal: AbortSignal): Promise<void> {
  if (to.write(text) || to.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      to.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(() => to.destroy(), stuckMs); // its "close" aborts the signal
    to.once("drain", done);
    signal.addEventListener("abort", done);
  });
}
