/**
 * A thread that looks ahead for long queues: takes snapshots, one after the other, answers each.
 */
import { parentPort } from "node:worker_threads";
import { openRegion } from "@wadi/core/dispatch";

import type { FarOutlook } from "./far-outlook.ts";
import { arrived, type PortableSnapshot } from "./portable.ts";

parentPort!.on("message", (carried: PortableSnapshot) => {
  const snapshot = arrived(carried);
  const { atMs, cost, groups } = openRegion(snapshot).outlook(snapshot.nowMs);
  const answer: FarOutlook = {
    ...{ atMs, cost },
    groups: groups.map(({ shape, tenant, array, startsMs }) => ({
      ...{ tenant, array, shape: shape.key },
      startsMs: Float64Array.from(startsMs),
    })),
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  parentPort!.postMessage(answer);
});
