export { openTimeline, type Booked, type PoolTimeline, type StartNow } from "./timeline.ts";
export type { Gang, Search, Start } from "./earliest.ts";
