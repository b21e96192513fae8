import { expect, test } from "vitest";
import { asId, microYuan, yuan, type HoldId, type TenantId } from "../units/index.ts";
import {
  accounts,
  applied,
  balanceOf,
  counterKinds,
  noBooks,
  post,
  totalMax,
  transferKinds,
  type Books,
  type Move,
  type PostRefusal,
  type TransferKind,
  type VoucherRef,
} from "./index.ts";

const acme: TenantId = asId("acme");
const north: TenantId = asId("north");
const hold: HoldId = asId("h1");
const city: VoucherRef = { fund: asId("city"), programme: asId("ai"), tenant: acme };

const topUp = (amount: bigint): Move => ({
  kind: "top-up",
  from: accounts.bank(),
  to: accounts.prepaid(acme),
  amount: microYuan(amount),
  hold: null,
});
const setAside = (amount: bigint): Move => ({
  kind: "hold",
  from: accounts.prepaid(acme),
  to: accounts.held(acme),
  amount: microYuan(amount),
  hold,
});
const pay = (amount: bigint, from: HoldId = hold): Move => ({
  kind: "cash",
  from: accounts.held(acme),
  to: accounts.payable(asId("hill")),
  amount: microYuan(amount),
  hold: from,
});
const release = (amount: bigint, to = acme): Move => ({
  kind: "release",
  from: accounts.held(acme),
  to: accounts.prepaid(to),
  amount: microYuan(amount),
  hold,
});

const after = (...moves: Move[]) => applied(noBooks, post(noBooks, moves));
const balance = (books: Books, path: string) =>
  balanceOf(books.accounts.get(asId(path)) ?? { debits: yuan(0), credits: yuan(0) });

test("a hold is posted in part, twice, and the rest released", () => {
  const books = after(topUp(100n), setAside(60n), pay(10n), pay(20n), release(30n));
  expect(balance(books, "prepaid/acme")).toBe(70n);
  expect(balance(books, "held/acme")).toBe(0n);
  expect(balance(books, "payable/hill")).toBe(30n);
  expect([...books.holds.values()]).toEqual([
    { id: hold, account: "held/acme", placed: 60n, remaining: 0n },
  ]);
});

test("a hold may be topped up after it was used", () => {
  const books = after(topUp(100n), setAside(60n), pay(10n), setAside(10n));
  expect([...books.holds.values()]).toEqual([
    { id: hold, account: "held/acme", placed: 70n, remaining: 60n },
  ]);
});

const rich = [topUp(100n), setAside(60n)];
test.each<[string, Move, PostRefusal["code"]]>([
  ["nothing at all", topUp(0n), "not-positive"],
  ["less than nothing", topUp(-1n), "not-positive"],
  ["more than is free", setAside(41n), "below-floor"],
  ["more than the hold has left", pay(61n), "below-floor"],
  ["another hold's money", pay(1n, asId("h2")), "exceeds-hold"],
  ["more than can be counted", topUp(totalMax), "beyond-bounds"],
  ["without saying which hold", { ...pay(1n), hold: null }, "wrong-hold"],
  ["with a hold where none belongs", { ...topUp(1n), hold }, "wrong-hold"],
  ["to another tenant", release(1n, north), "wrong-accounts"],
  ["against its direction", { ...topUp(1n), from: accounts.prepaid(acme) }, "wrong-accounts"],
  [
    "from one book to another",
    { ...pay(1n), kind: "reserve", to: accounts.reserved(city) },
    "wrong-accounts",
  ],
  [
    "public money below a fen",
    {
      kind: "appropriate",
      from: accounts.appropriation(city.fund),
      to: accounts.available(city.fund),
      amount: microYuan(10_001n),
      hold: null,
    },
    "part-of-a-fen",
  ],
])("refused: %s", (_, move, code) => {
  const posting = post(after(...rich), [move]);
  expect(posting).toMatchObject({ kind: "refused", reason: { code } });
});

test("what undoes a transfer goes back between its accounts; a refund frees what was held", () => {
  for (const [kind, counter] of Object.entries(counterKinds)) {
    const [rule, back] = [transferKinds[kind as TransferKind], transferKinds[counter]];
    expect(back.from).toBe(rule.to);
    expect(back.to).toBe(kind === "cash" ? "prepaid" : rule.from);
    expect(back.hold).toBe("none");
  }
});

test("numbers of kinds are given once: stored journals are read by them", () => {
  const numbers = Object.values(transferKinds).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  expect(Object.entries(transferKinds).map(([kind, { number }]) => `${number} ${kind}`)).toEqual([
    ...["1 top-up", "2 payout", "3 hold", "4 release", "5 cash", "6 fee", "7 subsidy"],
    ...["8 appropriate", "9 grant", "10 reserve", "11 unreserve", "12 redeem", "13 expire"],
    ...["14 fund-pays", "15 fund-refund", "16 withdraw", "17 payout-back", "18 adjust-tenant-up"],
    ...["19 adjust-tenant-down", "20 owe", "21 settle-owed", "22 clear-up", "23 clear-down"],
    ...["24 adjust-provider-up", "25 adjust-provider-down", "26 refund", "27 tax", "28 tax-paid"],
    ...["29 deposit", "30 deposit-back", "31 deposit-used", "32 dispute", "33 dispute-release"],
    ...["34 dispute-refund", "35 dispute-return", "36 send-payout", "37 payout-arrived"],
    ...["38 payout-bounced", "39 ungrant", "40 split", "41 extend", "42 restore", "43 return"],
    ...["44 claw-back", "45 clawed-back", "46 pay-back", "47 owe-back", "48 fund-refunded"],
    ...["49 reimburse", "50 overpaid", "51 overpaid-settled", "52 net-off", "53 paid-directly"],
    ...["54 direct-back", "55 direct-owed", "56 fund-paid-directly", "57 fund-direct-back"],
    ...["58 fund-refund-back", "59 return-back", "60 claw-back-undone", "61 pay-back-undone"],
    ...["62 owe-back-undone", "63 interest-back", "64 interest-unowed"],
  ]);
});

test("of a group, a later move sees the earlier ones", () => {
  expect(post(noBooks, [topUp(5n), setAside(5n)]).kind).toBe("posted");
  expect(post(noBooks, [setAside(5n), topUp(5n)]).kind).toBe("refused");
});
