export { openAhead } from "./ahead.ts";
export { startDispatch, type Dispatcher, type Sweep } from "./lead.ts";
export { openRegionAsks, type RegionAsks } from "./asks/index.ts";
export { dispatchMetrics } from "./metrics.ts";
export { serveDispatch } from "./routes.ts";
