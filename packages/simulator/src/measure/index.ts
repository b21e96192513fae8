export { measure, type Measures } from "./measure.ts";
export { estimatedOf, type Estimated } from "./estimated.ts";
export { fairnessOf, jain, maxMin, type FairnessOptions } from "./fairness.ts";
export { spendingOf, type Spending } from "./spending.ts";
export { meanOf, quantile, spreadOf, type Spread } from "./spread.ts";
export { timesByClass, waitsByTenant, type Times, type TimesByClass } from "./times.ts";
export { useByCentre, useOfAll, type Use } from "./use.ts";
