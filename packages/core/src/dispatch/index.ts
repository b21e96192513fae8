export * from "./snapshot.ts";
export * from "./reason.ts";
export { heldBack, leastCards } from "./held-back.ts";
export { shapeOf } from "./shape.ts";
export { type Cost } from "./cost.ts";
export { type HostShare } from "./fit.ts";
export { type Candidate } from "./decide.ts";
export { round, type Plan, type Placement } from "./round.ts";
export { quote, type Quote } from "./quote.ts";
