export { serveRating } from "./routes.ts";
export { billMonths, unpricedIn } from "./bill-months.ts";
export { unagreedIn } from "./unagreed.ts";
export type { UnsoldPackage } from "./refuse-unpriced.ts";
export { billsOf, type BilledMonth } from "./bill-store.ts";
export { firstPackageMonth, pactsOf } from "./rate-month.ts";
export { readAgreement, readList } from "./store.ts";
