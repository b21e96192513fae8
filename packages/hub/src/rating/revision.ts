import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import type { AuditEntry } from "../tenants/index.ts";
import type { Revision } from "./store.ts";

type By = AuditEntry["by"];

/** A draft after what was put last. */
export const nextRevision = (hub: Hub, last: Revision | undefined, by: By): Revision => ({
  revision: (last?.revision ?? 0) + 1,
  ...{ madeAt: hub.clock.now(), madeBy: by.signer.key, approvedAt: null, approvedBy: null },
});

/**
 * @param held  what was approved last of the same thing
 * @throws Refused `wrong-state` when the draft, or a later one, was approved before;
 *   `needs-another-person` for whoever put it
 */
export function refuseApproval(
  { revision, approvedAt, madeBy }: Revision,
  { held, by }: { held: Revision | undefined; by: By },
): void {
  if (approvedAt !== null) {
    throw new Refused("wrong-state", {}, `revision ${revision} was approved at ${approvedAt}`);
  }
  if (held && held.revision > revision) {
    const later = `revision ${held.revision} was put and approved after revision ${revision}`;
    throw new Refused("wrong-state", { held: held.revision }, `${later}; put that text again`);
  }
  if (madeBy === by.signer.key) {
    throw new Refused("needs-another-person", {}, "whoever put a draft cannot approve it");
  }
}
