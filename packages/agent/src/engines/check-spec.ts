import { normalize } from "node:path";
import { RunRefused, shareOf, wholeCard, type RunSpec } from "./engine.ts";

/** Names that a shell keeps to itself: setting them in its environment fails or is undone. */
const shellsOwn = new Set(["UID", "EUID", "PPID", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO"]);

/** The longest string that Linux passes to a program (MAX_ARG_STRLEN), the final zero aside. */
const longestString = 131_071;

/** @throws RunRefused `bad-spec`, naming the field, the value and what would be right */
export function checkSpec(spec: RunSpec): void {
  const wrong = firstWrong(spec);
  if (wrong !== undefined) throw new RunRefused("bad-spec", wrong);
}

function firstWrong(spec: RunSpec): string | undefined {
  if (!isName(spec.run)) return `run is "${spec.run}"; it must be letters, digits and hyphens`;
  if (!isName(spec.job)) return `job is "${spec.job}"; it must be letters, digits and hyphens`;
  const counts = [
    ["generation", spec.generation, 1],
    ["replicas", spec.replicas, 1],
    ["cpu", spec.cpu, 0],
    ["memory", spec.memory, 1],
    ["maxRun", spec.maxRun, 1],
    ["stopGrace", spec.stopGrace, 0],
    ["cards.count", spec.cards?.count ?? 1, 1],
  ] as const;
  for (const [field, value, least] of counts) {
    const good = Number.isSafeInteger(value) && value >= least;
    if (!good) return `${field} is ${value}; it must be a whole number of at least ${least}`;
  }
  const share = shareOf(spec.cards);
  if (!Number.isSafeInteger(share) || share < 1 || share > wholeCard) {
    return `cards.share is ${share}; it must be a whole number from 1 to ${wholeCard}`;
  }
  if (share < wholeCard && spec.cards?.count !== 1) {
    return `cards.share is ${share} with cards.count ${spec.cards?.count}; a part is of one card`;
  }
  if (spec.checkpoint !== null && !isInnerPath(spec.checkpoint)) {
    return `checkpoint is "${spec.checkpoint}"; it must be a path below the run's folder`;
  }
  return wrongCommand(spec) ?? wrongVariable(spec);
}

const isName = (text: string) => /^[A-Za-z0-9-]{1,64}$/.test(text);

function isInnerPath(path: string): boolean {
  const clean = normalize(path);
  return !clean.startsWith("/") && clean !== "." && !clean.split("/").includes("..");
}

function wrongCommand({ command }: RunSpec): string | undefined {
  if (command.kind === "script") {
    return command.shell.startsWith("/")
      ? undefined
      : `command.shell is "${command.shell}"; it must be an absolute path`;
  }
  if (command.argv.length === 0) return "command.argv is empty; it must name a program";
  const bad = command.argv.findIndex((text) => text.includes("\0") || tooLong(text));
  return bad < 0
    ? undefined
    : `command.argv[${bad}] holds a zero byte or is longer than ${longestString} bytes`;
}

function wrongVariable({ env }: RunSpec): string | undefined {
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return `env has "${name}"; it must look like NAME_1`;
    if (name.startsWith("WADI_")) return `env sets ${name}; names in WADI_ are the centre's`;
    if (shellsOwn.has(name)) return `env sets ${name}; a shell keeps that name to itself`;
    if (value.includes("\0") || tooLong(`${name}=${value}`)) {
      return `env.${name} holds a zero byte or is longer than ${longestString} bytes`;
    }
  }
  return undefined;
}

const tooLong = (text: string) => Buffer.byteLength(text) > longestString;
