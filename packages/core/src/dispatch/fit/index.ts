export {
  cardValues,
  fits,
  fragmentation,
  roomIn,
  scarcityWeight,
  worthOf,
  worthOfCards,
  type Fit,
  type Fragmentation,
  type HostRoom,
  type TypicalNeed,
} from "./fragmentation.ts";
export type { Held } from "./holdings.ts";
export type { Allows, GangNeed, Layout } from "./lay-out.ts";
export { openHosts, type FreeRoom, type PoolHosts } from "./open-hosts.ts";
export { weighRoom, type PoolRoom, type PoolWeights } from "./least-waste.ts";
export { shareIn, slicesAllowed } from "./parts.ts";
export { Typical } from "./typical.ts";
