export type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "./problem.ts";
export * from "./certificate.ts";
export { certify, type Effort } from "./certify.ts";
export { marginalWorth } from "./scarcity.ts";
