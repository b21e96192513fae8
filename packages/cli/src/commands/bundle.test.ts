import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

const text = readFileSync(new URL("../testing/a-bundle.txt", import.meta.url), "utf8");

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});
async function run(...args: string[]) {
  double ??= await startDouble({ tenantBundle: () => bundle.parse(JSON.parse(text)) });
  return runProgram(args, { hub: double.url });
}

test("a bundle is written as the hub made it, and verifies", async () => {
  const file = join(emptyFolder(), "bill.json");
  const ran = await run("bundle", "acme", "--from", "2026-11-01", "--out", file);
  expect(ran).toMatchObject({ code: 0, stdout: `${file}: the bill of acme with its proof\n` });
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(text));
  expect(double!.calls[0]).toMatchObject({ params: { id: "acme" } });
  expect((await run("verify", file)).stdout).toContain("right");
});

test("a file that is there is replaced only when asked to", async () => {
  const file = join(emptyFolder(), "bill.json");
  await run("bundle", "acme", "--out", file);
  const again = await run("bundle", "acme", "--out", file);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain("is there already");
  expect((await run("bundle", "acme", "--out", file, "--force")).code).toBe(0);
});

test("to standard output, for another program", async () => {
  const { stdout } = await run("bundle", "acme", "--out", "-");
  expect(JSON.parse(stdout)).toEqual(JSON.parse(text));
});
