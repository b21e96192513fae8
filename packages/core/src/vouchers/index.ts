export {
  byExpiry,
  isOver,
  judgeGrant,
  roomFor,
  voucherToUse,
  type GrantRefusal,
  type Programme,
  type Voucher,
} from "./programme.ts";
export { mostOf, restOf, sharesFor, split, type Share, type Split } from "./split.ts";
