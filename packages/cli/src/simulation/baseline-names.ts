/** What others do, to be compared with. */
export const baselineNames = [
  "fifo-per-centre",
  "cheapest-price",
  "cheapest-with-data",
  "race",
  "least-loaded",
  "best-fit",
] as const;
export type BaselineName = (typeof baselineNames)[number];
