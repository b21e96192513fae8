export { openAhead } from "./ahead.ts";
export { startDispatch, type Dispatcher, type Sweep } from "./lead.ts";
export { dispatchMetrics } from "./metrics.ts";
export { serveDispatch } from "./routes.ts";
