/**
 * A thread that certifies plans: takes snapshots, one after the other, and answers each. What it
 * has worked out for one is where it begins with the next.
 */
import { parentPort } from "node:worker_threads";

import { certifyPlan, type Certified, type Earlier } from "./certify-plan.ts";
import { arrived, type PortableSnapshot } from "../portable.ts";

let earlier: Earlier = { bound: undefined, scarcity: undefined };

parentPort!.on("message", (carried: PortableSnapshot) => {
  const began = performance.now();
  const { certified, next } = certifyPlan(arrived(carried), earlier);
  earlier = next;
  const answer: Certified = { ...certified, tookMs: Math.round(performance.now() - began) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  parentPort!.postMessage(answer);
});
