import { existsSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { routes, type RegionSnapshotJson } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";

export interface SnapshotInput {
  readonly out: string;
  readonly perGroup?: number;
  readonly force?: true;
}

/** Keeps in a file all that a round looks at now: a workload and a fleet for `wadi simulate`. */
export async function snapshot(context: Context, input: SnapshotInput): Promise<void> {
  const { out, perGroup, force } = input;
  if (out !== "-" && force !== true && existsSync(out)) {
    throw wrongUse(`${out} is there already; give another file, or --force to replace it`);
  }
  const query = perGroup === undefined ? {} : { perGroup };
  const hub = await context.client();
  // Not decoded: it may be large, and the simulator checks it when it is played.
  const json = await context.during("asking the hub", hub.wire(routes.readSnapshot, { query }));
  const text = `${JSON.stringify(json)}\n`;
  if (out === "-") return context.write(text);

  const part = `${out}.part`;
  context.atInterrupt(() => {
    rmSync(part, { force: true });
    return ["stopped; nothing was written"];
  });
  await writeFile(part, text, { mode: 0o600 }); // it names tenants and what they run
  await rename(part, out);
  const { queue, runs, pools } = json as RegionSnapshotJson;
  const waiting = queue.reduce((sum, { jobs }) => sum + jobs.length, 0);
  if (context.json) {
    return context.printJson({ file: out, waiting, runs: runs.length, pools: pools.length });
  }
  const held = `${waiting} jobs wait, ${runs.length} runs hold cards in ${pools.length} pools`;
  context.print(`${out}: ${held}`);
  context.note(`play it with: wadi simulate --workload ${out}`);
}
