export { audit, auditAll, type AuditEntry } from "./audit-store.ts";
export { ensureOperatorKey, makeOperatorKey, operatorKeyFile, type KeyMaker } from "./bootstrap.ts";
export type { FundExists } from "./make-key.ts";
export { refusedSignIns } from "./refused-sign-ins.ts";
export { serveTenancy } from "./routes.ts";
export { openKeyCheck, type KeyCheck } from "./sign-in.ts";
export {
  knownProviders,
  knownTenants,
  providerOf,
  tenantOf,
  tenantQuotas,
  type Provider,
  type Quota,
  type Tenant,
} from "./store.ts";
