import { setTimeout as sleep } from "node:timers/promises";

import type { App } from "./app.ts";

/**
 * Stops serving without cutting anybody off. First the hub only says that it is not ready, so that
 * balancers turn away; then long polls and event streams end, new requests are refused, and those
 * under way get their time to the last byte; what is left then is cut.
 */
export async function stopApp(app: App): Promise<void> {
  const { phase, server, hub } = app;
  const { drainMs, stopMs } = hub.config.timings;
  phase.isReady = false;
  await sleep(drainMs);
  phase.stopping.abort();
  // The server's own close would cut replies that are written but not yet taken by a slow caller.
  const enough = new AbortController();
  const tooLong = sleep(stopMs, undefined, { signal: enough.signal }).catch(() => {});
  await Promise.race([phase.idle(), tooLong]);
  enough.abort();
  const closed = app.close();
  server.closeAllConnections();
  await closed;
}
