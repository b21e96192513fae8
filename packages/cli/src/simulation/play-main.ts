import { parentPort, workerData } from "node:worker_threads";
import { simulate, type SimResult } from "@wadi/simulator";
import { countedBy, playersOf } from "./dispatchers.ts";
import type { Order } from "./order.ts";
import { setUp } from "./set-up.ts";

/*
 * A thread that plays dispatchers of one order, one after the other, as it is told their places; so
 * that whoever waits can show how far it is, and end it at once.
 */

/** What it says. */
export type Heard =
  | { readonly kind: "progress"; readonly at: number; readonly ended: number }
  | { readonly kind: "result"; readonly at: number; readonly result: SimResult };

const order = workerData as Order;
const made = setUp(order);
const players = playersOf(order, made);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (heard: Heard) => parentPort!.postMessage(heard);

parentPort!.on("message", (at: number) => {
  const { fleet, workload, faults } = made;
  const { name, open } = players[at]!;
  const result = simulate({
    ...{ workload, fleet, faults, dispatcher: open() },
    seed: order.seed,
    policy: countedBy(made),
    onProgress: ({ ended }) => say({ kind: "progress", at, ended }),
  });
  say({ kind: "result", at, result: { ...result, dispatcher: name } });
});
