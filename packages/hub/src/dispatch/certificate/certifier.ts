import type { Snapshot } from "@wadi/core/dispatch";

import { portable, type PortableSnapshot } from "../portable.ts";
import { openThread } from "../thread.ts";
import type { Certified } from "./certify-plan.ts";

/** Certifies plans in a thread of its own: it takes seconds. */
export interface Certifier {
  /** @throws Error when the thread failed or was closed; the next call begins another */
  certify(snapshot: Snapshot): Promise<Certified>;
  close(): Promise<void>;
}

export function openCertifier(): Certifier {
  const main = new URL("./certify-main.ts", import.meta.url);
  const thread = openThread<PortableSnapshot, Certified>(main, "certify");
  return { certify: (snapshot) => thread.ask(portable(snapshot)), close: thread.close };
}
