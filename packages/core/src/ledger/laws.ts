import { asId, formatYuan, microYuan, minus, oneFen, type MicroYuan } from "../units/index.ts";
import {
  accountKinds,
  accountRef,
  balanceOf,
  floorOf,
  fundBook,
  moneyBook,
  ownerOf,
  type Account,
  type AccountKind,
  type AccountPath,
  type Book,
} from "./account.ts";
import type { Hold } from "./hold.ts";

/** What the laws are about: all accounts, and by account the sum of what its holds have left. */
export interface Standing {
  readonly accounts: readonly Account[];
  readonly held: ReadonlyMap<AccountPath, MicroYuan>;
}

/**
 * What holds of the books at every moment, whatever was posted. Each law returns what breaks it, as
 * sentences; none when it holds. Tests, the audit and the fault tests all check these.
 */
export const laws = {
  "each account is in the chart": ({ accounts }) =>
    accounts
      .filter((account) => accountRef(account)?.kind !== account.kind)
      .map(({ path, book }) => `${path} in the book ${book} is not in the chart of accounts`),

  "each book sums to zero": ({ accounts }) =>
    [...sumsBy(accounts, ({ book }) => book)]
      .filter(([, sum]) => sum !== 0n)
      .map(([book, sum]) => `the book ${book} sums to ${show(sum)}, not to zero`),

  "no account is below its floor": ({ accounts }) =>
    accounts.flatMap((account) => {
      const floor = floorOf(account);
      const balance = balanceOf(account);
      if (floor === null || balance >= floor) return [];
      return [`${account.path} stands at ${show(balance)}, below ${show(floor)}`];
    }),

  "what is set aside is what the holds have left": ({ accounts, held }) => {
    const setAside = accounts.filter(
      ({ kind }) => Object.hasOwn(accountKinds, kind) && accountKinds[kind].holds,
    );
    const byPath = new Map(setAside.map((account) => [account.path, balanceOf(account)]));
    return [...new Set([...byPath.keys(), ...held.keys()])].flatMap((path) => {
      const [stands, left] = [byPath.get(path) ?? 0n, held.get(path) ?? 0n];
      if (stands === left) return [];
      return [`${path} stands at ${show(stands)}, but its holds have ${show(left)} left`];
    });
  },

  "a fund's money is where its statement says": ({ accounts }) =>
    [...byFund(accounts)].flatMap(([book, { debits, balance }]) => {
      const gone = debits("appropriation") - balance("available") - balance("issued");
      const used = spentKinds.reduce((sum, kind) => sum + balance(kind), 0n);
      if (gone === used) return [];
      const left = `${show(gone)} left what ${book} has available or granted`;
      return [`${left}, but ${show(used)} are reserved, redeemed, expired, returned or asked back`];
    }),

  "a fund owes what was redeemed": ({ accounts }) =>
    [...byFund(accounts)].flatMap(([book, { debits, credits }]) => {
      const [used, owed] = [credits("redeemed"), debits("due") - credits("fund-refund")];
      if (used === owed) return [];
      return [`in ${book} ${show(used)} was redeemed, but ${show(owed)} fell due`];
    }),

  "what was paid back to a fund is not owed by it": ({ accounts }) =>
    [...byFund(accounts)].flatMap(([book, { debits, credits }]) => {
      const [back, credited] = [debits("clawback"), credits("due")];
      if (back <= credited) return [];
      return [`in ${book} ${show(back)} was paid back, but only ${show(credited)} credited`];
    }),

  "nothing is rounded away": ({ accounts }) =>
    accounts
      .filter(({ kind, debits, credits }) => kind === "rounding" && (debits > 0n || credits > 0n))
      .map((account) => `${account.path} stands at ${show(balanceOf(account))}; it is never used`),

  "public money stands in whole fen": ({ accounts }) =>
    accounts
      .filter(({ book, kind }) => book !== moneyBook || kind === "due")
      .filter(({ debits, credits }) => debits % oneFen !== 0n || credits % oneFen !== 0n)
      .map((account) => `${account.path} stands at ${show(balanceOf(account))}, a part of a fen`),
} as const satisfies Record<string, (standing: Standing) => string[]>;

export type LawName = keyof typeof laws;

/** Every breach of every law. Empty: all hold. */
export const breaches = (standing: Standing): { law: LawName; what: string }[] =>
  (Object.keys(laws) as LawName[]).flatMap((law) =>
    laws[law](standing).map((what) => ({ law, what })),
  );

/** Where stored balances differ from those that the journal gives. */
export function differences(
  stored: Iterable<Account>,
  fromJournal: ReadonlyMap<AccountPath, Account>,
): string[] {
  const unseen = new Set(fromJournal.keys());
  const found: string[] = [];
  for (const { path, debits, credits } of stored) {
    unseen.delete(path);
    const right = fromJournal.get(path);
    if (debits === (right?.debits ?? 0n) && credits === (right?.credits ?? 0n)) continue;
    const journal = `${show(right?.debits ?? 0n)} and ${show(right?.credits ?? 0n)}`;
    found.push(
      `${path} says ${show(debits)} debits and ${show(credits)} credits; its transfers, ${journal}`,
    );
  }
  for (const path of unseen) found.push(`${path} has transfers, but is not among the accounts`);
  return found;
}

/** What the holds have left, by account. */
export function heldBy(holds: Iterable<Hold>): Map<AccountPath, MicroYuan> {
  const held = new Map<AccountPath, MicroYuan>();
  for (const { account, remaining } of holds) {
    held.set(account, microYuan((held.get(account) ?? 0n) + remaining));
  }
  return held;
}

/** What left what a fund can still give: these kinds of accounts together. */
const spentKinds = ["reserved", "redeemed", "expired", "returned", "clawback"] as const;

interface FundSums {
  readonly debits: (kind: AccountKind) => bigint;
  readonly credits: (kind: AccountKind) => bigint;
  readonly balance: (kind: AccountKind) => bigint;
}

/** By the fund's book: totals of its accounts by kind, of those in the book of money as well. */
function byFund(accounts: readonly Account[]): Map<string, FundSums> {
  const funds = Map.groupBy(accounts, ({ book, kind, path }) =>
    book !== moneyBook
      ? book
      : accountKinds[kind]?.path.join() === "fund"
        ? fundBook(asId(ownerOf({ kind, path })))
        : undefined,
  );
  funds.delete(undefined);
  const sums = new Map<string, FundSums>();
  for (const [book, all] of funds) {
    const byKind = Map.groupBy(all, ({ kind }) => kind);
    const debits = (kind: AccountKind) =>
      (byKind.get(kind) ?? []).reduce((sum, one) => sum + one.debits, 0n);
    const credits = (kind: AccountKind) =>
      (byKind.get(kind) ?? []).reduce((sum, one) => sum + one.credits, 0n);
    const balance = (kind: AccountKind) => credits(kind) - debits(kind);
    sums.set(book as string, { debits, credits, balance });
  }
  return sums;
}

function sumsBy<K extends Book | string>(
  accounts: readonly Account[],
  key: (account: Account) => K,
): Map<K, bigint> {
  const sums = new Map<K, bigint>();
  for (const account of accounts) {
    const balance = minus(account.credits, account.debits);
    sums.set(key(account), (sums.get(key(account)) ?? 0n) + balance);
  }
  return sums;
}

const show = (amount: bigint) => formatYuan(microYuan(amount));
