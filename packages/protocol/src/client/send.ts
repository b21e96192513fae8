import { z } from "zod";
import type { Route } from "../route.ts";
import {
  ApiProblem,
  HubUnreachable,
  mayPass,
  NoReplyInTime,
  problemIn,
  UnexpectedReply,
} from "./errors.ts";
import type { AnyRequest } from "./request.ts";

/** Where calls go and with what; clock and dice included. */
export interface Link {
  readonly base: URL;
  readonly key: string | undefined;
  readonly fetch: typeof fetch;
  readonly tries: number;
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly chance: () => number;
}

export interface Sent {
  readonly route: Route;
  readonly request: AnyRequest;
  readonly accept: string;
  readonly lastEventId?: string | undefined;
}

/** Refusals that say nothing of the request itself: the same one may be taken later. */
export const busyStatuses: readonly number[] = [429, 502, 503, 504];

const replyMs = 60_000;
/** A hub that asks for more patience than this is told to the caller instead. */
const longestAskedMs = 30_000;
const firstPauseMs = 200;
const longestPauseMs = 5_000;

/**
 * One call, tried again where that may help and does no harm.
 * @param read  takes the reply while the time for it runs
 */
export async function send<T>(
  link: Link,
  sent: Sent,
  read: (reply: Response) => Promise<T>,
): Promise<T> {
  const tries = mayRepeat(sent) ? link.tries : 1;
  const url = urlOf(link, sent);
  const parts = partsOf(link, sent);
  for (let done = 1; ; done++) {
    const outcome = await once(link, { url, parts, request: sent.request }, read);
    if (outcome.kind === "read") return outcome.value;
    const { error, askedMs } = outcome;
    if (askedMs === undefined || askedMs > longestAskedMs || done >= tries) throw error;
    await link.pause(pauseMs(link, { done, askedMs }), sent.request.signal);
  }
}

/**
 * Twice as long each time, and half of it by chance, so that many callers do not come at once.
 * @param askedMs  what the hub asked for; never waited less
 */
export function pauseMs(
  { chance }: Pick<Link, "chance">,
  { done, askedMs }: { done: number; askedMs: number },
): number {
  const grown = Math.min(longestPauseMs, firstPauseMs * 2 ** (done - 1));
  return askedMs + grown * (0.5 + chance());
}

/** Waits; ends early, with the signal's reason, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(clock);
      reject(reasonOf(signal));
    }
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Why the caller stopped, as an error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("stopped by the caller", { cause: reason });
}

type Outcome<T> =
  | { readonly kind: "read"; readonly value: T }
  /** `askedMs` says that another try may help, and how long to wait before it at least. */
  | { readonly kind: "failed"; readonly error: Error; readonly askedMs: number | undefined };

/** @throws the signal's reason */
async function once<T>(
  link: Link,
  { url, parts, request }: { url: string; parts: RequestInit; request: AnyRequest },
  read: (reply: Response) => Promise<T>,
): Promise<Outcome<T>> {
  const { signal, timeoutMs = replyMs } = request;
  const timer = new AbortController();
  const late = () => timer.abort(new NoReplyInTime(`no reply within ${timeoutMs / 1000} s`));
  const clock = setTimeout(late, timeoutMs);
  try {
    const both = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal;
    const reply = await link.fetch(url, { ...parts, signal: both });
    if (reply.status < 400) return { kind: "read", value: await read(reply) };
    const error = await problemIn(reply, url);
    const isBusy = busyStatuses.includes(reply.status);
    return { kind: "failed", error, askedMs: isBusy ? retryAfterMs(reply) : undefined };
  } catch (error) {
    if (signal?.aborted === true) throw reasonOf(signal);
    if (error instanceof ApiProblem || error instanceof UnexpectedReply) throw error;
    const unreachable = new HubUnreachable(url, error);
    const askedMs = mayPass(unreachable) ? 0 : undefined;
    return { kind: "failed", error: unreachable, askedMs };
  } finally {
    clearTimeout(clock);
  }
}

/** In seconds, or as a date beside the reply's own. */
function retryAfterMs({ headers }: Response): number {
  const asked = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1000;
  const ms = Date.parse(asked) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** A POST is repeated only where a key makes the second one count for the first. */
function mayRepeat({ route, request }: Sent): boolean {
  if (request.content instanceof ReadableStream) return false;
  return route.method !== "POST" || request.idempotencyKey !== undefined;
}

function urlOf({ base }: Link, { route, request }: Sent): string {
  const params = encodeFields(route.params, request.params ?? {});
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const url = new URL(base.pathname.replace(/\/$/, "") + path, base.origin);
  url.search = new URLSearchParams(encodeFields(route.query, request.query ?? {})).toString();
  return url.href;
}

function encodeFields(schema: z.ZodObject | undefined, values: object): Record<string, string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]: [string, unknown]) => {
      const field = schema?.shape[name] as z.ZodType | undefined;
      return [name, String(field ? z.encode(field, value) : value)];
    }),
  );
}

function partsOf({ key }: Link, { route, request, accept, lastEventId }: Sent): RequestInit {
  const { method } = route;
  const { content, idempotencyKey } = request;
  const headers = new Headers({ accept });
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  if (lastEventId !== undefined) headers.set("last-event-id", lastEventId);
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  if (content !== undefined) {
    headers.set("content-type", route.accepts ?? "application/octet-stream");
    const isStream = content instanceof ReadableStream;
    return { method, headers, body: content, ...(isStream && { duplex: "half" }) };
  }
  if (route.body === undefined) return { method, headers };
  headers.set("content-type", "application/json");
  const body = z.encode(route.body, request.body);
  return { method, headers, body: JSON.stringify(body) };
}
