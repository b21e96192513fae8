import { expect, test } from "vitest";

import { maskName } from "./mask-name.ts";

test.each([
  ["杭州湖畔视觉科技有限公司", "杭州****公司"],
  ["湖畔公司", "湖***"],
  ["甲", "甲"],
  ["Lakeside Vision Ltd", "L****e V****n L*d"],
  ["", ""],
])("%s is shown as %s", (name, shown) => {
  expect(maskName(name)).toBe(shown);
});
