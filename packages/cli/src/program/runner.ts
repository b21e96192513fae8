import { Argument, InvalidArgumentError, Option, type Command } from "commander";
import type { Context } from "../context.ts";

/** A command as a function of its arguments and options by name. @returns the exit code, else 0 */
export type Act<I> = (context: Context, input: I) => Promise<number | void>;

/** Makes an action of a command that is loaded when it is called. */
export type Runner = <I extends object>(
  load: () => Promise<Act<I>>,
  more?: Partial<I>,
) => (this: Command) => Promise<void>;

/** Arguments by name and options together. */
export function inputOf(command: Command): object {
  const given = command.registeredArguments.map((argument, index): [string, unknown] => [
    argument.name().replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    command.processedArgs[index],
  ]);
  return { ...command.opts(), ...Object.fromEntries(given) };
}

/** For options that are given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  value,
];

/** An option whose value is a whole number from `least` on. */
export const wholeNumber = (
  flags: string,
  description: string,
  { least, preset }: { least: number; preset?: number },
): Option => new Option(flags, description).default(preset).argParser(wholeFrom(least));

/** An argument that numbers a version or a revision, from 1 on. */
export const versionNumber = (name: string, description: string): Argument =>
  new Argument(name, description).argParser(wholeFrom(1));

const wholeFrom = (least: number) => (text: string) => {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
};

/** An argument that names a month. */
export const monthArgument = (description = "such as 2026-11"): Argument =>
  new Argument("<month>", description).argParser((text) => {
    if (/^2[01]\d{2}-(0[1-9]|1[0-2])$/.test(text)) return text;
    throw new InvalidArgumentError("It must be a month such as 2026-11.");
  });

/** An option that names a time zone. */
export const zoneOption = (flags: string, description: string, preset: string): Option =>
  new Option(flags, description).default(preset).argParser((text) => {
    if (isZone(text)) return text;
    throw new InvalidArgumentError("It must be a time zone such as Asia/Shanghai.");
  });

function isZone(text: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(text);
    return /^[A-Za-z]/.test(text); // an offset such as +08:00 is no zone
  } catch {
    return false;
  }
}
