export { checkPolicy } from "./check-policy.ts";
export { readPolicyNow, type PolicyNow } from "./policy-now.ts";
export { servePolicy } from "./routes.ts";
