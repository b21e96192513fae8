export { applyForVoucher, type Applying } from "./apply.ts";
export { auditClaims } from "./audit-claims.ts";
export { sweepClaims } from "./end-claims.ts";
export { approveRules, putRules } from "./put-rules.ts";
export { serveClaims } from "./routes.ts";
