import { randomUUID } from "node:crypto";
import { createClient, routes } from "@wadi/protocol";

import { openLoad, quantile } from "./load.ts";
import { startRegion } from "./region.ts";

const jobs = 200;

/**
 * Submit to running: from the first byte of the request until the tenant's event stream tells that
 * the run is running, one job after the other, on one machine with hub, agent and host engine.
 */
export async function run(): Promise<void> {
  const region = await startRegion({ centres: 1, cardsPerCentre: 64, engine: "host" });
  const stop = new AbortController();
  const load = openLoad(region.url, region.tenantKey);
  try {
    const tenant = createClient({ hub: region.url, key: region.tenantKey });
    const waiting = new Map<string, () => void>();
    const told = new Set<string>();
    const listening = (async () => {
      for await (const { event, data } of tenant.stream(routes.followTenant, {
        signal: stop.signal,
      })) {
        if (event !== "run.running") continue;
        const { job } = JSON.parse(data) as { job: string };
        told.add(job);
        waiting.get(job)?.();
      }
    })().catch(() => {});

    const tookMs: number[] = [];
    for (let i = 0; i < jobs + 20; i += 1) {
      const started = performance.now();
      const { id } = (await load.post("/v1/jobs", spec, { "idempotency-key": randomUUID() })) as {
        id: string;
      };
      await new Promise<void>((resolve) => (told.has(id) ? resolve() : waiting.set(id, resolve)));
      if (i >= 20) tookMs.push(performance.now() - started); // the first ones warm up
    }
    stop.abort();
    await listening;
    const sorted = tookMs.toSorted((a, b) => a - b);
    const [half, most] = [quantile(sorted, 0.5).toFixed(1), quantile(sorted, 0.99).toFixed(1)];
    console.log(
      `submit to running, ${jobs} jobs   p50 ${half} ms (goal 50), p99 ${most} ms (goal 500)`,
    );
  } finally {
    stop.abort();
    load.close();
    await region.stop();
  }
}

const spec = JSON.stringify({
  version: 1,
  name: "latency",
  run: { kind: "command", argv: ["sleep", "0.2"] },
  cards: { options: [{ model: "h100-sxm" }] },
  cpu: 0.1,
  memory: "64MiB",
  maxRunTime: "1m",
});
