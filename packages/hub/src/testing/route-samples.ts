import type { RouteName } from "@wadi/protocol";

import { priceSamples } from "./price-samples.ts";
import type { MakeSample } from "./sample.ts";
import { aJob, aLink, aProgramme, centreOf, type World } from "./world.ts";

const bytes = { "content-type": "application/octet-stream" };
const noId = "00000000-0000-0000-0000-000000000000";
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
  putFund: () => ({ path: "/v1/funds/city", body: { name: "City" } }),
  appropriate: () => ({ path: "/v1/funds/city/appropriations", body: money }),
  listProgrammes: () => ({ path: "/v1/programmes" }),
  putProgramme: () => ({ path: "/v1/programmes/ai", body: aProgramme("city") }),
  grantVoucher: () => ({
    path: "/v1/programmes/ai/grants",
    body: { amount: "0.01", tenant: "acme" },
  }),
  readProgrammeRules: () => ({ path: "/v1/programmes/ai/rules", refusals: ["not-found"] }),
  putProgrammeRules: () => ({ path: "/v1/programmes/walked/rules", body: rulesOf("walked") }),
  approveProgrammeRules: () => ({
    path: "/v1/programmes/unknown/rules/1/approval",
    refusals: ["not-found"],
  }),
  putOffices: () => ({
    path: "/v1/programmes/unknown/offices",
    body: { members: [] },
    refusals: ["not-found"],
  }),
  applyForVoucher: () => ({
    path: "/v1/programmes/unknown/claims",
    body: { ...aContract, tenant: "acme" },
    refusals: ["not-found"],
  }),
  listClaims: () => ({ path: "/v1/claims" }),
  readClaim: () => ({ path: `/v1/claims/${noId}`, refusals: ["not-found"] }),
  addClaimEvidence: () => ({
    path: `/v1/claims/${noId}/evidence`,
    body: { kind: "contract", sha256: nowhere },
    refusals: ["not-found"],
  }),
  addClaimFacts: () => ({
    path: `/v1/claims/${noId}/facts`,
    body: { facts: { "applicant.staff": 12 } },
    refusals: ["not-found"],
  }),
  withdrawClaim: () => ({ path: `/v1/claims/${noId}/withdrawal`, refusals: ["not-found"] }),
  moveClaim: () => ({
    path: `/v1/claims/${noId}/moves`,
    body: { move: "agree" },
    refusals: ["not-found"],
  }),
  redeemClaim: () => ({
    path: `/v1/claims/${noId}/settlements`,
    body: { id: "b1", on: "2026-11-01", lines: [{ line: "compute", amount: "1" }] },
    refusals: ["not-found"],
  }),
  readNotice: () => ({ path: "/v1/programmes/ai/notice" }),
  readBoard: () => ({ path: "/v1/programmes/ai/board", refusals: ["not-found"] }),
  readRecord: () => ({ path: "/v1/records/tenant/acme", refusals: ["not-found"] }),
  putRecord: () => ({ path: "/v1/records/tenant/acme", body: { facts: {} } }),
  listSignals: () => ({ path: "/v1/programmes/ai/signals", refusals: ["not-found"] }),
  listCases: () => ({ path: "/v1/programmes/ai/cases", refusals: ["not-found"] }),
  splitClaim: () => ({
    path: `/v1/claims/${noId}/split`,
    body: { parts: [{ tenant: "acme", amount: "1" }] },
    refusals: ["not-found"],
  }),
  listSubAccounts: () => ({ path: "/v1/tenants/acme/sub-accounts" }),
  putSubAccount: () => ({
    path: "/v1/tenants/acme/sub-accounts/nobody",
    refusals: ["not-found"],
  }),
  listCapApprovals: () => ({ path: "/v1/programmes/ai/approvals", refusals: ["not-found"] }),
  raiseCap: () => ({
    path: "/v1/programmes/ai/approvals",
    body: { tenant: "acme", contract: "K-1", cap: "yearly", limit: "1000万", note: "of a test" },
    refusals: ["not-found"],
  }),
  secondCapApproval: () => ({
    path: `/v1/programmes/ai/approvals/${noId}/second`,
    refusals: ["not-found"],
  }),
  listRounds: () => ({ path: "/v1/programmes/ai/rounds", refusals: ["not-found"] }),
  proposeRound: () => ({
    path: "/v1/programmes/ai/rounds",
    body: {},
    refusals: ["not-found"],
  }),
  listRoundPlaces: () => ({
    path: `/v1/programmes/ai/rounds/${noId}/places`,
    refusals: ["not-found"],
  }),
  approveRound: () => ({
    path: `/v1/programmes/ai/rounds/${noId}/approval`,
    refusals: ["not-found"],
  }),
  revokeCapApproval: () => ({
    path: `/v1/programmes/ai/approvals/${noId}/revocation`,
    refusals: ["not-found"],
  }),
  tenantStatement: () => ({ path: "/v1/tenants/acme/statement" }),
  providerStatement: () => ({ path: "/v1/providers/lowland/statement" }),
  fundStatement: () => ({ path: "/v1/funds/city/statement" }),
  listAccounts: () => ({ path: "/v1/ledger/accounts" }),
  listTransfers: () => ({ path: "/v1/ledger/transfers" }),
  listCharges: () => ({ path: "/v1/ledger/charges" }),
  auditBooks: () => ({ path: "/v1/ledger/audit" }),
  listPeriods: () => ({ path: "/v1/ledger/periods" }),
  closePeriod: () => ({ path: "/v1/ledger/periods/2020-01", body: {} }),
  listCorrections: () => ({ path: "/v1/ledger/corrections" }),
  askCorrection: () => ({
    path: "/v1/ledger/corrections",
    body: { transfer: noId, reason: "typed twice" },
    refusals: ["not-found"],
  }),
  decideCorrection: () => ({
    path: `/v1/ledger/corrections/${noId}/decision`,
    body: { decision: "decline" },
    refusals: ["not-found"],
  }),
  listAnchors: () => ({ path: "/v1/ledger/anchors" }),
  tenantBundle: () => ({ path: "/v1/tenants/acme/bundle" }),

  putTerms: () => ({ path: "/v1/providers/lowland/terms", body: someTerms }),
  readTerms: () => ({ path: "/v1/providers/lowland/terms" }),
  approveTerms: () => ({
    path: "/v1/providers/lowland/terms/1/approve",
    refusals: ["not-found", "needs-another-person"],
  }),
  putProjects: () => ({
    path: "/v1/tenants/acme/projects",
    body: { projects: [{ project: "vision", weight: "1" }] },
  }),
  putProviderInvoice: () => ({
    path: "/v1/providers/lowland/invoices/2026-01",
    body: { number: "7", lines: [] },
  }),
  openSettlement: () => ({ path: "/v1/settlements/2026-01", body: {} }),
  listSettlements: () => ({ path: "/v1/settlements" }),
  readSettlement: async (world) => ({ path: await aMonth(world) }),
  stepSettlement: async (world) => ({
    path: `${await aMonth(world)}/steps`,
    body: { step: "import" },
  }),
  exportFocus: async (world) => ({ path: `${await anImportedMonth(world)}/focus` }),
  requestInvoices: async (world) => ({
    path: `${await aMonth(world)}/e-invoices`,
    refusals: ["wrong-state"],
  }),
  openDispute: () => ({ path: "/v1/disputes", body: aDispute, refusals: ["insufficient-funds"] }),
  endDispute: () => ({
    path: `/v1/disputes/${noId}/end`,
    body: { for: "withdrawn" },
    refusals: ["not-found"],
  }),
  listDisputes: () => ({ path: "/v1/disputes" }),
  makePayouts: () => ({
    path: "/v1/payout-batches",
    body: {},
    refusals: ["insufficient-funds"],
  }),
  listPayouts: () => ({ path: "/v1/payout-batches" }),
  sendPayouts: () => ({ path: `/v1/payout-batches/${noId}/send`, refusals: ["not-found"] }),
  dropPayouts: () => ({ path: `/v1/payout-batches/${noId}/drop`, refusals: ["not-found"] }),
  readPayoutFile: () => ({ path: `/v1/payout-batches/${noId}/file`, refusals: ["not-found"] }),
  recordReceipts: () => ({
    path: `/v1/payout-batches/${noId}/receipts`,
    body: { csv: "batch,line,amount,status,reference" },
    refusals: ["not-found"],
  }),
  askPayout: () => ({ path: "/v1/providers/lowland/payouts", body: { amount: "1" } }),
  payInOfFund: () => ({ path: "/v1/funds/city/pay-ins", body: { amount: "1" } }),
  askFundRefund: () => ({ path: "/v1/funds/city/refunds", body: { amount: "1" } }),
  askFundReturn: () => ({ path: "/v1/funds/city/returns", body: { amount: "1" } }),
  askFundRestore: () => ({
    path: "/v1/funds/city/restores",
    body: { amount: "1", tenant: "acme", programme: "ai" },
    refusals: ["not-found"],
  }),
  listMoneyMoves: () => ({ path: "/v1/money-moves" }),
  decideMoneyMove: () => ({
    path: `/v1/money-moves/${noId}/decision`,
    body: { decision: "decline" },
    refusals: ["not-found"],
  }),
  recordMoneyReceipt: () => ({
    path: `/v1/money-moves/${noId}/receipt`,
    body: { reference: "B-1" },
    refusals: ["not-found"],
  }),
  putDistrict: () => ({
    path: "/v1/districts/east",
    body: { name: "East", tenants: ["acme"], funds: ["city"] },
  }),
  districtStatement: async ({ post }) => {
    const district = { name: "East", tenants: ["acme"], funds: ["city"] };
    await post("PUT /v1/districts/east", district);
    return { path: "/v1/districts/east/statement" };
  },

  takeMeterReadings: () => ({ path: "/v1/meter-readings", body: someMeterReadings() }),
  putMeterKey: () => ({
    path: "/v1/meter-keys/gate",
    body: { signingKey: Buffer.alloc(32, 7).toString("base64") },
  }),
  listOddReadings: () => ({ path: "/v1/odd-readings" }),
  listMeters: () => ({ path: "/v1/meters?gaps=only" }),
  readUsage: () => ({
    path: "/v1/tenants/acme/usage?from=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z",
  }),
  listCardSignals: () => ({ path: "/v1/signals" }),
  readRunMetering: ({ job }) => ({ path: `/v1/jobs/${job}/metering` }),

  ...priceSamples,

  live: () => ({ path: "/healthz" }),
  ready: () => ({ path: "/readyz" }),
  metrics: () => ({ path: "/metrics" }),
  openapi: () => ({ path: "/openapi.json" }),
};

