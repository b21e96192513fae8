import type { CentreId } from "@wadi/core/units";
import type { Inventory } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

/**
 * Keeps which cards a centre has in its slots, from now on. What it does not say any more has
 * ended; what it says again goes on. The centre's agent is locked by the caller.
 */
export async function keepSerials(
  sql: Sql,
  { centre, inventory }: { centre: CentreId; inventory: Inventory },
  now: Temporal.Instant,
): Promise<void> {
  // Of a slot that is named twice nobody knows what is in it.
  const bySlot = Map.groupBy(
    inventory.hosts.flatMap(({ id, serials }) => serials.map((one) => ({ host: id, ...one }))),
    ({ slot }) => slot,
  );
  const said = [...bySlot.values()].flatMap((of) => (of.length === 1 ? of : []));
  const slots = said.map(({ slot }) => slot);
  const hosts = said.map(({ host }) => host);
  const serials = said.map(({ serial }) => serial);
  await sql`
    update card_serials set until_at = greatest(from_at, ${now}::timestamptz)
    where centre = ${centre} and until_at is null
      and (slot, host, serial) not in (
        select * from unnest(${slots}::int[], ${hosts}::text[], ${serials}::text[]))`;
  if (said.length === 0) return;
  await sql`
    insert into card_serials (centre, slot, host, serial, from_at)
    select ${centre}, slot, host, serial, ${now}
    from unnest(${slots}::int[], ${hosts}::text[], ${serials}::text[]) as said (slot, host, serial)
    order by slot
    on conflict (centre, slot) where until_at is null do nothing`;
}
