import { formatYuan, minus, noMoney, total, type MicroYuan } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";

import { holds, same, type Check } from "./checks.ts";
import type { People } from "./people.ts";

type Account = ReplyOf<typeof routes.listAccounts>["items"][number];

/** Where a fund's money stands, in yuan; `appropriated` is all the others together. */
export const fundParts = [
  "available",
  "issued",
  "reserved",
  "redeemed",
  "expired",
  "returned",
  "clawback",
] as const;

export interface FundLine {
  readonly fund: string;
  readonly appropriated: MicroYuan;
  readonly parts: Readonly<Record<(typeof fundParts)[number], MicroYuan>>;
}

export const readBooks = ({ operator }: People): Promise<Account[]> =>
  operator.all(routes.listAccounts);

export function fundLines(accounts: readonly Account[]): FundLine[] {
  const books = [...new Set(accounts.map(({ book }) => book))].filter((one) => one !== "money");
  return books.map((book) => {
    const own = accounts.filter((one) => one.book === book);
    const sum = (kind: string) => sumOfKind(own, kind);
    const parts = Object.fromEntries(fundParts.map((kind) => [kind, sum(kind)]));
    return {
      fund: book.replace("fund/", ""),
      appropriated: minus(noMoney, sum("appropriation")),
      parts: parts as FundLine["parts"],
    };
  });
}

/** Every book sums to zero, and what was appropriated is somewhere. */
export function checkBooks(accounts: readonly Account[]): Check[] {
  const books = [...new Set(accounts.map(({ book }) => book))];
  const sums = books.map((book) => {
    const own = accounts.filter((one) => one.book === book);
    return { book, sum: total(own.map(({ balance }) => balance)) };
  });
  const notZero = sums.filter(({ sum }) => sum !== noMoney);
  const lines = fundLines(accounts);
  const lost = lines.filter(({ appropriated, parts }) => {
    return total(Object.values(parts)) !== appropriated;
  });
  const money = accounts.filter(({ book }) => book === "money");
  return [
    holds(
      `each of ${books.length} books sums to zero`,
      notZero.map(({ book, sum }) => `${book} sums to ${formatYuan(sum)}`),
    ),
    holds(
      "appropriated = available + issued + reserved + redeemed + expired + returned + asked back",
      lost.map(({ fund }) => `fund ${fund}`),
    ),
    same("nothing is held for jobs any more", sumOfKind(money, "held"), 0n),
    same("nothing is disputed any more", sumOfKind(money, "dispute-hold"), 0n),
    same("nothing is on its way to the bank any more", sumOfKind(money, "in-transit"), 0n),
  ];
}

/** Of the book of money, by kind of account. */
export function moneyLines(accounts: readonly Account[]): (readonly [string, MicroYuan])[] {
  const own = accounts.filter(({ book }) => book === "money");
  const kinds = [...new Set(own.map((one) => kindOf(one)))].sort();
  return kinds.map((kind) => [kind, sumOfKind(own, kind)]);
}

/** What was used of a programme's vouchers and not asked back, whichever fund paid. */
export const redeemedOf = (accounts: readonly Account[], programme: string): MicroYuan =>
  total(
    accounts
      .filter(({ path }) => {
        const [kind, , of] = path.split("/");
        return kind === "redeemed" && (of === programme || of!.startsWith(`${programme}--`));
      })
      .map(({ balance }) => balance),
  );

const kindOf = ({ path }: Account): string => path.split("/")[0]!;
const sumOfKind = (accounts: readonly Account[], kind: string): MicroYuan =>
  total(accounts.filter((one) => kindOf(one) === kind).map(({ balance }) => balance));
