import { expect, test } from "vitest";
import { lawAmount, lawRate } from "./law-values.ts";

test.each([
  ["8000000", 8_000_000_000_000n],
  ["8,000,000.00", 8_000_000_000_000n],
  ["800万", 8_000_000_000_000n],
  ["2.5亿", 250_000_000_000_000n],
  ["5000元", 5_000_000_000n],
  [5000, 5_000_000_000n],
  ["0.01", 10_000n],
])("%s is so many micro-yuan", (written, amount) => {
  expect(lawAmount.decode(written)).toBe(amount);
});

test.each(["8,00", "1,0000", "-1", "0.001", "a lot", "万", "", "１２"])(
  'the amount "%s" is refused with what would be right',
  (written) => {
    const read = lawAmount.safeDecode(written);
    expect(read.error?.issues[0]?.message).toContain("800万");
  },
);

test.each([
  ["30 %", 300_000n],
  ["3.45%", 34_500n],
  ["0.3", 300_000n],
  [0.2, 200_000n],
  ["100％", 1_000_000n],
  ["0.0001 %", 1n],
])("the share %s is so many millionths", (written, share) => {
  expect(lawRate.decode(written)).toBe(share);
});

test.each(["30 percent", "0.00001 %", "", "thirty"])('the share "%s" is refused', (written) => {
  expect(lawRate.safeDecode(written).success).toBe(false);
});
