import { describe, expect, test } from "vitest";

import { cardSeconds, parseYuan, type MicroYuan } from "../units/index.ts";
import {
  evidenceTwice,
  inOrder,
  limitsOf,
  oddHours,
  paidButIdle,
  pricesAboveMedian,
  serialsTwice,
  sharedDetails,
  splitContracts,
  usualLimits as limits,
} from "./index.ts";

const yuan = (text: string) => parseYuan(text) as MicroYuan;
const dayOf = (text: string) => Temporal.PlainDate.from(text);
const at = (text: string) => Temporal.Instant.from(text);

describe("a price against the 90-day median", () => {
  const deal = (place: number, price: string, on = "2026-03-01") => ({
    subject: `claim/${place}`,
    item: "card-hour/h100-sxm",
    unitPrice: yuan(price),
    day: dayOf(on),
  });
  const usual = ["14.00", "15.00", "15.00", "15.00", "16.00"].map((price, i) => deal(i, price));

  test("of the median and 30 % more is none, a fen above it is one", () => {
    expect(pricesAboveMedian([...usual, deal(9, "19.50")], limits)).toEqual([]);
    const [found] = pricesAboveMedian([...usual, deal(9, "19.51")], limits);
    expect(found?.subjects).toEqual(["claim/9"]);
    expect(found?.evidence.map(({ value }) => value)).toEqual(["19.51", "15.00"]);
  });
  test("needs five earlier deals within the days, for the same item", () => {
    expect(pricesAboveMedian([...usual.slice(1), deal(9, "90")], limits)).toEqual([]);
    expect(pricesAboveMedian([...usual, deal(9, "90", "2026-06-01")], limits)).toEqual([]);
    const other = { ...deal(9, "90"), item: "card-hour/4090" };
    expect(pricesAboveMedian([...usual, other], limits)).toEqual([]);
  });
  test("does not depend on the order in which deals are given", () => {
    const deals = [...usual, deal(9, "30"), deal(8, "29", "2026-03-02")];
    const found = inOrder(pricesAboveMedian(deals, limits));
    expect(found).toHaveLength(2);
    expect(inOrder(pricesAboveMedian(deals.toReversed(), limits))).toEqual(found);
  });
});

test.each([
  // paid h  busy s  found
  [100, 0, 1],
  [100, 7_199, 1],
  [100, 7_200, 0],
  [23, 0, 0],
  [100, null, 0],
])("%d paid card-hours of which %s seconds were busy: %d signals", (paid, busy, found) => {
  const time = {
    subject: "tenant/acme",
    during: "2026-03",
    paid: cardSeconds(paid * 3600),
    busy: busy === null ? null : cardSeconds(busy),
  };
  expect(paidButIdle([time], limits)).toHaveLength(found);
});

describe("contracts just under a bound", () => {
  const bounds = [{ code: "review-floor", amount: yuan("1000000") }];
  const contract = (place: number, amount: string, on: string, supplier = "s") => ({
    subject: `contract/${place}`,
    applicant: "acme",
    supplier,
    total: yuan(amount),
    signedOn: dayOf(on),
  });
  const found = (...contracts: ReturnType<typeof contract>[]) =>
    splitContracts(contracts, { bounds, limits }).map(({ subjects }) => subjects);

  test("are a signal when two were signed within the days", () => {
    const first = contract(1, "999999.99", "2026-01-01");
    expect(found(first, contract(2, "950000", "2026-04-01"))).toEqual([
      ["contract/1", "contract/2"],
    ]);
    expect(found(first, contract(2, "950000", "2026-04-02"))).toEqual([]);
  });
  test("are none at the bound, far below it, or with different suppliers", () => {
    const first = contract(1, "999999.99", "2026-01-01");
    expect(found(first, contract(2, "1000000", "2026-01-02"))).toEqual([]);
    expect(found(first, contract(2, "949999.99", "2026-01-02"))).toEqual([]);
    expect(found(first, contract(2, "960000", "2026-01-02", "t"))).toEqual([]);
  });
});

