import type { Command } from "commander";
import { movement } from "./movement.ts";
import { collect, versionNumber, wholeNumber, type Runner } from "./runner.ts";

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
    .description("open a programme of one rate and one cap, or make its next version")
    .action(run(async () => (await import("../commands/tenants.ts")).putProgramme));
  addOffice(programme, run);
  addApprovals(programme, run);
  addRounds(programme, run);
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
    .addArgument(versionNumber("<version>", "the draft's number"))
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

/** Caps that two persons of a fund raise for one contract. */
function addApprovals(programme: Command, run: Runner): void {
  const load = () => import("../commands/cap-approvals.ts");
  programme
    .command("approvals")
    .argument("<id>", "the programme")
    .description("list caps that were raised for single contracts")
    .action(run(async () => (await load()).approvals));
  programme
    .command("raise")
    .argument("<id>", "the programme")
    .argument("<cap>", "the code of the cap")
    .argument("<limit>", "what it is for this contract, in yuan: 12000000 or 1200万")
    .requiredOption("--tenant <id>", "whose contract")
    .requiredOption("--contract <number>", "for claims of this contract")
    .requiredOption("--note <text>", "why")
    .description("ask to raise a cap for a contract; another person seconds it")
    .action(run(async () => (await load()).raiseCap));
  for (const [name, what] of [
    ["second", "second a raised cap that somebody else asked for"],
    ["revoke", "revoke a raised cap that no claim was granted under"],
  ] as const) {
    programme
      .command(name)
      .argument("<id>", "the programme")
      .argument("<approval>", "its id, or the last digits of it")
      .description(what)
      .action(run(async () => (await load())[`${name}Approval`]));
  }
}

/** Claims of one window that two persons decide together. */
function addRounds(programme: Command, run: Runner): void {
  const load = () => import("../commands/rounds.ts");
  const round = programme.command("round").description("claims that are decided together");
  const ofRules = () =>
    wholeNumber("--number <version>", "of the rules, where several have such a window", {
      least: 1,
    });
  const window = ["--window <name>", "as the rules name it: 1 for the first, or 2026-Q1"] as const;
  round
    .command("show")
    .argument("<id>", "the programme")
    .option(...window)
    .addOption(ofRules())
    .description("how windows stand; of one, what its round gives each claim and why not more")
    .action(run(async () => (await load()).showRounds));
  round
    .command("propose")
    .argument("<id>", "the programme")
    .option(...window)
    .addOption(ofRules())
    .option("--close", "leave claims that are not through to the next round")
    .description("work out what a round gives each claim, for another person to approve")
    .action(run(async () => (await load()).proposeRound));
  round
    .command("approve")
    .argument("<id>", "the programme")
    .argument("<round>", "its id, or the last digits of it")
    .description("decide a round as another person proposed it: all of it or nothing")
    .action(run(async () => (await load()).approveRound));
}
