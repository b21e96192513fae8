export { expireVouchers } from "./expire-vouchers.ts";
export { serveVouchers } from "./routes.ts";
export { fundOf, programmesOf } from "./store.ts";
export { heldVouchers, vouchersEver, vouchersOf } from "./vouchers-of.ts";
export type { Voucher as UsableVoucher } from "@wadi/core/vouchers";
