import { agentRoutes } from "./agent-link.ts";
import { centreRoutes } from "./centres.ts";
import { dispatchRoutes } from "./dispatch.ts";
import { jobRoutes } from "./jobs.ts";
import { moneyRoutes } from "./money.ts";
import { systemRoutes } from "./system.ts";
import { tenantRoutes } from "./tenants.ts";

export * from "./agent-link.ts";
export * from "./centres.ts";
export * from "./client.ts";
export * from "./codec.ts";
export * from "./dispatch.ts";
export * from "./explanation.ts";
export * from "./job-spec.ts";
export * from "./jobs.ts";
export * from "./money.ts";
export * from "./permissions.ts";
export * from "./policy.ts";
export * from "./problem.ts";
export * from "./route.ts";
export * from "./snapshot.ts";
export * from "./system.ts";
export * from "./tenants.ts";

/** Every route of the API by name. */
export const routes = {
  ...jobRoutes,
  ...centreRoutes,
  ...dispatchRoutes,
  ...agentRoutes,
  ...tenantRoutes,
  ...moneyRoutes,
  ...systemRoutes,
} as const;
export type RouteName = keyof typeof routes;
