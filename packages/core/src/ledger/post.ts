import { minus, oneFen, plus, yuan, type HoldId, type MicroYuan } from "../units/index.ts";
import {
  balanceOf,
  floorOf,
  moneyBook,
  newAccount,
  ownerOf,
  type Account,
  type AccountPath,
  type AccountRef,
} from "./account.ts";
import { holdKey, newHold, type Hold, type HoldKey } from "./hold.ts";
import { transferKinds, type Move } from "./transfer.ts";

/** Accounts and holds as they stand. One that is missing was never used: it stands at zero. */
export interface Books {
  readonly accounts: ReadonlyMap<AccountPath, Account>;
  readonly holds: ReadonlyMap<HoldKey, Hold>;
}

/** The accounts and holds that changed, as they stand now; or why nothing did. */
export type Posting =
  | {
      readonly kind: "posted";
      readonly accounts: readonly Account[];
      readonly holds: readonly Hold[];
    }
  | { readonly kind: "refused"; readonly reason: PostRefusal };

export type PostRefusal =
  | { readonly code: "unknown-kind"; readonly kind: string }
  | { readonly code: "not-positive"; readonly amount: MicroYuan }
  | { readonly code: "part-of-a-fen"; readonly amount: MicroYuan }
  /** More than is ever counted: an account's totals stay below `totalMax`. */
  | { readonly code: "beyond-bounds"; readonly amount: MicroYuan }
  /** The chart of accounts has no such transfer. */
  | { readonly code: "wrong-accounts"; readonly from: AccountPath; readonly to: AccountPath }
  | { readonly code: "wrong-hold"; readonly hold: HoldId | null }
  | { readonly code: "below-floor"; readonly account: AccountPath; readonly balance: MicroYuan }
  | { readonly code: "exceeds-hold"; readonly hold: HoldId; readonly remaining: MicroYuan }
  | { readonly code: "period-closed"; readonly until: Temporal.Instant };

/** Totals fit a signed 64-bit number with room to spare: four million million yuan. */
export const totalMax = yuan(4_000_000_000_000n);

/**
 * Judges moves one after another and posts all of them or none. Pure: the books given are not
 * changed; `applied` puts a posting into them.
 */
export function post(books: Books, moves: readonly Move[]): Posting {
  const accounts = new Map<AccountPath, Account>();
  const holds = new Map<HoldKey, Hold>();
  const account = (ref: AccountRef) =>
    accounts.get(ref.path) ?? books.accounts.get(ref.path) ?? newAccount(ref);

  for (const move of moves) {
    const from = account(move.from);
    const wrong = refuse(move, from);
    if (wrong) return { kind: "refused", reason: wrong };

    const side = holdSide(move);
    if (side) {
      const key = holdKey(side);
      const before = holds.get(key) ?? books.holds.get(key) ?? newHold(side.id, side.account);
      const after =
        side.sign === "place" ? placed(before, move.amount) : taken(before, move.amount);
      if (!after) {
        const { id, remaining } = before;
        return { kind: "refused", reason: { code: "exceeds-hold", hold: id, remaining } };
      }
      holds.set(key, after);
    }

    const debits = plus(from.debits, move.amount);
    accounts.set(move.from.path, { ...from, debits });
    const to = account(move.to);
    const credits = plus(to.credits, move.amount);
    accounts.set(move.to.path, { ...to, credits });
    if (debits > totalMax || credits > totalMax) {
      return { kind: "refused", reason: { code: "beyond-bounds", amount: move.amount } };
    }
  }
  return { kind: "posted", accounts: [...accounts.values()], holds: [...holds.values()] };
}

/** The books after a posting: new ones, the given ones stay as they were. */
export function applied(books: Books, posting: Posting): Books {
  if (posting.kind === "refused") return books;
  return {
    accounts: new Map([
      ...books.accounts,
      ...posting.accounts.map((account) => [account.path, account] as const),
    ]),
    holds: new Map([
      ...books.holds,
      ...posting.holds.map((hold) => [holdKey(hold), hold] as const),
    ]),
  };
}

export const noBooks: Books = { accounts: new Map(), holds: new Map() };

/** In the words of a sentence: "prepaid/acme holds 3.00". */
export function describeRefusal(reason: PostRefusal): string {
  switch (reason.code) {
    case "unknown-kind":
      return `${reason.kind} is no kind of transfer`;
    case "not-positive":
      return `an amount of ${reason.amount} micro-yuan; a transfer moves more than nothing`;
    case "part-of-a-fen":
      return `${reason.amount} micro-yuan; public money moves in whole fen of 10000`;
    case "beyond-bounds":
      return `${reason.amount} micro-yuan would take an account's total above ${totalMax}`;
    case "wrong-accounts":
      return `no transfer of this kind goes from ${reason.from} to ${reason.to}`;
    case "wrong-hold":
      return reason.hold ? "a hold where none is touched" : "no hold where one is needed";
    case "below-floor":
      return `${reason.account} has ${reason.balance} micro-yuan, less than asked for`;
    case "period-closed":
      return `what happened before ${reason.until} is closed; post a correction as of now`;
    case "exceeds-hold":
      return `hold ${reason.hold} has ${reason.remaining} micro-yuan left, less than asked for`;
  }
}

function refuse(move: Move, from: Account): PostRefusal | undefined {
  const { amount, hold } = move;
  if (!Object.hasOwn(transferKinds, move.kind)) return { code: "unknown-kind", kind: move.kind };
  const rule = transferKinds[move.kind];
  if (amount <= 0n) return { code: "not-positive", amount };
  if (!fits(move)) return { code: "wrong-accounts", from: move.from.path, to: move.to.path };
  if ((rule.hold === "none") !== (hold === null)) return { code: "wrong-hold", hold };
  if (isPublic(move) && amount % oneFen !== 0n) return { code: "part-of-a-fen", amount };

  const floor = floorOf(from);
  const balance = balanceOf(from);
  if (floor !== null && minus(balance, amount) < floor) {
    return { code: "below-floor", account: from.path, balance };
  }
  return undefined;
}

function fits({ kind, from, to }: Move): boolean {
  const rule = transferKinds[kind];
  if (from.kind !== rule.from || to.kind !== rule.to || from.book !== to.book) return false;
  if (from.path === to.path) return false;
  return !rule.sameOwner || ownerOf(from) === ownerOf(to);
}

/** Public money is counted in fen, also where it enters and leaves the book of money. */
const isPublic = ({ from, to }: Move) =>
  from.book !== moneyBook || from.kind === "due" || to.kind === "due";

/** Which hold a move changes, and on which account it stands. */
function holdSide({ kind, from, to, hold }: Move) {
  const sign = transferKinds[kind].hold;
  if (sign === "none" || hold === null) return undefined;
  return { id: hold, account: sign === "place" ? to.path : from.path, sign };
}

const placed = (hold: Hold, amount: MicroYuan): Hold => ({
  ...hold,
  placed: plus(hold.placed, amount),
  remaining: plus(hold.remaining, amount),
});

function taken(hold: Hold, amount: MicroYuan): Hold | undefined {
  if (hold.remaining < amount) return undefined;
  return { ...hold, remaining: minus(hold.remaining, amount) };
}
