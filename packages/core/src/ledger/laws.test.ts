import { expect, test } from "vitest";
import { asId, microYuan } from "../units/index.ts";
import {
  accounts,
  breaches,
  moneyBook,
  type Account,
  type AccountRef,
  type LawName,
  type VoucherRef,
} from "./index.ts";

const at = (ref: AccountRef, debits: bigint, credits: bigint): Account => ({
  ...ref,
  debits: microYuan(debits),
  credits: microYuan(credits),
});
const voucher: VoucherRef = { fund: asId("city"), programme: asId("ai"), tenant: asId("acme") };

const sound = {
  accounts: [
    at(accounts.bank(), 500_000n, 0n),
    at(accounts.prepaid(asId("acme")), 200_000n, 500_000n),
    at(accounts.held(asId("acme")), 100_000n, 200_000n),
    at(accounts.payable(asId("hill")), 0n, 130_000n),
    at(accounts.due(asId("city")), 30_000n, 0n),
    at(accounts.reserved(voucher), 30_000n, 30_000n),
    at(accounts.redeemed(voucher), 0n, 30_000n),
    at(accounts.appropriation(asId("city")), 30_000n, 0n),
  ],
  held: new Map([[accounts.held(asId("acme")).path, microYuan(100_000n)]]),
};

test("sound books break no law", () => {
  expect(breaches(sound)).toEqual([]);
});

const changed = (path: string, change: Partial<Account>) => ({
  ...sound,
  accounts: sound.accounts.map((one) => (one.path === path ? { ...one, ...change } : one)),
});
const plus = (credits: bigint) => ({ credits: microYuan(credits) });

test.each<[string, typeof sound, LawName[], string]>([
  [
    "money out of nothing",
    changed("prepaid/acme", plus(500_001n)),
    ["each book sums to zero"],
    "the book money sums to 0.000001, not to zero",
  ],
  [
    "an overdrawn account",
    { ...changed("prepaid/acme", plus(100_000n)) },
    ["each book sums to zero", "no account is below its floor"],
    "prepaid/acme stands at -0.10, below 0.00",
  ],
  [
    "a hold that nobody placed",
    { ...sound, held: new Map() },
    ["what is set aside is what the holds have left"],
    "held/acme stands at 0.10, but its holds have 0.00 left",
  ],
  [
    "a redemption that nobody owes",
    changed("due/city", { debits: microYuan(20_000n) }),
    ["each book sums to zero", "a fund owes what was redeemed"],
    "in fund/city 0.03 was redeemed, but 0.02 fell due",
  ],
  [
    "part of a fen of public money",
    changed("redeemed/acme/ai", plus(30_001n)),
    [
      "each book sums to zero",
      "a fund's money is where its statement says",
      "a fund owes what was redeemed",
      "public money stands in whole fen",
    ],
    "redeemed/acme/ai stands at 0.030001, a part of a fen",
  ],
  [
    "an appropriation that went nowhere",
    changed("appropriation/city", { debits: microYuan(50_000n) }),
    ["each book sums to zero", "a fund's money is where its statement says"],
    "0.05 left what fund/city has available or granted, but 0.03 are reserved, redeemed, " +
      "expired, returned or asked back",
  ],
  [
    "a clawback paid back that the fund was not credited for",
    {
      ...sound,
      accounts: [
        ...sound.accounts.filter(({ path }) => path !== "appropriation/city"),
        at(accounts.appropriation(asId("city")), 30_000n, 0n),
        at(accounts.clawback(voucher), 10_000n, 10_000n),
      ],
    },
    ["what was paid back to a fund is not owed by it"],
    "in fund/city 0.01 was paid back, but only 0.00 credited",
  ],
  [
    "something rounded away",
    {
      ...sound,
      accounts: [
        ...sound.accounts,
        at({ kind: "rounding", path: asId("rounding"), book: moneyBook }, 0n, 1n),
      ],
    },
    ["each book sums to zero", "nothing is rounded away"],
    "rounding stands at 0.000001; it is never used",
  ],
  [
    "an account of an unknown book",
    changed("bank", { book: asId("attic") }),
    ["each account is in the chart", "each book sums to zero"],
    "bank in the book attic is not in the chart of accounts",
  ],
])("%s is found", (_, books, broken, sentence) => {
  const found = breaches(books);
  expect([...new Set(found.map(({ law }) => law))]).toEqual(broken);
  expect(found.map(({ what }) => what)).toContain(sentence);
});
