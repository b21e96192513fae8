import { open } from "node:fs/promises";
import { join } from "node:path";
import type { JobId } from "@wadi/core/units";
import {
  EngineUnreachable,
  type CentreLease,
  type Engine,
  type EngineRef,
  type OutputPiece,
  type RunSpec,
} from "../engine.ts";
import { bootClockMs } from "./boot-clock.ts";
import { checkSpec } from "../check-spec.ts";
import type { HostConfig } from "./config.ts";
import { KeeperGone, linkIfKept, linkToKeeper, type KeeperLink } from "./keeper-client.ts";
import type { KeeperOptions } from "./keeper.ts";
import { lookAtCheckpoint } from "./look-at-checkpoint.ts";
import { rpcVersion, type CallOf, type KeeperCall, type ReplyOf } from "./rpc.ts";
import { makeRunFolders, makeState, outputFile, statePaths } from "./run-files.ts";

export interface HostEngineOptions {
  /** Where runs live; one keeper has it to itself. Open to all users to pass through (0711). */
  readonly folder: string;
  readonly config: HostConfig;
  /** How long the keeper stays with neither a run nor an agent; a minute. */
  readonly keeperIdleMs?: number;
  readonly probe?: KeeperOptions["probe"];
  readonly cards?: KeeperOptions["cards"];
}

/**
 * The engine of plain hosts. Runs are children of a keeper, a process of its own for each folder,
 * that is started when it is first needed and outlives the agent. When the keeper itself is
 * killed, its runs die with it; the next call starts another, which reports them lost.
 */
export function openHostEngine(options: HostEngineOptions): Engine {
  const keeper = keeperOf(options);
  const state = statePaths(options.folder);
  return {
    kind: "host",
    clockMs: bootClockMs,
    describe: (signal) => keeper.ask("describe", {}, signal),
    async prepare(spec, signal) {
      signal.throwIfAborted();
      checkSpec(spec);
      makeState(state);
      return makeRunFolders(state, spec);
    },
    start: (spec: RunSpec, signal) => keeper.ask("start", { spec }, signal),
    observe: (refs, signal) =>
      refs.length === 0 ? Promise.resolve([]) : keeper.ask("observe", { refs }, signal),
    stop: (ref: EngineRef, signal) => keeper.ask("stop", { ref }, signal),
    holding: (signal) => keeper.ask("holding", {}, signal),
    changes: (seen, signal) => keeper.ask("changes", { seen }, signal),
    renewLease: (lease: CentreLease, signal) => {
      keeper.remember(lease);
      return keeper.ask("renewLease", lease, signal);
    },
    forget: (ref: EngineRef, signal) => keeper.ask("forget", { ref }, signal),
    forgetJob: (job: JobId, signal) => keeper.ask("forgetJob", { job }, signal),
    readCheckpoint: (job, signal) => {
      signal.throwIfAborted();
      return lookAtCheckpoint(join(state.checkpoints, job));
    },
    output: (ref, piece, signal) => {
      signal.throwIfAborted();
      return readPiece(outputFile(state, ref, piece), piece);
    },
    close: () => keeper.letGo(),
  };
}

/**
 * Ends all runs of a folder, as lost, and its keeper; for when a whole centre is closed on
 * purpose. Returns when both are gone; at once where there is no keeper.
 */
export async function closeKeeper(folder: string): Promise<void> {
  const link = await linkIfKept(folder);
  if (link === null) return;
  try {
    await link.ask("close", {});
    await link.gone;
  } catch (error) {
    if (!(error instanceof KeeperGone)) throw error; // Gone is what was wanted.
  } finally {
    link.close();
  }
}

async function readPiece(path: string, piece: OutputPiece): Promise<Uint8Array> {
  const buffer = new Uint8Array(piece.maxBytes);
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead } = await file.read(buffer, 0, piece.maxBytes, piece.fromByte);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Uint8Array();
    throw error;
  }
}

/** Calls to a keeper that is found or started anew when need be: every call may be repeated. */
function keeperOf(options: HostEngineOptions) {
  const { folder, config, keeperIdleMs = 60_000, probe, cards } = options;
  let linking: Promise<KeeperLink> | null = null;
  let lease: CentreLease | null = null;
  let closed = false;

  const connect = async () => {
    const machine = { ...(probe && { probe }), ...(cards !== undefined && { cards }) };
    const link = await linkToKeeper({ folder, idleMs: keeperIdleMs, ...machine });
    await link.ask("hello", { version: rpcVersion, config });
    if (lease) await link.ask("renewLease", lease); // it may be another keeper, which knows of none
    return link;
  };
  const link = async (): Promise<KeeperLink> => {
    if (closed) throw new EngineUnreachable("the engine was closed by its agent");
    const now = await (linking ??= connect()).catch((error: unknown) => {
      linking = null;
      throw error;
    });
    if (now.isOpen) return now;
    linking = null;
    return link();
  };

  return {
    remember: (given: CentreLease) => void (lease = given),
    async ask<K extends KeeperCall>(
      call: K,
      argument: CallOf<K>,
      signal: AbortSignal,
    ): Promise<ReplyOf<K>> {
      for (let broken = 0; ; broken++) {
        signal.throwIfAborted();
        try {
          return await orAborted((await link()).ask(call, argument), signal);
        } catch (error) {
          if (!(error instanceof KeeperGone)) throw error;
          if (broken === 2 || closed) {
            throw new EngineUnreachable(`asking the keeper of ${folder} to ${call}`, {
              cause: error,
            });
          }
        }
      }
    },
    async letGo(): Promise<void> {
      closed = true;
      const now = await linking?.catch(() => null);
      now?.close();
    },
  };
}

/** The answer, unless the caller gives up first; the keeper carries on with the call. */
function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    signal.addEventListener("abort", giveUp, { once: true });
    answer
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", giveUp))
      .catch(() => undefined);
  });
}