const someTerms = {
  month: "2026-01",
  terms: { rules: [{ mode: { kind: "share", share: "0.7" } }] },
};
const aDispute = { provider: "lowland", tenant: "acme", amount: "1", reason: "of a test" };

/** Rules that give nothing away: the least there is. */
const rulesOf = (programme: string) => ({
  programme,
  ...{ name: { en: "Walked", zh: "测试" }, place: "330100", timeZone: "Asia/Shanghai" },
  version: { number: 1, inForce: { from: "2020-01-01" } },
  spend: { claimBase: "contract", redeemBase: "invoiced" },
  parts: [{ code: "all", text: { en: "all", zh: "全部" }, rates: [{ rate: "10 %" }] }],
  payers: [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }],
  budget: null,
  lifecycle: { mode: "claim-then-redeem" },
});

const aContract = {
  ...{ supplier: "somebody", contract: "c-1", otherMoney: [] },
  lines: [{ id: "compute", amounts: { contract: "100" } }],
};

/** One reading, of a meter of its own. */
const someMeterReadings = () => {
  const to = Temporal.Now.instant();
  const from = to.subtract({ seconds: 60 });
  const reading = { number: "1", from: from.toString(), to: to.toString(), quantity: "5" };
  const resource = crypto.randomUUID();
  const meter = { source: "gate", tenant: "acme", resource, measure: "tokens-in", basis: "used" };
  return { series: [{ ...meter, readings: [reading] }] };
};

/** A month that is over, opened. */
async function aMonth({ post }: World): Promise<string> {
  await post("PUT /v1/settlements/2025-12", {});
  return "/v1/settlements/2025-12";
}

async function anImportedMonth(world: World): Promise<string> {
  const month = await aMonth(world);
  await world.post(`${month}/steps`, { step: "import" });
  return month;
}

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
  tenantBundle: ["tenant-admin", "provider", "programme-officer"],
  tenantStatement: ["tenant-admin", "provider", "programme-officer"],
  providerStatement: ["tenant-admin", "provider", "programme-officer"],
  fundStatement: ["tenant-admin", "provider", "programme-officer"],
  districtStatement: ["tenant-admin", "provider", "programme-officer"],
  readTerms: ["tenant-admin", "provider", "programme-officer"],
  readRunMetering: ["tenant-admin", "member"],
  readUsage: ["tenant-admin"],
  readAgreement: ["tenant-admin"],
  previewPrices: ["tenant-admin"],
  listBills: ["tenant-admin"],
  listSubAccounts: ["tenant-admin"],
  grantVoucher: ["programme-officer"],
  makeKey: ["tenant-admin"],
  revokeKey: ["tenant-admin", "provider"],
};
