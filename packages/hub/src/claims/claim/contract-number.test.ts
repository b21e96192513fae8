import { expect, test } from "vitest";

import { contractNumber } from "./contract-number.ts";

test.each([
  "hz-2025-001",
  " HZ-2025-001 ",
  "ＨＺ－２０２５－００１",
  "HZ–2025 – 001",
  "HZ-2025-001\n",
])('"%s" is one contract, however it is written', (written) => {
  expect(contractNumber(written)).toBe("HZ-2025-001");
});

test("other numbers are other contracts", () => {
  expect(contractNumber("HZ-2025-002")).not.toBe(contractNumber("HZ-2025-001"));
  expect(contractNumber("杭算〔2025〕1号")).toBe("杭算〔2025〕1号");
});
