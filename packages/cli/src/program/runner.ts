import { InvalidArgumentError, Option, type Command } from "commander";
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
): Option =>
  new Option(flags, description).default(preset).argParser((text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  });
