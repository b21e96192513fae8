import type { RouteName } from "@wadi/protocol";

import { aJob, aLink, aProgramme, centreOf, type World } from "./world.ts";

/** A request to one route that every caller who may do so at all should get an answer to. */
export interface Sample {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** What the answer may be instead of the route's own status: codes of refusals. */
  readonly refusals?: readonly string[];
}

export type MakeSample = (world: World) => Sample | Promise<Sample>;

const bytes = { "content-type": "application/octet-stream" };
const nowhere = "0".repeat(64);
const money = { amount: "1" };

/** Made anew for each request: what can be done once must be there once more. */
export const samples: Readonly<Record<RouteName, MakeSample>> = {
  makeQuote: ({ model }) => ({ path: "/v1/quotes", body: aJob(model) }),
  submitJob: ({ model }) => ({ path: "/v1/jobs", body: aJob(model) }),
  listJobs: () => ({ path: "/v1/jobs?limit=2&state=queued" }),
  readJob: ({ job }) => ({ path: `/v1/jobs/${job}` }),
  explainJob: ({ job }) => ({ path: `/v1/jobs/${job}/explanation` }),
  cancelJob: async ({ model, post, keys }) => {
    const { id } = await post("/v1/jobs", aJob(model), keys.member);
    return { path: `/v1/jobs/${String(id)}/cancel` };
  },
  readLogs: ({ job }) => ({ path: `/v1/jobs/${job}/logs` }),
  followLogs: ({ job }) => ({ path: `/v1/jobs/${job}/logs/stream` }),
  followJob: ({ job }) => ({ path: `/v1/jobs/${job}/events` }),
  followTenant: () => ({ path: "/v1/events", refusals: ["not-allowed"] }),
  listReadings: ({ job }) => ({ path: `/v1/jobs/${job}/readings` }),
  listOutputs: ({ job }) => ({ path: `/v1/jobs/${job}/outputs` }),
  readOutput: ({ job }) => ({
    path: `/v1/jobs/${job}/outputs/${nowhere}`,
    refusals: ["not-found"],
  }),
  upload: ({ upload }) => ({
    path: `/v1/uploads/${upload.sha256}`,
    body: upload.bytes,
    headers: bytes,
  }),

  listCentres: () => ({ path: "/v1/centres" }),
  readCentre: () => ({ path: "/v1/centres/c1" }),
  putCentre: ({ model }) => ({
    path: "/v1/centres/c2",
    body: centreOf("upland", { pool: "c2-a", model }),
  }),
  listPools: () => ({ path: "/v1/pools" }),
  listLinks: () => ({ path: "/v1/links" }),
  putLink: () => ({ path: "/v1/links", body: aLink }),
  makeJoinToken: () => ({ path: "/v1/centres/c1/join-tokens", body: {} }),
  setCentreMode: () => ({ path: "/v1/centres/c1/mode", body: { mode: "open" } }),

  readPolicy: () => ({ path: "/v1/policy" }),
  putPolicy: () => ({ path: "/v1/policy", body: { version: 1 } }),
  diffPolicy: () => ({ path: "/v1/policy/diff", body: { version: 1, order: "oldest" } }),
  reportRegion: () => ({ path: "/v1/dispatch/report?language=zh" }),
  readSnapshot: () => ({ path: "/v1/snapshot" }),

  joinCentre: ({ journal }) => ({
    path: "/v1/agent/join",
    body: { joinToken: `wadijoin_abcdefghijkl_${"x".repeat(43)}`, journal },
    refusals: ["join-token-invalid"],
  }),
  sync: ({ journal }) => ({
    path: "/v1/agent/sync",
    body: { journal, entries: [], holding: null, inventory: null, wait: "0s", room: 0 },
  }),
  readInput: () => ({ path: `/v1/agent/inputs/${nowhere}`, refusals: ["not-found"] }),
  writeOutput: ({ upload }) => ({
    path: `/v1/agent/outputs/${upload.sha256}`,
    body: upload.bytes,
    headers: bytes,
  }),

  readMe: () => ({ path: "/v1/me" }),
  listTenants: () => ({ path: "/v1/tenants" }),
  putTenant: () => ({ path: "/v1/tenants/newcomer", body: { name: "New" } }),
  listProviders: () => ({ path: "/v1/providers" }),
  putProvider: () => ({ path: "/v1/providers/newcomer", body: { name: "New" } }),
  makeKey: () => ({
    path: "/v1/keys",
    body: { label: "walk", role: "member", scope: { tenant: "acme" } },
    refusals: ["not-allowed"], // a provider makes no keys of a tenant
  }),
  listKeys: () => ({ path: "/v1/keys" }),
  revokeKey: async ({ makeKey }) => ({
    path: `/v1/keys/${(await makeKey("member")).id}`,
    refusals: ["not-found"], // a provider has no say in keys of a tenant
  }),
  listAudit: () => ({ path: "/v1/audit" }),

  readBalance: () => ({ path: "/v1/tenants/acme/balance" }),
  topUp: () => ({ path: "/v1/tenants/acme/top-ups", body: money }),
  payOut: () => ({
    path: "/v1/providers/lowland/payouts",
    body: money,
    refusals: ["insufficient-funds"],
  }),
  putFund: () => ({ path: "/v1/funds/city", body: { name: "City" } }),
  appropriate: () => ({ path: "/v1/funds/city/appropriations", body: money }),
  listProgrammes: () => ({ path: "/v1/programmes" }),
  putProgramme: () => ({ path: "/v1/programmes/ai", body: aProgramme("city") }),
  grantVoucher: () => ({
    path: "/v1/programmes/ai/grants",
    body: { amount: "0.01", tenant: "acme" },
  }),
  tenantStatement: () => ({ path: "/v1/tenants/acme/statement" }),
  providerStatement: () => ({ path: "/v1/providers/lowland/statement" }),
  fundStatement: () => ({ path: "/v1/funds/city/statement" }),
  listAccounts: () => ({ path: "/v1/ledger/accounts" }),
  listTransfers: () => ({ path: "/v1/ledger/transfers" }),
  listCharges: () => ({ path: "/v1/ledger/charges" }),
  auditBooks: () => ({ path: "/v1/ledger/audit" }),

  live: () => ({ path: "/healthz" }),
  ready: () => ({ path: "/readyz" }),
  metrics: () => ({ path: "/metrics" }),
  openapi: () => ({ path: "/openapi.json" }),
};

/**
 * Requests for what belongs to somebody else, by route, each with the roles that may call the route
 * but must find nothing there.
 */
export const foreign: Partial<Record<RouteName, readonly string[]>> = {
  readJob: ["tenant-admin", "member"],
  explainJob: ["tenant-admin", "member"],
  cancelJob: ["tenant-admin", "member"],
  readLogs: ["tenant-admin", "member"],
  followLogs: ["tenant-admin", "member"],
  followJob: ["tenant-admin", "member"],
  listReadings: ["tenant-admin", "member"],
  listOutputs: ["tenant-admin", "member"],
  readOutput: ["tenant-admin", "member"],
  readCentre: ["provider"],
  makeJoinToken: ["provider"],
  setCentreMode: ["provider"],
  readBalance: ["tenant-admin"],
  tenantStatement: ["tenant-admin", "provider", "programme-officer"],
  providerStatement: ["tenant-admin", "provider", "programme-officer"],
  fundStatement: ["tenant-admin", "provider", "programme-officer"],
  grantVoucher: ["programme-officer"],
  makeKey: ["tenant-admin"],
  revokeKey: ["tenant-admin", "provider"],
};
