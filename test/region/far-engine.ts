import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import {
  EngineUnreachable,
  RunRefused,
  type Engine,
  type RefusalReason,
  type RunReport,
} from "@wadi/agent";

import type { FarReply } from "./far-centre.ts";
import { sharedMs } from "./far-clock.ts";

/** The engine of a far centre, as its agent has it. */
export function openFarEngine(socket: string): Engine {
  const ask = openLine(socket);
  const call = <T>(name: string, args: readonly unknown[], signal: AbortSignal) =>
    ask(name, args, signal) as Promise<T>;
  return {
    kind: "fake",
    clockMs: sharedMs,
    describe: (signal) => call("describe", [], signal),
    prepare: () => Promise.resolve(null),
    start: (spec, signal) => call("start", [spec], signal),
    observe: (refs, signal) =>
      refs.length === 0 ? Promise.resolve([]) : call<RunReport[]>("observe", [refs], signal),
    stop: (ref, signal) => call("stop", [ref], signal),
    holding: (signal) => call("holding", [], signal),
    changes: (seen, signal) => call("changes", [seen], signal),
    output: async (ref, piece, signal) =>
      Buffer.from(await call<string>("output", [ref, piece], signal), "base64"),
    renewLease: (lease, signal) => call("renewLease", [lease], signal),
    forget: (ref, signal) => call("forget", [ref], signal),
    forgetJob: (job, signal) => call("forgetJob", [job], signal),
    close: () => Promise.resolve(),
  };
}

type Line = (call: string, args: readonly unknown[], signal: AbortSignal) => Promise<unknown>;

/** One connection for all calls, made anew when it is gone. */
function openLine(path: string): Line {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let socket: Socket | undefined;
  let next = 0;

  function dial(): Socket {
    const fresh = connect(path);
    fresh.on("error", () => {}); // "close" follows
    fresh.on("close", () => {
      socket = undefined;
      for (const one of waiting.values()) one.reject(new EngineUnreachable("the centre hung up"));
      waiting.clear();
    });
    const lines = createInterface(fresh).on("error", () => {}); // the socket's own
    lines.on("line", (line) => settle(JSON.parse(line) as FarReply));
    return fresh;
  }

  function settle(reply: FarReply): void {
    const one = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("value" in reply) one?.resolve(reply.value);
    else if ("failed" in reply) one?.reject(new EngineUnreachable(reply.failed));
    else one?.reject(new RunRefused(reply.refused.reason as RefusalReason, reply.refused.detail));
  }

  return async (call, args, signal) => {
    signal.throwIfAborted();
    socket ??= dial();
    const id = next++;
    const one = Promise.withResolvers<unknown>();
    waiting.set(id, one);
    const giveUp = () => {
      waiting.delete(id);
      one.reject(signal.reason as Error);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    socket.write(`${JSON.stringify({ id, call, args })}\n`);
    try {
      return await one.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  };
}
