export { serveProof } from "./routes.ts";
export { anchorSweep } from "./write-anchor.ts";
