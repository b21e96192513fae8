export { placeHolds, type NewHold } from "./place-holds.ts";
export { releaseHolds } from "./release-holds.ts";
export { postTransfers, type GroupOutcome } from "./post-transfers.ts";
export { closePeriodIn, type PeriodToClose } from "./close-period.ts";
export { askCorrection, decideCorrection } from "./correct-transfer.ts";
export { undoneOfClaim } from "./correction-store.ts";
export { listPeriods, type ClosedPeriod } from "./period-store.ts";
export { claimOnce, type Once } from "./once.ts";
export { isPosted, postByHand, type ByHand } from "./post-by-hand.ts";
export { serveLedger } from "./routes.ts";
export { sumFund, type FundSum } from "./fund-sums-store.ts";
export { findVouchers, type VoucherFinder } from "./voucher-funds.ts";
export { sha256 } from "./sha256.ts";
export { viewOfTransfer } from "./views.ts";
export {
  accountsIn,
  findAccounts,
  findUnused,
  listAccounts,
  lockHead,
  readHead,
  saveHead,
  sumHolds,
  sumVouchers,
  type StoredAccount,
} from "./store.ts";
export {
  balanceAt,
  findTransfers,
  hashesAt,
  hashesIn,
  linesOn,
  readByHand,
  readJournal,
  seqBefore,
  type Stretch,
} from "./line-store.ts";
export { breachesIn } from "./standing.ts";
export { auditJournal, type AuditCheck } from "./audit-journal.ts";
export { problemList } from "./problem-list.ts";
