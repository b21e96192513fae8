import type { Route } from "../route.ts";
import { ApiProblem, HubUnreachable, mayPass, NoReplyInTime, UnexpectedReply } from "./errors.ts";
import { eventReader, type EventReader, type ServerEvent } from "./event-reader.ts";
import type { AnyRequest, StreamRequest } from "./request.ts";
import { busyStatuses, pauseMs, reasonOf, send, type Link } from "./send.ts";

const minuteMs = 60_000;

/**
 * Reads events until the stream is over, making the connection again wherever it breaks. Each
 * event comes once, as long as the server numbers them.
 */
export async function* follow(
  link: Link,
  { route, request }: { route: Route; request: AnyRequest & StreamRequest },
): AsyncGenerator<ServerEvent, void, undefined> {
  const { isOver, onCut, silentMs = minuteMs, patienceMs = 2 * minuteMs, signal } = request;
  let { lastEventId } = request;
  let failures = 0;
  let waitedMs = 0;
  for (;;) {
    const reader = eventReader();
    let cut: Error | undefined;
    try {
      const sent = { route, request, accept: "text/event-stream", lastEventId };
      const reply = await send({ ...link, tries: 1 }, sent, (begun) => Promise.resolve(begun));
      for await (const event of eventsIn(reply, { url: link.base.href, reader, silentMs })) {
        [failures, waitedMs, lastEventId] = [0, 0, event.id ?? lastEventId];
        yield event;
      }
    } catch (error) {
      if (signal?.aborted === true) throw reasonOf(signal);
      if (!mayComeBack(error) || waitedMs >= patienceMs) throw error;
      cut = error;
    }
    if (isOver && (await ask(isOver))) return;
    onCut?.(cut);
    failures += 1;
    const ms = pauseMs(link, { done: failures, askedMs: reader.retryMs() ?? 0 });
    await link.pause(ms, signal);
    waitedMs += ms;
  }
}

/** A hub that cannot say now will be asked again. */
async function ask(isOver: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isOver();
  } catch (error) {
    if (mayComeBack(error)) return false;
    throw error;
  }
}

function mayComeBack(error: unknown): error is Error {
  if (error instanceof HubUnreachable) return mayPass(error);
  const isReply = error instanceof ApiProblem || error instanceof UnexpectedReply;
  return isReply && (error.status === 500 || busyStatuses.includes(error.status));
}

/** @throws HubUnreachable when the connection breaks, or is silent for too long */
async function* eventsIn(
  reply: Response,
  { url, reader, silentMs }: { url: string; reader: EventReader; silentMs: number },
): AsyncGenerator<ServerEvent, void, undefined> {
  const bytes = reply.body?.getReader();
  if (!bytes) return;
  const text = new TextDecoder();
  try {
    for (;;) {
      const piece = await orSilence(bytes.read(), silentMs).catch((error: unknown) => {
        throw new HubUnreachable(url, error);
      });
      if (piece.done) return;
      yield* reader.take(text.decode(piece.value, { stream: true }));
    }
  } finally {
    bytes.cancel().catch(() => undefined); // what broke it is told already
  }
}

async function orSilence<T>(read: Promise<T>, silentMs: number): Promise<T> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const late = () => reject(new NoReplyInTime(`nothing came for ${silentMs / 1000} s`));
    clock = setTimeout(late, silentMs);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(clock);
  }
}
