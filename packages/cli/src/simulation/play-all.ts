import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SimResult } from "@wadi/simulator";
import type { Order } from "./order.ts";
import type { Heard } from "./play-main.ts";

export interface PlayOptions {
  /** How many dispatchers there are. */
  readonly players: number;
  readonly threads: number;
  /** Told how many jobs have ended under the dispatcher at a place. */
  readonly onProgress: (at: number, ended: number) => void;
  readonly onResult: (at: number) => void;
}

/**
 * Plays all dispatchers, each in one of so many threads; a thread that is free takes the next.
 * @returns results in the order of the dispatchers
 */
export async function playAll(order: Order, options: PlayOptions): Promise<SimResult[]> {
  const results: SimResult[] = [];
  let next = 0;
  const takeNext = () => (next < options.players ? next++ : undefined);
  const threads = Array.from({ length: Math.min(options.threads, options.players) }, () => {
    return new Worker(new URL("play-main.ts", import.meta.url), { workerData: order });
  });
  try {
    await Promise.all(
      threads.map(async (thread) => {
        thread.on("message", (heard: Heard) => {
          if (heard.kind === "progress") return options.onProgress(heard.at, heard.ended);
          results[heard.at] = heard.result;
          options.onResult(heard.at);
          const at = takeNext();
          if (at === undefined) void thread.terminate();
          else send(thread, at);
        });
        send(thread, takeNext());
        await once(thread, "exit"); // and throws what the thread threw
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return results;
}

const send = (thread: Worker, at: number | undefined) =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  thread.postMessage(at);
