import { links, type Link } from "@wadi/core/capacity";

import type { Hub } from "../context.ts";
import { wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { saveLink } from "./link-store.ts";
import { raiseVersion } from "./store.ts";

/**
 * Sets one direction of a link between places. Safe to repeat.
 * @throws Refused `invalid-request` that names the field
 */
export async function putLink(
  hub: Hub,
  { link, by }: { link: Link; by: AuditEntry["by"] },
): Promise<void> {
  const checked = links([link]);
  if (checked.kind === "refused") {
    const [first] = checked.problems;
    throw wrongField(`/${first!.path.replace(/^\[0\]\.?/, "")}`, first!.message);
  }
  await hub.db.transaction(async (sql) => {
    await saveLink(sql, link);
    await raiseVersion(sql);
    const facts = { megabitsPerSecond: link.megabitsPerSecond, perGB: link.perGB.toString() };
    await audit(sql, {
      by,
      at: hub.clock.now(),
      action: "link.put",
      subject: `link/${link.from}/${link.to}`,
      facts,
    });
    await hub.signals.raise(sql, "round");
  });
}
