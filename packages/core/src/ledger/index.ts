export {
  accountKinds,
  accountRef,
  accounts,
  balanceOf,
  floorOf,
  fundBook,
  moneyBook,
  newAccount,
  ownerOf,
  refAsWritten,
  voucherOf,
  type Account,
  type AccountKind,
  type AccountPath,
  type AccountRef,
  type Book,
  type VoucherRef,
} from "./account.ts";
export {
  counterKinds,
  transferKindOf,
  transferKinds,
  usualFact,
  type Move,
  type Transfer,
  type TransferId,
  type TransferKind,
} from "./transfer.ts";
export { holdKey, newHold, type Hold, type HoldKey } from "./hold.ts";
export {
  applied,
  describeRefusal,
  noBooks,
  post,
  totalMax,
  type Books,
  type Posting,
  type PostRefusal,
} from "./post.ts";
export { inOpenPeriod } from "./period.ts";
export {
  clawbackFacts,
  undoClawback,
  type ClawbackLines,
  type UndoingMove,
} from "./undo-clawback.ts";
export {
  asWritten,
  canonicalLine,
  firstHash,
  hashLine,
  microseconds,
  transferIdOf,
  type HashedLine,
  type JournalLine,
  type Sha256,
  type WrittenLine,
} from "./chain.ts";
export {
  isOfClaim,
  openVerifier,
  problemsMax,
  type Anchor,
  type Closing,
  type JournalFindings,
  type JournalVerifier,
  type VerifierOptions,
} from "./verify.ts";
export { breaches, differences, heldBy, laws, type LawName, type Standing } from "./laws.ts";
