import { stretchOfMonth } from "@wadi/core/settlement";
import { asId } from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import {
  findMonth,
  findOverlap,
  insertMonth,
  insertStep,
  lockMonths,
  type Month,
} from "./month-store.ts";

/**
 * Opens a month's settlement; one that was taken back is opened anew as the next revision. One that
 * is open already is answered with as it is.
 * @throws Refused `wrong-state` where another month has some of the same time
 */
export function openMonth(
  hub: Hub,
  { month, timeZone, by }: { month: string; timeZone: string; by: AuditEntry["by"] },
): Promise<Month> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockMonths(sql);
    const before = await findMonth(sql, month);
    if (before && before.state !== "void" && before.timeZone === timeZone) return before;
    const stretch = stretchOfMonth(Temporal.PlainYearMonth.from(month), timeZone);
    const overlap = await findOverlap(sql, stretch);
    if (overlap !== undefined) {
      const detail = `${overlap} has some of that time, by another time zone; void it first`;
      throw new Refused("wrong-state", { month: overlap }, detail);
    }
    const made: Month = {
      ...{ id: asId<SettlementId>(hub.newId()), month, timeZone, ...stretch, state: "draft" },
      ...{ revision: (before?.revision ?? 0) + 1, lines: null, seal: null },
      ...{ lastAt: at, lastBy: by.signer.key },
    };
    await insertMonth(sql, made);
    await insertStep(sql, made.id, { step: "open", at, by: by.signer.key, note: "" });
    const facts = { revision: made.revision, timeZone };
    await audit(sql, { by, at, action: "settlement.open", subject: `settlement/${month}`, facts });
    return made;
  });
}

/** For whoever asks about a month that there is nothing of. */
export function notOpened(month: string): Refused {
  const cure = `wadi close prepare ${month} opens it and counts its charges`;
  return new Refused("not-found", {}, `${month} was never opened; ${cure}`);
}
