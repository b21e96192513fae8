export { look } from "./answers.ts";
export { openRegionAsks, type RegionAsks } from "./region-asks.ts";
