import { balanceOf, type Account, type JournalLine } from "@wadi/core/ledger";
import type { accountView, correctionView, transferView } from "@wadi/protocol";
import type { z } from "zod";

import type { Correction } from "./correction-store.ts";

/** A line of the journal as the API shows it; `asWritten` of core makes a line of it again. */
export const viewOfTransfer = ({
  from,
  to,
  ...line
}: JournalLine): z.output<typeof transferView> => ({
  ...line,
  book: from.book,
  from: from.path,
  to: to.path,
});

export const viewOfAccount = (account: Account): z.output<typeof accountView> => ({
  path: account.path,
  book: account.book,
  debits: account.debits,
  credits: account.credits,
  balance: balanceOf(account),
});

export const viewOfCorrection = (one: Correction): z.output<typeof correctionView> => ({
  ...one,
  state: one.decidedBy === null ? "asked" : one.posted === null ? "declined" : "posted",
});
