/** The columns of a statement's rows, in their order; the same in every language. */
export const columns = [
  "at",
  "text",
  "job",
  "jobName",
  "run",
  "pool",
  "emulated",
  "cardSeconds",
  "pHours",
  "charge",
  "voucher",
  "cash",
  "fee",
  "amount",
  "balance",
] as const;
export type Column = (typeof columns)[number];
