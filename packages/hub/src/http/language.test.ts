import { expect, test } from "vitest";

import { preferredLanguage } from "./language.ts";

test.each([
  [undefined, "en"],
  ["", "en"],
  ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
  ["en;q=0.3, zh-Hans;q=0.7", "zh"],
  ["de, en;q=0.5, zh;q=0.4", "en"],
  ["zh;q=0", "en"],
  ["fr", "en"],
  ["zha", "en"], // Zhuang, not Chinese
])("of %j it speaks %s", (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
