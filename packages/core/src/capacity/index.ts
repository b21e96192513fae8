export type { Checked, Problem } from "./checked.ts";
export { below, checkSlug, checkText, checkUnique, checkWhole } from "./checked.ts";
export {
  gradeOf,
  grades,
  origins,
  stacks,
  type CardModel,
  type Figure,
  type Grade,
  type Origin,
  type Source,
  type Stack,
} from "./card-model.ts";
export {
  cardModel,
  cardModels,
  cardModelsLike,
  cpuModel,
  nameplateWork,
  peakTflops,
  type Peak,
  type UnknownPeak,
} from "./card-models.ts";
export { cardModelsNamed } from "./site-names.ts";
export { closest } from "./did-you-mean.ts";
export { steadyClock } from "./steady-clock.ts";
export { timeZoneNamed } from "./time-zone.ts";
export { centre, centreKinds, type Centre, type CentreDraft, type CentreKind } from "./centre.ts";
export {
  cardsIn,
  host,
  isEmulated,
  pool,
  type Host,
  type HostDraft,
  type Maintenance,
  type Pool,
  type PoolDraft,
} from "./pool.ts";
export {
  flatPrice,
  priceSchedule,
  type PricePeriod,
  type PriceRule,
  type PriceSchedule,
  type PriceScheduleDraft,
  type SpecialDate,
} from "./price-schedule.ts";
export { hoursOn, weekdays, type Weekday } from "./week-hours.ts";
export { costOfAll, costOver, priceAt, type CardsHeld, type Unpriced } from "./price-over-time.ts";
export { cardHourPrice, monthHours, pMonthPrice } from "./p-month.ts";
export { links, transfer, type LinkDraft, type Transfer } from "./links.ts";
export type { Link, Links } from "./routes.ts";
export { cardPriceOver } from "./card-price.ts";
export { leastCardPrice } from "./least-card-price.ts";
export { highestPrice } from "./highest-price.ts";
