// Rules that read a file line by line: sizes, form, and what must not stand in a public repository.
import type { Finding } from "../finding.ts";
import { isTest } from "../modules/tracked-files.ts";
import { textFiles } from "./repository.ts";
import type { Repository, TidyRule } from "./repository.ts";

const maxLines = 400;
const maxTestLines = 600;
const maxLineLength = 100;
const maxBytes = 1024 * 1024;

/** Not written by hand, or not ours to cut. */
const notMeasured =
  /^(?:package-lock\.json|docs\/openapi\.json|LICENSE)$|fleet\.yaml$|\.(?:csv|txt|svg)$/;
/** A sentence that stands alone: in a table of languages, or what a test expects to be said. */
const isSentence = (line: string) => /^\s*(?:(?:en|zh): )?(["']).*\1,?$/.test(line);
const isCode = /\.(?:ts|mjs|sql|sh)$|^bin\/|^\.ci\/run$/;

/** No file is over 400 lines (tests 600) or over 1 MiB; no line of code over 100 characters. */
export const sizes: TidyRule = (repository) => [
  ...repository.files
    .filter(({ bytes }) => bytes > maxBytes)
    .map(({ file, bytes }) => finding(file, 1, "size", `${bytes} bytes; at most ${maxBytes}`)),
  ...textFiles(repository).flatMap(({ file, lines }) => {
    if (notMeasured.test(file)) return [];
    const most = isTest(file) ? maxTestLines : maxLines;
    return lines.length <= most
      ? []
      : [finding(file, most, "length", `${lines.length} lines; at most ${most}: cut the file`)];
  }),
  ...eachLine(repository, (line, file) =>
    // An address cannot be broken, nor a sentence.
    isCode.test(file) &&
    line.length > maxLineLength &&
    !line.includes("https://") &&
    !isSentence(line)
      ? `${line.length} characters; at most ${maxLineLength}`
      : undefined,
  ).map((found) => ({ ...found, rule: "line-length" })),
];

/** Lines end in one line feed, without blanks before it; programs without an ending can be run. */
export const form: TidyRule = (repository) => [
  ...repository.files
    .filter(({ text }) => text !== undefined && text !== "" && !text.endsWith("\n"))
    .map(({ file }) => finding(file, 1, "form", "the last line does not end")),
  ...repository.files
    .filter(({ text, executable }) => text?.startsWith("#!") === true && !executable)
    .map(({ file }) => finding(file, 1, "form", "has a #! line and is not executable: chmod +x")),
  ...eachLine(repository, (line) =>
    /[ \t\r]$/.test(line) ? "blanks or a carriage return at the end of the line" : undefined,
  ).map((found) => ({ ...found, rule: "form" })),
];

/** Work that is left undone is written into an issue, not into the code. */
export const leftovers: TidyRule = (repository) => {
  const word = /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/; // in brackets, or this line would be one
  return eachLine(repository, (line) => word.exec(line)?.[0]).map((found) => ({
    ...found,
    rule: "leftovers",
  }));
};

/** No path of somebody's machine, and no host that packages came from. */
export const machines: TidyRule = (repository) => {
  const place = /(?<![\w.}~$*)\]>-])\/(?:work|farm|root|home|Users)\/[\w.-]+/;
  const temporary = /(?<![\w.}~$*)\]>-])\/tmp\/[\w.-]+/;
  const host = /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)|deb\.debian|npmmirror\.com)\b/;
  return eachLine(repository, (line, file) => {
    const path = place.exec(line) ?? (isCode.test(file) ? temporary.exec(line) : null);
    if (path !== null) return `the path ${path[0]} exists on one machine only (os.tmpdir())`;
    const [name] = host.exec(line) ?? [];
    return name === undefined ? undefined : `the host ${name}: npm and apt know their sources`;
  }).map((found) => ({ ...found, rule: "machines" }));
};

function eachLine(
  repository: Repository,
  judge: (line: string, file: string) => string | undefined,
): Omit<Finding, "rule">[] {
  return textFiles(repository).flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => {
      const message = judge(line, file);
      return message === undefined ? [] : [{ file, line: index + 1, message }];
    }),
  );
}

const finding = (file: string, line: number, rule: string, message: string): Finding => ({
  file,
  line,
  rule,
  message,
});
