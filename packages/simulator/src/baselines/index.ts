export { bestFit } from "./best-fit.ts";
export { cheapestPrice } from "./cheapest-price.ts";
export { cheapestWithData } from "./cheapest-with-data.ts";
export { fifoPerCentre } from "./fifo-per-centre.ts";
export { leastLoaded } from "./least-loaded.ts";
export { race } from "./race.ts";
