import { bytes } from "@wadi/core/units";
import { jobRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { openFile } from "../files/index.ts";
import { content, serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { readOutputs } from "./log-store.ts";
import { jobOf } from "./routes.ts";

/** The files that a job's last run left behind. */
export function serveJobOutputs(app: App, hub: Hub): void {
  serve(app, jobRoutes.listOutputs, async (call) => {
    const job = await jobOf(hub, call);
    const outputs = await readOutputs(hub.db.sql, job.id);
    return {
      items: outputs.map(({ path, sha256, bytes: size }) => ({ path, sha256, bytes: bytes(size) })),
    };
  });

  serve(app, jobRoutes.readOutput, async (call) => {
    const job = await jobOf(hub, call);
    const { sha256 } = call.params;
    const outputs = await readOutputs(hub.db.sql, job.id);
    const isOfJob = outputs.some((output) => output.sha256 === sha256);
    const file = isOfJob ? await openFile(hub.db, sha256) : undefined;
    if (!file) throw new Refused("not-found", {}, `The job left no file ${sha256}.`);
    const headers = { "content-length": `${file.bytes}` };
    return content({ type: "application/octet-stream", body: file.content, headers });
  });
}
