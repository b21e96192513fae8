import type { Command } from "commander";
import { movement } from "./movement.ts";
import { collect, wholeNumber, type Runner } from "./runner.ts";

const rulesFile = 'its rules in YAML or JSON; "-" is standard input';

/** Commands for voucher programmes: their rules, and what they give. */
export function addProgramme(program: Command, run: Runner): void {
  const programme = program.command("programme").description("voucher programmes of the funds");
  programme
    .command("list", { isDefault: true })
    .description("list programmes")
    .action(run(async () => (await import("../commands/tenants.ts")).programmes));
  programme
    .command("check")
    .argument("<file...>", "rules of programmes in YAML or JSON")
    .description("tell every mistake by its line; asks no hub")
    .action(run(async () => (await import("../commands/programme.ts")).checkProgrammes));
  programme
    .command("try")
    .argument("<file>", rulesFile)
    .requiredOption("--case <file>", "claims to decide, in their order; repeatable", collect)
    .description("print what a programme decides and why; asks no hub, stores nothing")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi programme try programmes/langfang-ai.yaml --case programmes/cases/langfang-new-firm.yaml`,
    )
    .action(run(async () => (await import("../commands/programme.ts")).tryProgramme));
  programme
    .command("what-if")
    .requiredOption("--draft <file>", "the rules to try")
    .addOption(wholeNumber("--against <year>", "recorded claims of this year", { least: 2000 }))
    .option("--cases <file>", "claims of a case file in place of the hub's; repeatable", collect)
    .option("--now <file>", "rules to compare with in place of those that hold")
    .addOption(
      wholeNumber("-n, --limit <count>", "who loses and gains most", { least: 1, preset: 10 }),
    )
    .description("replay recorded claims under a draft: what it costs, who gains, who loses")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi programme what-if --draft new.yaml --against 2025
  $ wadi programme what-if --draft new.yaml --now old.yaml --cases claims.yaml`,
    )
    .action(run(async () => (await import("../commands/what-if.ts")).whatIf));
  programme
    .command("put")
    .argument("<id>", "lower-case letters, digits, hyphens")
    .argument("<file>", rulesFile)
    .description("open a programme, or make its next version")
    .action(run(async () => (await import("../commands/tenants.ts")).putProgramme));
  addOffice(programme, run);
  movement(programme.command("grant"))
    .argument("<id>", "the programme")
    .argument("<tenant>", "who gets the voucher")
    .argument("<amount>", "in yuan, whole fen")
    .description("grant a tenant a voucher out of the fund")
    .action(run(async () => (await import("../commands/tenants.ts")).grant));
}

/** What officers do with a programme that the hub has. */
function addOffice(programme: Command, run: Runner): void {
  const load = () => import("../commands/programme-office.ts");
  programme
    .command("rules")
    .argument("<id>", "the programme")
    .addOption(wholeNumber("--number <version>", "an earlier version", { least: 1 }))
    .description("print the rules that the hub has, as a file that can be edited")
    .action(run(async () => (await load()).showRules));
  programme
    .command("propose")
    .argument("<file>", rulesFile)
    .description("put the draft of the next version of the rules")
    .action(run(async () => (await load()).putRules));
  programme
    .command("approve")
    .argument("<id>", "the programme")
    .argument("<version>", "the draft's number")
    .description("approve a draft that somebody else put")
    .action(run(async () => (await load()).approveRules));
  for (const [name, what] of [
    ["board", "where a programme's money stands, and what was refused"],
    ["notice", "claims under public notice, names masked"],
    ["signals", "what a person should look at, with the evidence"],
  ] as const) {
    programme
      .command(name)
      .argument("<id>", "the programme")
      .description(what)
      .action(run(async () => (await load())[name]));
  }
}
