// Who may import whom: the tables that tools/boundaries.ts enforces. Change them here, with a word
// in an ADR when the order of the packages changes.

/** The packages each package may import; nothing else of ours. Tests may import the same. */
export const packageLayers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ["core"],
  hub: ["core", "protocol"],
  agent: ["core", "protocol"],
  simulator: ["core", "protocol"],
  cli: ["core", "protocol", "simulator"],
  region: ["core", "protocol"],
};

/** The areas each area of core may import, besides itself. */
export const coreLayers: Readonly<Record<string, readonly string[]>> = {
  units: [],
  job: ["units"],
  capacity: ["units"],
  ledger: ["units"],
  vouchers: ["units", "job", "capacity", "ledger"],
  metering: ["units", "job", "capacity", "ledger", "vouchers"],
  rating: ["units", "capacity", "metering"],
  settlement: ["units", "capacity", "ledger", "vouchers", "metering", "rating"],
  proof: ["units", "capacity", "ledger", "vouchers", "metering", "rating", "settlement"],
  signals: ["units", "ledger", "vouchers", "metering"],
  dispatch: ["units", "job", "capacity", "ledger"],
};

/** Packages without effects: no `node:` module, and only these packages from outside. */
export const pureLayers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ["zod"],
};

/** What every area of the hub may import: the database, HTTP, and who is asking. */
const served: readonly string[] = ["db", "http", "tenants"];

/** The areas each area of the hub may import, besides itself. `hub.ts` wires them and sees all. */
export const hubLayers: Readonly<Record<string, readonly string[]>> = {
  db: [],
  http: ["db"],
  tenants: ["db", "http"],
  centres: served,
  files: served,
  ledger: served,
  policy: served,
  vouchers: [...served, "ledger"],
  metering: [...served, "ledger", "vouchers"],
  claims: [...served, "ledger", "vouchers", "metering"],
  rating: [...served, "ledger", "vouchers", "metering"],
  jobs: [...served, "centres", "files", "ledger", "policy", "vouchers", "metering"],
  dispatch: [...served, "centres", "ledger", "policy", "vouchers", "metering", "jobs"],
  link: [...served, "centres", "files", "ledger", "vouchers", "metering", "jobs"],
  statements: [...served, "centres", "ledger", "vouchers", "metering", "jobs"],
  settlement: [
    ...served,
    "centres",
    "ledger",
    "vouchers",
    "metering",
    "rating",
    "jobs",
    "statements",
  ],
  proof: [
    ...served,
    "centres",
    "ledger",
    "vouchers",
    "claims",
    "metering",
    "rating",
    "jobs",
    "statements",
    "settlement",
  ],
  testing: ["db", "http", "tenants"],
};

/** Areas of the hub that are a set of tools: any file of theirs may be imported. */
export const hubToolboxes: readonly string[] = ["http", "testing"];

/** Areas of the hub that may look past another's index.ts: test servers are made of db's parts. */
export const hubInsiders: readonly string[] = ["testing"];

/** Where something may be written that is forbidden elsewhere in packages/. */
export const onlyIn = {
  /** SQL statements. */
  sql: /^packages\/hub\/src\/(?:(?:.*\/)?(?:[a-z-]+-)?store\.ts|db\/.*|testing\/.*)$/,
  /** The HTTP server. */
  fastify: /^packages\/hub\/src\/(?:(?:.*\/)?(?:[a-z-]+-)?routes\.ts|http\/.*|testing\/.*)$/,
  /** The environment. */
  environment: /^packages\/(?:hub|agent|cli|region)\/src\/(?:config\.ts|testing\/.*)$/,
};