test("one card paid for twice at a moment is a signal, one after the other is none", () => {
  const held = (subject: string, from: string, to: string) => ({
    ...{ subject, serial: "SN1", place: "centre east of lowland" },
    ...{ from: at(`2026-01-01T${from}:00Z`), to: at(`2026-01-01T${to}:00Z`) },
  });
  const apart = [held("run/a", "00:00", "01:00"), held("run/b", "01:00", "02:00")];
  expect(serialsTwice(apart, limits)).toEqual([]);
  const third = held("run/c", "00:30", "00:40");
  expect(serialsTwice([...apart, third], limits).map(({ subjects }) => subjects)).toEqual([
    ["run/a", "run/c"],
  ]);
  const own = [held("run/a", "00:00", "01:00"), held("run/a", "00:30", "02:00")];
  expect(serialsTwice(own, limits)).toEqual([]);
});

test("an overlap shorter than a minute is of clocks that differ, and none", () => {
  const held = (subject: string, from: string, to: string) => ({
    ...{ subject, serial: "SN1", place: `centre ${subject} of lowland` },
    ...{ from: at(`2026-01-01T${from}Z`), to: at(`2026-01-01T${to}Z`) },
  });
  const first = held("run/a", "00:00:00", "01:00:00");
  expect(serialsTwice([first, held("run/b", "00:59:01", "02:00:00")], limits)).toEqual([]);
  const [found] = serialsTwice([first, held("run/b", "00:59:00", "02:00:00")], limits);
  expect(found?.evidence.map(({ what }) => what)).toEqual([
    "held card SN1 at centre run/a of lowland",
    "held card SN1 at centre run/b of lowland",
  ]);
});

test("one bank account over two applicants is a signal, however it is written", () => {
  const found = sharedDetails(
    [
      { subject: "applicant/a", details: { "bank account": "6222 0000 1111", phone: "1" } },
      { subject: "applicant/b", details: { "bank account": "６２２２-00001111", address: " " } },
      { subject: "applicant/c", details: { address: "", phone: "2" } },
    ],
    limits,
  );
  expect(found.map(({ subjects }) => subjects)).toEqual([["applicant/a", "applicant/b"]]);
  expect(found[0]?.sentence.zh).toContain("银行账号");
});

test("the same file for two claims is a signal, twice for one claim is none", () => {
  const file = (subject: string) => ({ subject, hash: "a".repeat(64), kind: "invoice" });
  expect(evidenceTwice([file("claim/1"), file("claim/1")])).toEqual([]);
  expect(evidenceTwice([file("claim/1"), file("claim/2")])).toHaveLength(1);
});

test("half of ten redemptions at night are a signal, in the programme's time zone", () => {
  const redeemed = (night: number, day: number) => [
    ...Array.from({ length: night }, (_, i) => ({
      subject: "a",
      at: at(`2026-01-0${i + 1}T18:30:00Z`),
    })),
    ...Array.from({ length: day }, (_, i) => ({
      subject: "a",
      at: at(`2026-01-0${i + 1}T06:30:00Z`),
    })),
  ];
  const zone = { timeZone: "Asia/Shanghai", limits };
  expect(oddHours(redeemed(5, 5), zone)[0]?.evidence[0]?.value).toBe("5 of 10");
  expect(oddHours(redeemed(4, 6), zone)).toEqual([]);
  expect(oddHours(redeemed(5, 4), zone)).toEqual([]);
  expect(oddHours(redeemed(5, 5), { ...zone, timeZone: "UTC" })).toEqual([]);
});

test("a programme's own thresholds go before the usual ones", () => {
  const own = limitsOf({
    signals: [
      { signal: "price-above-median", threshold: 500_000n },
      { signal: "shared-contact", threshold: 3n },
    ],
  });
  expect(own).toEqual({ ...limits, aboveMedian: 500, sharedLeast: 3 });
});
