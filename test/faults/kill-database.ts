import type { HubSeat } from "../region/hub-seat.ts";

/**
 * kill -9 of the hub's own PostgreSQL, which the hub starts again; on a server that others use too
 * all of the hub's connections are ended instead.
 */
export async function killDatabase(hub: HubSeat): Promise<void> {
  if (hub.ownsDatabase) {
    const pid = await hub.databasePid();
    if (pid > 1) process.kill(pid, "SIGKILL");
    return;
  }
  await hub.withDb(async (db) => {
    await db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
  });
}
