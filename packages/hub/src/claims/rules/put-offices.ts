import type { ProgrammeRules } from "@wadi/core/vouchers";

import type { Hub } from "../../context.ts";
import { refuseWrongFields, type WrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { knownKeys, officesOf, saveOffices, type OfficeMember } from "./office-store.ts";
import { lockRules } from "./rules-store.ts";

/**
 * Names the persons who speak for the offices of a programme, in place of those before.
 * @returns them, by office and key
 * @throws Refused `invalid-request` with every member whose key is not there, or whose office has
 *   no stage in the rules
 */
export function putOffices(
  hub: Pick<Hub, "db" | "clock">,
  of: { rules: ProgrammeRules; members: readonly OfficeMember[]; by: AuditEntry["by"] },
): Promise<OfficeMember[]> {
  const { rules, members, by } = of;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockRules(sql, rules.id);
    const keys = members.map(({ key }) => key);
    const known = await knownKeys(sql, keys);
    refuseWrong(rules, { members, isKnown: (key) => known.has(key) });
    await saveOffices(sql, rules.id, members);
    const facts = { members: members.map((one) => ({ ...one })) };
    const subject = `programme/${rules.id}`;
    await audit(sql, { by, at, action: "offices.put", subject, facts });
    return officesOf(sql, rules.id);
  });
}

function refuseWrong(
  { redemption }: ProgrammeRules,
  of: { members: readonly OfficeMember[]; isKnown: (key: OfficeMember["key"]) => boolean },
): void {
  const offices = [...new Set(redemption.stages.map(({ office }) => office as string))];
  const fields = of.members.flatMap(({ office, key }, place): WrongField[] => {
    const at = (field: string, detail: string): WrongField[] => [
      { pointer: `/members/${place}/${field}`, detail },
    ];
    const named = offices.length > 0 ? `one of ${offices.join(", ")}` : "none: it has no stages";
    return [
      ...(offices.includes(office) ? [] : at("office", `"${office}" must be ${named}`)),
      ...(of.isKnown(key) ? [] : at("key", `"${key}" is no key, or was revoked; make one first`)),
    ];
  });
  refuseWrongFields(fields);
}
