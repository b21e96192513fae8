import type { Scarcity } from "@wadi/core/dispatch";

import type { Reading } from "../../context.ts";
import type { Certified } from "./certify-plan.ts";

/** Older by so many usual times, nobody goes by a certificate. */
const staleAfter = 12;

/** What cards are worth by the last certificate; null where there is none to go by. */
export function scarcityBy(
  last: Certified | undefined,
  { config, nowMs }: Pick<Reading, "config"> & { readonly nowMs: number },
): Scarcity | null {
  const { certifyMs } = config.timings;
  return last && nowMs - last.atMs < staleAfter * certifyMs ? last.scarcity : null;
}
