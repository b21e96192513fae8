import { Option, type Command } from "commander";
import { monthArgument, zoneOption, type Runner } from "./runner.ts";

/** Commands for settlement: closing a month, paying providers, exporting to FOCUS. */
export function addSettlement(program: Command, run: Runner): void {
  program.commandsGroup("Settlement:");
  addClose(program, run);
  addPayout(program, run);
  addFocus(program, run);
}

function addClose(program: Command, run: Runner): void {
  const close = program.command("close").description("close a month: what providers are due");
  close
    .command("show")
    .addArgument(monthArgument())
    .description("a month's settlement: what is due, what does not match, what is in no bill")
    .action(run(async () => (await import("../commands/close.ts")).showMonth));
  close
    .command("prepare")
    .addArgument(monthArgument())
    .description("open a month that is over, count its charges, work out what is due")
    .addOption(zoneOption("--time-zone <zone>", "where the month begins and ends", "Asia/Shanghai"))
    .option("--note <text>", "why, for the record", "")
    .action(run(async () => (await import("../commands/close.ts")).prepareMonth));
  close
    .command("void")
    .addArgument(monthArgument())
    .description("take a month back; of a published one this asks, and another person agrees")
    .option("--note <text>", "why, for the record", "")
    .addHelpText(
      "after",
      `
A published month's books stay closed. Taken back, it posts the opposite into the open month; worked
out anew, it is a correction.

Examples:
  $ wadi close void 2026-11 --note "terms of lakeside were wrong"
  $ wadi close void 2026-11 --as second`,
    )
    .action(run(async () => (await import("../commands/close.ts")).voidMonth));
  for (const [step, what] of [
    ["publish", "post what is due; another person than prepared it"],
    ["keep", "let a month stand that somebody asked to be taken back"],
  ] as const) {
    close
      .command(step)
      .addArgument(monthArgument())
      .description(what)
      .option("--note <text>", "why, for the record", "")
      .action(run(async () => (await import("../commands/close.ts")).stepMonth, { step }));
  }
}

function addPayout(program: Command, run: Runner): void {
  const payout = program.command("payout").description("pay providers, in batches for the bank");
  const load = () => import("../commands/payout.ts");
  payout
    .command("list", { isDefault: true })
    .description("batches, newest first")
    .action(run(async () => (await load()).listPayouts));
  payout
    .command("make")
    .description("make a batch of what providers are owed; nothing is paid yet")
    .option("--least <yuan>", "providers that are owed less wait", "0.01")
    .option("--key <key>", "to repeat a command whose answer was lost")
    .action(run(async () => (await load()).makePayout));
  payout
    .command("send")
    .argument("<batch>", "its number")
    .description("release a batch, by another person than made it")
    .action(run(async () => (await load()).endPayout, { way: "send" }));
  payout
    .command("drop")
    .argument("<batch>", "its number")
    .description("give up a batch that was not sent")
    .action(run(async () => (await load()).endPayout, { way: "drop" }));
  payout
    .command("file")
    .argument("<batch>", "its number")
    .description("print a batch as CSV for the bank")
    .action(run(async () => (await load()).payoutFile));
  payout
    .command("receipt")
    .argument("<batch>", "its number")
    .argument("<file>", 'the bank\'s receipt as CSV; "-" is standard input')
    .description("take in what became of each line; again it changes nothing")
    .action(run(async () => (await load()).payoutReceipt));
}

function addFocus(program: Command, run: Runner): void {
  const focus = program
    .command("focus")
    .description("costs as FOCUS 1.2, a format that tools read");
  focus
    .command("export")
    .addArgument(monthArgument())
    .description("write a month's costs into a CSV or Parquet file")
    .option("--tenant <tenant>", "only the rows of this one")
    .addOption(
      new Option("--format <format>", "by default what the file's name ends in, else csv").choices([
        "csv",
        "parquet",
      ]),
    )
    .requiredOption("-o, --out <file>", "into this file")
    .action(run(async () => (await import("../commands/focus.ts")).exportFocus));
  focus
    .command("check")
    .argument("<file>", 'any CSV or Parquet file; "-" is standard input, as CSV')
    .description("tell where a file breaks a rule of FOCUS 1.2; asks no hub")
    .action(run(async () => (await import("../commands/focus.ts")).checkFocus));
  focus
    .command("schema")
    .description("print what the columns of our files hold, as FOCUS 1.2 asks; asks no hub")
    .action(run(async () => (await import("../commands/focus.ts")).showSchema));
}
