import { readFileSync } from "node:fs";
import { monthStates } from "@wadi/core/settlement";
import { expect, test } from "vitest";

// What the pages say of the states of a month that the code says too. On a difference the failure
// prints what is right: put it into the page.

test.each([
  ["settlement.md", ["a month is", "and may take the steps"], "none"],
  ["settlement.zh-CN.md", ["状态", "可执行的步骤"], "无"],
])("%s shows the states of a month as the code has them", (file, head, none) => {
  const page = readFileSync(new URL(file, import.meta.url), "utf8");
  const [, rest = ""] = page.split("<!-- month states -->\n");
  const rows = Object.entries(monthStates).map(([state, steps]) => {
    return [`\`${state}\``, steps.join(", ") || none];
  });
  const table = [head, ["---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const shown = rest.split("\n<!-- end of month states -->")[0];
  expect(shown).toBe(table.join("\n").replace("| --- | --- |", "|---|---|"));
});
