import type { Facts } from "@wadi/core/vouchers";
import type { TenantId } from "@wadi/core/units";
import { recordKinds, type RecordKind } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import { audit, knownProviders, knownTenants, type AuditEntry } from "../../tenants/index.ts";
import { addRecord, lockRecord, recordOf, type FactsOnRecord } from "./record-store.ts";
import { knownCentres } from "./usage-claims-store.ts";

/**
 * Puts facts on record, as a further version; the same ones again change nothing.
 * @throws Refused `not-found`, `invalid-request` for facts of something else
 */
export function putRecord(
  hub: Pick<Hub, "db" | "clock">,
  of: {
    kind: RecordKind;
    subject: string;
    facts: Facts;
    ownTenants: readonly TenantId[];
    by: AuditEntry["by"];
  },
): Promise<FactsOnRecord> {
  const { kind, subject, facts, by } = of;
  const at = hub.clock.now();
  for (const name of Object.keys(facts)) {
    if (name.startsWith(recordKinds[kind])) continue;
    const detail = `is no fact of a ${kind}: those begin with "${recordKinds[kind]}"`;
    throw wrongField(`/facts/${name}`, detail);
  }
  const ownTenants = [...new Set(of.ownTenants)].toSorted();
  if (ownTenants.length > 0 && kind !== "provider") {
    throw wrongField("/ownTenants", `is for providers; leave it out for a ${kind}`);
  }
  return hub.db.transaction(async (sql) => {
    await lockRecord(sql, { kind, subject });
    await refuseUnknown(sql, { kind, subject, ownTenants });
    const before = await recordOf(sql, { kind, subject });
    if (before && isSame(before, { facts, ownTenants })) return before;
    const version = (before?.version ?? 0) + 1;
    const record = { kind, subject, version, facts, ownTenants, putBy: by.signer.key, putAt: at };
    await addRecord(sql, record);
    const names = Object.keys(facts);
    const about = { version, facts: names, ownTenants };
    await audit(sql, { by, at, action: "record.put", subject: `${kind}/${subject}`, facts: about });
    return record;
  });
}

async function refuseUnknown(
  sql: Sql,
  { kind, subject, ownTenants }: Pick<FactsOnRecord, "kind" | "subject" | "ownTenants">,
): Promise<void> {
  const known = {
    tenant: () => knownTenants(sql, [subject as TenantId]),
    provider: () => knownProviders(sql, [subject]),
    centre: () => knownCentres(sql, [subject]),
  };
  if (!((await known[kind]()) as ReadonlySet<string>).has(subject)) {
    throw new Refused("not-found", {}, `there is no ${kind} ${subject}`);
  }
  const tenants = await knownTenants(sql, ownTenants);
  const place = ownTenants.findIndex((one) => !tenants.has(one));
  if (place >= 0) {
    throw wrongField(`/ownTenants/${place}`, `"${ownTenants[place]}" is no tenant; open it first`);
  }
}

const isSame = (
  one: Pick<FactsOnRecord, "facts" | "ownTenants">,
  other: Pick<FactsOnRecord, "facts" | "ownTenants">,
) => textOf(one) === textOf(other);

const textOf = ({ facts, ownTenants }: Pick<FactsOnRecord, "facts" | "ownTenants">) =>
  JSON.stringify([
    Object.entries(facts)
      .map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value])
      .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    ownTenants,
  ]);
