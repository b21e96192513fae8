import { routes, systemRoutes as api } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { version } from "../version.ts";
import type { App } from "./app.ts";
import { content } from "./content.ts";
import { openApiOf, type OpenApi } from "./openapi.ts";
import { servePages } from "./pages.ts";
import { probe } from "./probe-store.ts";
import { serve } from "./serve.ts";

/** A database that takes longer to say anything is not one to send requests to. */
const answersWithinMs = 2000;

/**
 * What every server has: is it alive, is it ready, its metrics, its own description.
 *
 * @param isLeader  whether this hub makes the rounds now
 */
export async function serveSystem(app: App, isLeader: () => boolean): Promise<void> {
  const { hub } = app;
  let document: OpenApi | undefined;
  const describe = () => (document ??= openApiOf(routes, { version }));

  serve(app, api.live, () => ({ status: "ok" as const }));
  serve(app, api.ready, async () => {
    if (!app.phase.isReady) throw new Refused("stopping", {}, "this hub is stopping");
    await askDatabase(hub);
    return { status: "ready" as const, version, leader: isLeader(), at: hub.clock.now() };
  });
  serve(app, api.metrics, async () => {
    const body = await hub.metrics.metrics();
    return content({ type: "text/plain", body });
  });
  serve(app, api.openapi, () =>
    content({ type: "application/json", body: JSON.stringify(describe()) }),
  );
  await servePages(app, () => ({ ...describe() }));
}

async function askDatabase({ db }: Hub): Promise<void> {
  const tooLate = new Refused("database-unavailable", {}, "the database is slow to answer");
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate), answersWithinMs);
  try {
    await Promise.race([probe(db.sql), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
