/** Server settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string>>;

export interface SettingsFor {
  /** The server's major version. */
  readonly major: number;
  /** False only where losing everything in a power cut is fine: in tests. */
  readonly fsync: boolean;
}

/**
 * What a small machine's server is started with, in `wadi.conf`. An operator's own lines at the end
 * of postgresql.conf, or `alter system`, come after it and win.
 */
export function defaultSettings({ major, fsync }: SettingsFor): Settings {
  return {
    max_connections: "50",
    shared_buffers: "128MB",
    maintenance_work_mem: "64MB",

    // Batches write in bursts: fewer checkpoints mean fewer full pages in the log.
    wal_buffers: "16MB",
    min_wal_size: "256MB",
    max_wal_size: "2GB",
    checkpoint_timeout: "15min",
    // No standby can attach to a server without TCP, so nothing is logged for one.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",

    // Rows of queues and balances are updated all the time: keep their tables small.
    autovacuum_naptime: "15s",
    autovacuum_max_workers: "2",
    autovacuum_vacuum_scale_factor: "0.05",
    autovacuum_analyze_scale_factor: "0.05",

    // The hub's short statements gain nothing from these, and small containers lack /dev/shm.
    max_parallel_workers_per_gather: "0",
    jit: "off",
    random_page_cost: "1.1",
    // The pages are nearly always cached: extra processes would only add switches.
    ...(major >= 18 ? { io_method: "sync" } : {}),

    timezone: "UTC",
    log_timezone: "UTC",
    log_min_duration_statement: "1s",
    log_parameter_max_length: "0", // values may be secrets
    log_parameter_max_length_on_error: "0",
    log_lock_waits: "on",
    log_autovacuum_min_duration: "10s",
    log_line_prefix: "%m [%p] ",
    ...durability(fsync),
  };
}

/** What must be so, given on the command line, which wins over every file. */
export function fixedSettings(socketFolder: string): Settings {
  return {
    listen_addresses: "", // the bundled OpenSSL is old: never on the network
    unix_socket_directories: socketFolder,
    unix_socket_permissions: "0700",
    port: "5432",
    logging_collector: "off", // the hub keeps the log, see log-file.ts
    log_destination: "stderr",
  };
}

/** As lines of a configuration file. */
export function asFile(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  return `# Written by the hub at each start: changes here are lost.\n${lines.join("")}`;
}

/** As arguments of `postgres`. */
export function asArguments(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function durability(fsync: boolean): Settings {
  // Also without fsync a killed server loses nothing that was acknowledged; only the machine may.
  if (!fsync) return { fsync: "off", full_page_writes: "off", synchronous_commit: "on" };
  return {
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    // The default of macOS leaves data in the disk's own cache.
    ...(process.platform === "darwin" ? { wal_sync_method: "fsync_writethrough" } : {}),
  };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
