export { readRegion, type Region } from "./region.ts";
export { priceScheduleJson, priceScheduleOf } from "./wire.ts";
export type { CentreMode, CentreState } from "./presence.ts";
export {
  centreStates,
  hear,
  isStillSilent,
  noteJoined,
  readMode,
  readSilent,
} from "./presence-store.ts";
export { keepSerials } from "./serial-store.ts";
export { readPlaces, saveInventory } from "./store.ts";
export { hashOfSecret, makeSecret } from "./secrets.ts";
export { takeJoinToken } from "./join-token-store.ts";
export type { CardsInUse } from "./put-centre.ts";
export { serveCentres } from "./routes.ts";
