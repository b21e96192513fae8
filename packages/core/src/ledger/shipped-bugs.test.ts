import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  asId,
  formatYuan,
  microYuan,
  minus,
  noMoney,
  parseYuan,
  plus,
  rate,
  shareOf,
  total,
} from "../units/index.ts";
import { accounts, applied, balanceOf, noBooks, post, type Books, type Move } from "./index.ts";

/* What other ledgers got wrong, once each. */

const [tenant, provider] = [asId<never>("acme"), asId<never>("hill")];
const balance = (books: Books, path: string) =>
  balanceOf(books.accounts.get(asId(path)) ?? { debits: noMoney, credits: noMoney });

test("Lago lago-api#4642, one-cent drift: bills of odd parts add up to the micro-yuan", () => {
  const anyCharge = fc.record({
    amount: fc.bigInt({ min: 1n, max: 10n ** 9n }).map(microYuan),
    fee: fc.nat(1_000_000),
  });
  fc.assert(
    fc.property(fc.array(anyCharge, { minLength: 1, maxLength: 200 }), (charges) => {
      const bill = total(charges.map(({ amount }) => amount));
      const hold = asId<never>("h");
      const ways = { from: accounts.prepaid(tenant), to: accounts.held(tenant) };
      const moves: Move[] = [
        { kind: "top-up", from: accounts.bank(), to: ways.from, amount: bill, hold: null },
        { kind: "hold", ...ways, amount: bill, hold },
      ];
      let fees = noMoney;
      for (const { amount, fee } of charges) {
        const [from, to] = [accounts.held(tenant), accounts.payable(provider)];
        const part = shareOf(amount, rate(fee), "down");
        fees = plus(fees, part);
        moves.push({ kind: "cash", from, to, amount, hold });
        const kept = { from: to, to: accounts.platformFee(), amount: part, hold: null };
        if (part > 0n) moves.push({ kind: "fee", ...kept });
      }
      const books = applied(noBooks, post(noBooks, moves));
      expect(balance(books, "held/acme")).toBe(0n);
      expect(balance(books, "prepaid/acme")).toBe(0n);
      expect(balance(books, "platform-fee")).toBe(fees);
      expect(balance(books, "payable/hill")).toBe(minus(bill, fees));
    }),
  );
});

test("Lago lago-api#4642, negative totals: nothing is given back that was not there", () => {
  const paidIn = { from: accounts.bank(), to: accounts.prepaid(tenant), hold: null };
  const books = applied(
    noBooks,
    post(noBooks, [{ kind: "top-up", ...paidIn, amount: microYuan(5n) }]),
  );
  const back = { from: accounts.prepaid(tenant), to: accounts.bank(), hold: null };
  const posting = post(books, [{ kind: "withdraw", ...back, amount: microYuan(6n) }]);
  expect(posting).toMatchObject({ kind: "refused", reason: { code: "below-floor" } });
});

test("Medici, floats and cached balances: ten times 0.1 is 1, made of totals", () => {
  const tenth = parseYuan("0.1")!;
  const move: Move = {
    ...{ kind: "top-up", from: accounts.bank(), to: accounts.prepaid(tenant) },
    ...{ amount: tenth, hold: null },
  };
  const books = Array.from({ length: 10 }, () => [move]).reduce(
    (before: Books, group) => applied(before, post(before, group)),
    noBooks,
  );
  expect(formatYuan(balance(books, "prepaid/acme"))).toBe("1.00");
  expect(formatYuan(balance(books, "bank"))).toBe("-1.00");
});
