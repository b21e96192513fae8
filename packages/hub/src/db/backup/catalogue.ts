import type { Client } from "pg";

/** What PostgreSQL's own catalogue says of the tables that make up the hub's state. */

export interface Table {
  readonly table: readonly [string, string];
  readonly columns: readonly string[];
  /** Rows of a partitioned table are in its partitions, and go by its own name. */
  readonly partitioned: boolean;
}

const ours = `
  n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/** All tables with rows to keep; computed columns, and what extensions brought, are left out. */
export async function readTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select array[n.nspname, c.relname]::text[] as table, c.relkind = 'p' as partitioned,
      (select coalesce(array_agg(a.attname::text order by a.attnum), '{}') from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0
          and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and ${ours}
    order by n.nspname collate "C", c.relname collate "C"`);
  return rows.filter(({ table }) => table[1] !== "schema_migrations");
}

/** Numbers already given out. Read after the rows: sequences stand outside of transactions. */
export async function readSequences(
  client: Client,
): Promise<{ sequence: [string, string]; last: string }[]> {
  const { rows } = await client.query<{ sequence: [string, string]; last: string }>(`
    select array[schemaname, sequencename]::text[] as sequence, last_value::text as last
    from pg_sequences where last_value is not null
    order by schemaname collate "C", sequencename collate "C"`);
  return rows;
}

/** The first table of ours, if any, that says this database is in use. */
export async function findAnyTable(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'S') and ${ours} limit 1`);
  return rows[0]?.name;
}

/** Commands that take foreign keys away and put them back, checking every row. */
export async function readForeignKeys(client: Client): Promise<{ drop: string; add: string }[]> {
  const { rows } = await client.query<{ drop: string; add: string }>(`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname,
        pg_get_constraintdef(oid)) as add
    from pg_constraint where contype = 'f' and conparentid = 0
    order by conrelid::regclass::text, conname`);
  return rows;
}

/** Commands that silence triggers of ours and wake them again, each in the way it was. */
export async function readTriggers(client: Client): Promise<{ off: string; on: string }[]> {
  const { rows } = await client.query<{ off: string; on: string }>(`
    select format('alter table %s disable trigger %I', tgrelid::regclass, tgname) as off,
      format('alter table %s enable %s trigger %I', tgrelid::regclass,
        case tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, tgname) as on
    from pg_trigger where not tgisinternal and tgenabled <> 'D' and tgparentid = 0
    order by tgrelid::regclass::text, tgname`);
  return rows;
}
