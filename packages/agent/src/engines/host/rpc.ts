import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { CentreLease, EngineInventory, EngineRef, RunReport, RunSpec } from "../engine.ts";
import { RunRefused } from "../engine.ts";
import type { JobId } from "@wadi/core/units";
import type { HostConfig } from "./config.ts";

/*
 * What an agent and its keeper say to each other: one JSON object a line, over a Unix socket.
 * Every call may be repeated, so a client whose connection broke simply asks again.
 */

/** Both sides must be of one version; a keeper outlives the agent that started it. */
export const rpcVersion = 1;

interface KeeperCalls {
  hello(call: { version: number; config: HostConfig }): { pid: number };
  describe(call: Record<string, never>): EngineInventory;
  start(call: { spec: RunSpec }): EngineRef;
  observe(call: { refs: readonly EngineRef[] }): readonly RunReport[];
  stop(call: { ref: EngineRef }): void;
  holding(call: Record<string, never>): readonly EngineRef[];
  changes(call: { seen: number }): number;
  renewLease(call: CentreLease): void;
  forget(call: { ref: EngineRef }): void;
  forgetJob(call: { job: JobId }): void;
  close(call: Record<string, never>): void;
}

export type KeeperCall = keyof KeeperCalls;
export type CallOf<K extends KeeperCall> = Parameters<KeeperCalls[K]>[0];
export type ReplyOf<K extends KeeperCall> = ReturnType<KeeperCalls[K]>;

export type KeeperHandlers = {
  readonly [K in KeeperCall]: (
    call: CallOf<K>,
    signal: AbortSignal,
  ) => ReplyOf<K> | Promise<ReplyOf<K>>;
};

interface Request {
  readonly id: number;
  readonly call: KeeperCall;
  readonly with: unknown;
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: SentError };

interface SentError {
  readonly message: string;
  /** Of a RunRefused; null for any other error. */
  readonly reason: RunRefused["reason"] | null;
  /** A refusal's own words, without its reason's. */
  readonly detail: string;
}

/** Answers calls on a socket. `onCount` is told how many clients are connected. */
export function serveCalls(handlers: KeeperHandlers, onCount: (clients: number) => void): Server {
  let clients = 0;
  return createServer((socket) => {
    const connected = new AbortController();
    onCount(++clients);
    socket.on("close", () => {
      connected.abort();
      onCount(--clients);
    });
    socket.on("error", () => socket.destroy());
    readLines(socket, (line) => void answer(handlers, socket, { line, signal: connected.signal }));
  });
}

async function answer(
  handlers: KeeperHandlers,
  socket: Socket,
  { line, signal }: { readonly line: string; readonly signal: AbortSignal },
): Promise<void> {
  const { id, call, with: argument } = JSON.parse(line) as Request;
  let reply: Reply;
  try {
    const handler = handlers[call] as (call: unknown, signal: AbortSignal) => unknown;
    reply = { id, ok: true, value: (await handler(argument, signal)) ?? null };
  } catch (error) {
    reply = { id, ok: false, error: sendable(error) };
  }
  if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
}

function sendable(error: unknown): SentError {
  if (error instanceof RunRefused) {
    return { message: error.message, reason: error.reason, detail: error.detail };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message, reason: null, detail: "" };
}

/** The error as it was thrown on the other side. */
export const received = ({ message, reason, detail }: SentError): Error =>
  reason === null ? new Error(`the keeper failed: ${message}`) : new RunRefused(reason, detail);

export const requestLine = <K extends KeeperCall>(
  id: number,
  call: K,
  argument: CallOf<K>,
): string => `${JSON.stringify({ id, call, with: argument } satisfies Request)}\n`;

/** Calls back with each whole line. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}
