import { optionTable, type OptionName } from "./sbatch-table.ts";
import { addProblem, type At, type Report } from "./sbatch-report.ts";
import type { Word } from "./sbatch-script.ts";

/** One option with its value; null where it takes none, or has none. */
export interface Given extends At {
  readonly name: OptionName;
  readonly value: string | null;
}

/** The last of each option: a later one replaces an earlier one. In the order they were given. */
export type Options = ReadonlyMap<OptionName, Given>;

/**
 * Reads words as options the way getopt_long does for sbatch: `--name=value`, `--name value`, any
 * unambiguous beginning of a name, `-n4`, `-n 4`, and letters without a value run together.
 */
export function readOptions(words: readonly Word[], report: Report): Options {
  const options = new Map<OptionName, Given>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const read = word.text.startsWith("--")
      ? readLong(word, words[i + 1])
      : readShort(word, words[i + 1]);
    if (typeof read === "string") {
      const at = { line: word.line, directive: word.text };
      addProblem(report, { at, field: "run" }, read);
      continue;
    }
    for (const given of read.given) {
      options.delete(given.name); // so that the later one stands later
      options.set(given.name, given);
    }
    if (read.tookNext) i++;
  }
  return options;
}

type Read = { readonly given: readonly Given[]; readonly tookNext: boolean } | string;

const names = Object.keys(optionTable) as OptionName[];
const byLetter = new Map(names.map((name) => [optionTable[name].short, name]));

/** Other names that getopt knows for the same option. */
const aliases: Readonly<Record<string, OptionName>> = {
  cluster: "clusters",
  "tasks-per-node": "ntasks-per-node",
};

function readLong({ text, line }: Word, next: Word | undefined): Read {
  const [, begun = "", joined] = /^--([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const name = findName(begun);
  if (typeof name !== "string") return name.message;
  const { argument } = optionTable[name];
  const one = (value: string | null, directive: string, tookNext = false): Read => ({
    given: [{ name, value, line, directive }],
    tookNext,
  });
  if (joined !== undefined) {
    return argument === "none"
      ? `--${name} takes no value; leave out "=${joined}"`
      : one(joined, text);
  }
  if (argument !== "required") return one(null, text);
  if (!next) return `--${name} needs a value; write --${name}=VALUE`;
  return one(next.text, `${text} ${next.text}`, true);
}

function readShort({ text, line }: Word, next: Word | undefined): Read {
  if (!text.startsWith("-") || text === "-") return `"${text}" is no option; take it out`;
  const given: Given[] = [];
  for (let i = 1; i < text.length; i++) {
    const name = byLetter.get(text[i]!);
    if (name === undefined) return `-${text[i]} is no option of sbatch; take it out`;
    const { argument } = optionTable[name];
    const rest = text.slice(i + 1);
    if (argument === "none") {
      given.push({ name, value: null, line, directive: text });
    } else if (rest !== "" || argument === "optional") {
      given.push({ name, value: rest === "" ? null : rest, line, directive: text });
      return { given, tookNext: false };
    } else if (next) {
      given.push({ name, value: next.text, line, directive: `${text} ${next.text}` });
      return { given, tookNext: true };
    } else {
      return `-${text[i]} (--${name}) needs a value; write --${name}=VALUE`;
    }
  }
  return { given, tookNext: false };
}

function findName(begun: string): OptionName | { readonly message: string } {
  if (Object.hasOwn(optionTable, begun)) return begun as OptionName;
  if (Object.hasOwn(aliases, begun)) return aliases[begun]!;
  const long = [...names, ...Object.keys(aliases)].filter((name) => name.startsWith(begun));
  const found = [...new Set(long.map((name) => aliases[name] ?? (name as OptionName)))];
  const [only] = found;
  if (begun !== "" && only && found.length === 1) return only;
  if (begun === "" || !only) return { message: `--${begun} is no option of sbatch; take it out` };
  return {
    message: `--${begun} may be ${found.map((name) => `--${name}`).join(" or ")}; write it out`,
  };
}
