export * from "./quantity.ts";
export * from "./rounding.ts";
export * from "./money.ts";
export * from "./measure.ts";
export * from "./price.ts";
export * from "./id.ts";
export * from "./duration.ts";
export { formatDecimal, parseDecimal } from "./decimal.ts";
