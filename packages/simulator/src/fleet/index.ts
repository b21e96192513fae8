export { cardsIn, cardsOf, type Fleet } from "./fleet.ts";
export { readFleet } from "./read-fleet.ts";
export { fleetSpec, type FleetSpec } from "./schema.ts";
export { speedsOf } from "./speeds.ts";
