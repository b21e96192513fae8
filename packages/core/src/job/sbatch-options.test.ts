import { expect, test } from "vitest";
import { readOptions } from "./sbatch-options.ts";
import type { Report } from "./sbatch-report.ts";
import { takeApart } from "./sbatch-script.ts";

/*
 * What sbatch 22.05.8 itself found in the same scripts (`sbatch -vvvvv`, "Found in script" and
 * "defined options"), unless a line says otherwise.
 */

function read(...lines: string[]) {
  const report: Report = { notUnderstood: [], problems: [] };
  const script = takeApart(["#!/bin/bash", ...lines].join("\n"), report);
  const options = readOptions(script.words, report);
  const given = [...options.values()].map(({ name, value }) =>
    value === null ? name : `${name}=${value}`,
  );
  return { words: script.words.map(({ text }) => text), given, ...report };
}

const messages = (...lines: string[]) => read(...lines).problems.map(({ message }) => message);

test.each([
  [`--job-name="a b" # hi`, ["--job-name=a b"]],
  ["--job-name=a#b", ["--job-name=a"]],
  ["--job-name=a #b -N3", ["--job-name=a"]],
  [`--job-name='a "b'`, [`--job-name=a "b`]],
  [`--job-name="a\\"b"`, [`--job-name=a"b`]],
  [`--job-name='a\\'b'`, ["--job-name=a'b"]],
  ["--job-name=a\\ b", ["--job-name=a", "b"]],
  ["--job-name=a\\\\b", ["--job-name=a\\b"]],
  ["--job-name=a\\nb", ["--job-name=anb"]],
  ["--job-name=a\\#b", ["--job-name=a#b"]],
  [`-J a"#"b -N3`, ["-J", "a#b", "-N3"]],
  [`--job-name="a"b'c'`, ["--job-name=abc"]],
  [`-J"a b"-N3`, ["-Ja b-N3"]],
  [`-J "" -N3`, ["-J"]],
  ["\\ -N3", []],
  ["--time=10 \\", ["--time=10"]],
  ["--job-name=a\t-N3", ["--job-name=a", "-N3"]],
  ["--=3", ["--=3"]],
])("the words of #SBATCH %s are %j", (directive, words) => {
  expect(read(`#SBATCH ${directive}`).words).toEqual(words);
});

test.each([
  ["#SBATCH--job-name=z", ["job-name=z"]],
  ["##SBATCH -N3", []],
  ["# SBATCH -N3", []],
  ["#sbatch -N3", []],
  ["#SBATCH", []],
  ["#SBATCH --nodes 3", ["nodes=3"]],
  ["#SBATCH -N3 -n 4", ["nodes=3", "ntasks=4"]],
  ["#SBATCH -Hn4", ["hold", "ntasks=4"]],
  ["#SBATCH -vN3", ["verbose", "nodes=3"]],
  ["#SBATCH -N=3", ["nodes==3"]],
  ["#SBATCH --job=x", ["job-name=x"]],
  ["#SBATCH --tasks-per-node=2", ["ntasks-per-node=2"]],
  ["#SBATCH --tasks=2", ["ntasks-per-node=2"]],
  ["#SBATCH --mem=1G", ["mem=1G"]],
  ["#SBATCH --ntasks=3 --ntasks=4", ["ntasks=4"]],
  ["#SBATCH --requeue --no-requeue", ["requeue", "no-requeue"]],
  ["#SBATCH --exclusive=user", ["exclusive=user"]],
  ["#SBATCH --exclusive -N3", ["exclusive", "nodes=3"]],
  ["#SBATCH --nice -N3", ["nice", "nodes=3"]],
  ["#SBATCH -J -N3", ["job-name=-N3"]],
  ["#SBATCH --job-name --nodes=3", ["job-name=--nodes=3"]],
  ["#SBATCH --job-name=", ["job-name="]],
])("%s is read as %j", (line, given) => {
  const found = read(line, "echo");
  expect(found.given).toEqual(given);
  expect(found.problems).toEqual([]);
});

test.each([
  ["#SBATCH --job-name=a b", /^b: "b" is no option; take it out$/],
  ["#SBATCH --exclusive user", /"user" is no option/],
  ['#SBATCH --job-name="a b', /" is opened and never closed/],
  ["#SBATCH -N3 : -n4", /a word may not begin with ":"/],
  ["#SBATCH --node=3", /--node may be --nodefile or --nodelist or --nodes; write it out/],
  ["#SBATCH --unknown=3", /--unknown is no option of sbatch/],
  ["#SBATCH --=3", /-- is no option of sbatch/],
  ["#SBATCH --constructor=3", /--constructor is no option/],
  ["#SBATCH -z", /-z is no option of sbatch/],
  ["#SBATCH -", /"-" is no option/],
  ["#SBATCH --time", /--time needs a value; write --time=VALUE/],
  ["#SBATCH -J", /-J \(--job-name\) needs a value/],
  ["#SBATCH --hold=yes", /--hold takes no value; leave out "=yes"/],
  ["#SBATCHX -N3", /"X" is no option/],
])("%s is refused", (line, message) => {
  expect(messages(line)).toEqual([expect.stringMatching(message)]);
});

test("directives end at the first line that is neither blank nor a comment", () => {
  const { given, notUnderstood } = read("", "  ", "\t# x", "#SBATCH -n3", "set -e", "#SBATCH -n9");
  expect(given).toEqual(["ntasks=3"]);
  expect(notUnderstood).toEqual([
    {
      line: 7,
      directive: "#SBATCH -n9",
      why: expect.stringMatching(/after the first command \(line 6\); move it up/),
    },
  ]);
});

test("a value may stand in the next directive, as sbatch has it", () => {
  expect(read("#SBATCH --nodes", "#SBATCH 3").given).toEqual(["nodes=3"]);
});

test("what is nearly a directive is said, not read", () => {
  const { given, notUnderstood } = read(" #SBATCH -n3", "#PBS -l nodes=3", "#BSUB -n 9", "echo");
  expect(given).toEqual([]);
  expect(notUnderstood.map(({ line }) => line)).toEqual([2, 3, 4]);
});

test("of a heterogeneous job the first part is read and the rest refused", () => {
  const found = read("#SBATCH -n3", "#SBATCH hetjob", "#SBATCH -n4");
  expect(found.given).toEqual(["ntasks=3"]);
  expect(found.problems).toEqual([
    { line: 3, field: "replicas", message: expect.stringMatching(/heterogeneous/) },
  ]);
});

// sbatch refuses both; what is meant is plain.
test("lines may end as on Windows, and a byte order mark may come first", () => {
  const report: Report = { notUnderstood: [], problems: [] };
  const { words, interpreter } = takeApart("\u{FEFF}#!/bin/sh\r\n#SBATCH -J a\r\n", report);
  expect([interpreter, ...words.map(({ text }) => text)]).toEqual(["/bin/sh", "-J", "a"]);
  expect(report.problems).toEqual([]);
});
