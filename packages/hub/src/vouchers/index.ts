export { expireVouchers } from "./expire-vouchers.ts";
export { putProgrammeIn } from "./put-programme.ts";
export { serveVouchers } from "./routes.ts";
export { fundOf, programmesOf, saveHolders } from "./store.ts";
export { versionsOf, type ProgrammeVersion } from "./version-store.ts";
export { heldVouchers, vouchersEver, vouchersOf } from "./vouchers-of.ts";
export type { Voucher as UsableVoucher } from "@wadi/core/vouchers";
