import { randomUUID } from "node:crypto";

import { openLoad } from "./load.ts";
import { useOf, useOfTree } from "./process-use.ts";
import { startRegion } from "./region.ts";

/** The hub's memory at rest, and with 100,000 queued jobs that find no room. */
export async function run(): Promise<void> {
  const region = await startRegion({ centres: 1, cardsPerCentre: 1, engine: "fake" });
  const load = openLoad(region.url, region.tenantKey);
  try {
    await show("at rest", region.hub.pid);
    const started = performance.now();
    for (let i = 0; i < 10; i += 1) {
      await load.post("/v1/jobs", spec(i), { "idempotency-key": randomUUID() });
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`100,000 jobs in 10 arrays accepted in ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // some rounds over the queue
    await show("with 100,000 queued jobs", region.hub.pid);
  } finally {
    load.close();
    await region.stop();
  }
}

async function show(when: string, pid: number): Promise<void> {
  const hub = await useOf(pid);
  const tree = await useOfTree(pid);
  const [alone, all] = [hub.residentMiB.toFixed(0), tree.residentMiB.toFixed(0)];
  const note = "shared pages counted in each process";
  console.log(`${when.padEnd(26)} hub ${alone} MiB, with its database ${all} MiB (${note})`);
}

const spec = (index: number) =>
  JSON.stringify({
    version: 1,
    name: `queued-${index}`,
    run: { kind: "command", argv: ["true"] },
    env: { FAKE_RUN_MS: "600000" },
    cards: { options: [{ model: "h100-sxm" }] },
    cpu: 0.01,
    memory: "1MiB",
    maxRunTime: "1h",
    array: { count: 10_000 },
  });
