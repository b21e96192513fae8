import { agentRoutes } from "./agent-link.ts";
import { approvalRoutes } from "./cap-approvals.ts";
import { centreRoutes } from "./centres.ts";
import { claimRoutes } from "./claims.ts";
import { dispatchRoutes } from "./dispatch.ts";
import { jobRoutes } from "./jobs.ts";
import { meteringRoutes } from "./metering.ts";
import { moneyMoveRoutes } from "./money-moves.ts";
import { moneyRoutes } from "./money.ts";
import { pricingRoutes } from "./pricing.ts";
import { proofRoutes } from "./proof.ts";
import { recordRoutes } from "./records.ts";
import { roundRoutes } from "./rounds.ts";
import { settlementRoutes } from "./settlement.ts";
import { systemRoutes } from "./system.ts";
import { tenantRoutes } from "./tenants.ts";
import { splitRoutes } from "./voucher-splits.ts";

export * from "./agent-link.ts";
export * from "./agreement.ts";
export * from "./cap-approvals.ts";
export * from "./centres.ts";
export * from "./claim-case.ts";
export * from "./claims.ts";
export * from "./client.ts";
export * from "./codec.ts";
export * from "./dispatch.ts";
export * from "./explanation.ts";
export * from "./job-spec.ts";
export * from "./jobs.ts";
export * from "./metering.ts";
export * from "./money-moves.ts";
export * from "./money.ts";
export * from "./permissions.ts";
export * from "./policy.ts";
export * from "./price-list.ts";
export * from "./pricing.ts";
export * from "./problem.ts";
export { writtenIn } from "./programme-control.ts";
export * from "./programme.ts";
export * from "./proof.ts";
export * from "./records.ts";
export * from "./rounds.ts";
export * from "./route.ts";
export * from "./settlement.ts";
export * from "./settlement-views.ts";
export * from "./signals.ts";
export * from "./snapshot.ts";
export * from "./system.ts";
export * from "./tenants.ts";
export * from "./usage-document.ts";
export * from "./voucher-splits.ts";

/** Every route of the API by name. */
export const routes = {
  ...jobRoutes,
  ...centreRoutes,
  ...dispatchRoutes,
  ...agentRoutes,
  ...tenantRoutes,
  ...meteringRoutes,
  ...moneyRoutes,
  ...moneyMoveRoutes,
  ...claimRoutes,
  ...approvalRoutes,
  ...splitRoutes,
  ...pricingRoutes,
  ...proofRoutes,
  ...recordRoutes,
  ...roundRoutes,
  ...settlementRoutes,
  ...systemRoutes,
} as const;
export type RouteName = keyof typeof routes;
