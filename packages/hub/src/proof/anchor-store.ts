import type { LedgerAnchor } from "@wadi/core/proof";

import { fragment, type Sql } from "../db/index.ts";

/** All anchors, the first one first. */
export const readAnchors = (sql: Sql): Promise<LedgerAnchor[]> =>
  sql<LedgerAnchor>`select ${columns} from anchors order by until`;

/** Anchors by day, after one. */
export const listAnchors = (
  sql: Sql,
  { after, limit }: { after: string; limit: number },
): Promise<LedgerAnchor[]> =>
  sql<LedgerAnchor>`
    select ${columns} from anchors where day > ${after} order by day limit ${limit}`;

/** Another hub may have made the same one before. */
export async function insertAnchor(
  sql: Sql,
  anchor: LedgerAnchor,
  now: Temporal.Instant,
): Promise<void> {
  const { day, until, seq, hash, lines, root } = anchor;
  await sql`
    insert into anchors (day, until, seq, hash, lines, root, made_at)
    values (${day}, ${until}, ${seq}, decode(${hash}, 'hex'), decode(${lines}, 'hex'),
      decode(${root}, 'hex'), ${now})
    on conflict do nothing`;
}

const columns = fragment`day, until, seq, encode(hash, 'hex') as hash,
  encode(lines, 'hex') as lines, encode(root, 'hex') as root`;
