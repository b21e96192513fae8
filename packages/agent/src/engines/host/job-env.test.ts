import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asShellLines } from "./job-env.ts";

test("a shell reads every value back as it was", () => {
  const name = fc.stringMatching(/^T_[A-Za-z0-9_]{1,10}$/);
  const value = fc
    .string({ unit: "binary-ascii", maxLength: 30 })
    .map((s) => s.replaceAll("\0", "'"));
  const tricky = fc.constantFrom("'", "''", "\\", "$(id)", "`id`", "a\nb", " ", '"', "!", "é 洼地");
  const env = fc.dictionary(name, fc.oneof(value, tricky), { maxKeys: 12 });
  fc.assert(
    fc.property(env, (wanted) => {
      const script = `${asShellLines(wanted)}exec /usr/bin/env -0`;
      const output = execFileSync("/bin/sh", ["-c", script], { env: {} }).toString();
      const read = output.split("\0").flatMap((line): [string, string][] => {
        const at = line.indexOf("=");
        return line.startsWith("T_") ? [[line.slice(0, at), line.slice(at + 1)]] : [];
      });
      expect(Object.fromEntries(read)).toEqual({ ...wanted });
    }),
    { numRuns: 40 },
  );
});
