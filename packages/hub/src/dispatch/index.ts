export { startDispatch, type Dispatcher, type Sweep } from "./lead.ts";
export { dispatchMetrics } from "./metrics.ts";
