import { Command, CommanderError, Option } from "commander";
import type { Environment } from "./config.ts";
import type { Context, Options } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { addAccess } from "./program/access.ts";
import { addDispatch } from "./program/dispatch.ts";
import { addMoney } from "./program/money.ts";
import { addRegion } from "./program/region.ts";
import { inputOf, type Runner } from "./program/runner.ts";
import { addSettlement } from "./program/settlement.ts";
import { addWork } from "./program/work.ts";
import { version } from "./version.ts";

/**
 * The command line: takes the arguments, runs a command, gives the exit code. A command is loaded
 * when it is called, so that `--help` needs nothing but this tree.
 */
export function makeProgram(
  env: Pick<Environment, "columns">,
  openContext: (options: Options) => Context,
): (args: readonly string[]) => Promise<number> {
  let code: number = exitCodes.ok.code;
  const runner: Runner = (load, more) =>
    async function act(this: Command) {
      const command = await load();
      const input = { ...inputOf(this), ...more } as Parameters<typeof command>[1];
      code = (await command(openContext(this.optsWithGlobals()), input)) ?? code;
    };
  const program = makeTree(runner, env);
  return async (args) => {
    try {
      await program.parseAsync(args, { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code; // told by commander
    }
    return code;
  };
}

/** All commands, with what --help says of them. */
export function makeTree(run: Runner, { columns }: Pick<Environment, "columns">): Command {
  const program = new Command("wadi")
    .description("Send jobs to where they cost least: the command line of a Wadi region.")
    .usage("<command> [options]")
    .option("--hub <url>", "the hub's address; else WADI_HUB, else that of the login")
    .option("--as <login>", "which of several logins; else WADI_LOGIN")
    .option("--key-file <file>", "a file with the API key; else WADI_KEY, else that of the login")
    .addOption(new Option("--lang <language>", "of reasons; else LANG").choices(["en", "zh"]))
    .option("--json", "answer in JSON, for programs")
    .version(version, "-V, --version", "print the version")
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 12 })
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, "wadi:")),
      ...(columns !== undefined && { getOutHelpWidth: () => columns }),
    })
    .exitOverride()
    .showHelpAfterError("(wadi --help tells more)");
  addWork(program, run);
  addRegion(program, run);
  addDispatch(program, run);
  addMoney(program, run);
  addSettlement(program, run);
  addAccess(program, run);
  program.helpCommand(true);
  return program.addHelpText("after", `\n${exitCodeText}${examples}`);
}

const exitCodeText = `Exit codes:
${Object.values(exitCodes)
  .map(({ code, means }) => `  ${String(code).padEnd(4)} ${means}`)
  .join("\n")}
`;

const examples = `
Examples:
  $ wadi login http://127.0.0.1:7070
  $ wadi quote job.yaml
  $ wadi submit job.yaml --follow
  $ wadi jobs --state running`;
