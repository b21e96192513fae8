export { silenceSweep } from "./lose-silent-centres.ts";
export { serveLink } from "./routes.ts";
export { agentCheck, refuseReplaced } from "./sign-in.ts";
