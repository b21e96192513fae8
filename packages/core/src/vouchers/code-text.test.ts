import { expect, test } from "vitest";
import { aCap, aProgramme } from "./builders.testing.ts";
import { codeText, missingText, type Missing } from "./index.ts";

const words = (text: string) => ({ en: text, zh: text });
const rules = aProgramme({
  caps: [aCap("yearly", "10.00", { text: { en: "at most a year", zh: "年度上限" } })],
  redemption: {
    evidence: [
      {
        ...{ kind: "contract", text: { en: "the contract", zh: "合同" } },
        ...{ at: "claim", onlyWhenNamed: false, freshDays: null },
      },
    ],
  },
});

test("a code is told in the programme's words, a standard one in ours, else as it stands", () => {
  expect(codeText(rules, "yearly").zh).toBe("年度上限");
  expect(codeText(rules, "budget").en).toBe("the programme has no more money");
  expect(codeText(rules, "hours-a-year")).toEqual(words("hours-a-year"));
});

test.each<[Partial<Missing> & { name: string }, string]>([
  [{ kind: "fact", name: "contract.signedOn" }, "合同签订日期"],
  [{ kind: "fact", name: "amounts.approved" }, "核定金额"],
  [{ kind: "fact", name: "quantities.tokens" }, "申请词元数"],
  [{ kind: "fact", name: "relations.holdings" }, "股权关系"],
  [{ kind: "evidence", name: "contract" }, "合同"],
  [{ kind: "evidence", name: "bank-receipt" }, "bank-receipt"],
])("what is missing is told in words: %o", (missing, zh) => {
  expect(missingText(rules, missing as Missing).zh).toBe(zh);
});
