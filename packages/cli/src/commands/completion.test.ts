import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { makeTree } from "../program.ts";
import { runProgram } from "../testing/run-program.ts";
import { completionsOf } from "./completion.ts";

const tree = makeTree(() => () => Promise.resolve(), { columns: undefined });

test("every command is completed, with its own options and those of all", () => {
  const all = completionsOf(tree);
  const submit = all.find(({ path }) => path === "submit");
  expect(submit?.options).toEqual(expect.arrayContaining(["--follow", "-f", "--json", "--hub"]));
  const [root] = all;
  expect(root?.commands).toEqual(expect.arrayContaining(["jobs", "agent", "audit"]));
  expect(all.find(({ path }) => path === "agent")?.commands).toEqual(
    expect.arrayContaining(["join", "drain", "leave"]),
  );
});

/** What bash offers where the cursor stands behind the last word. */
function offered(script: string, ...words: string[]): string[] {
  const line = `
    ${script}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
    COMP_CWORD=${words.length - 1}
    _wadi
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["--norc", "-c", line], { encoding: "utf8", cwd: "/" });
  return text.trim().split("\n");
}

test.each([
  [["wadi", "subm"], ["submit"]],
  [["wadi", "agent", "dr"], ["drain"]],
  [["wadi", "--hub", "http://h", "agent", "dr"], ["drain"]],
  [["wadi", "jobs", "--st"], ["--state"]],
  [["wadi", "jobs", "--state", "run"], ["running"]],
  [["wadi", "bill", "prov"], ["provider"]],
  [["wadi", "--lang", "z"], ["zh"]],
  [["wadi", "keys", "re"], ["revoke"]],
])("bash completes %j to %j", async (words, expected) => {
  const { stdout } = await runProgram(["completion", "bash"]);
  expect(offered(stdout, ...words)).toEqual(expected);
});

test("zsh gets the same script, and another shell is told which there are", async () => {
  expect((await runProgram(["completion", "zsh"])).stdout).toMatch(/^#compdef wadi\n/);
  const fish = await runProgram(["completion", "fish"]);
  expect(fish).toMatchObject({ code: 2, stdout: "" });
});
