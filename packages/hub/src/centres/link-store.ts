import type { Link } from "@wadi/core/capacity";
import { microYuan, type MicroYuan, type PlaceId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** Sets one direction. */
export async function saveLink(sql: Sql, link: Link): Promise<void> {
  await sql`
    insert into place_links (from_place, to_place, megabits_per_second, per_gb)
    values (${link.from}, ${link.to}, ${link.megabitsPerSecond}, ${link.perGB})
    on conflict (from_place, to_place) do update
    set megabits_per_second = excluded.megabits_per_second, per_gb = excluded.per_gb`;
}

/** All of them, by from and to. */
export async function readLinks(sql: Sql): Promise<Link[]> {
  const rows = await sql<{ from: PlaceId; to: PlaceId; mbps: number; perGB: bigint }>`
    select from_place as "from", to_place as "to", megabits_per_second as mbps, per_gb as "perGB"
    from place_links order by from_place, to_place`;
  return rows.map(({ from, to, mbps, perGB }) => ({
    from,
    to,
    megabitsPerSecond: mbps,
    perGB: microYuan(perGB) satisfies MicroYuan,
  }));
}
