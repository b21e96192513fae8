export type { Booked } from "./answers.ts";
export { openTimeline, type PoolTimeline, type StartNow } from "./timeline.ts";
export type { Gang, Search, Start } from "./earliest.ts";
