import type { Command } from "commander";
import { movement } from "./movement.ts";
import { versionNumber, type Runner } from "./runner.ts";

const load = () => import("../commands/moves.ts");

/** What is done with a fund's money besides appropriating it. */
export function addFundMoves(fund: Command, run: Runner): void {
  movement(fund.command("pay-in"))
    .argument("<id>", "the fund")
    .argument("<amount>", "in yuan")
    .description("record money that a fund paid of what it owes, or ahead")
    .action(run(async () => (await load()).payInOfFund));
  for (const [what, description] of [
    ["refund", "ask that a fund get back what it paid ahead; another person decides"],
    ["return", "ask that a part of an appropriation be given back; another person decides"],
  ] as const) {
    movement(fund.command(what))
      .argument("<id>", "the fund")
      .argument("<amount>", "in yuan")
      .description(description)
      .action(run(async () => (await load()).askOfFund, { what }));
  }
  movement(fund.command("restore"))
    .argument("<id>", "the fund")
    .argument("<tenant>", "whose voucher expired")
    .argument("<programme>", "what it was of")
    .argument("<amount>", "in yuan")
    .description("ask that expired money be free for others again; another person decides")
    .action(run(async () => (await load()).askRestore));
}

/** Payouts by hand, and what a provider is settled by. */
export function addProviderMoves(provider: Command, run: Runner): void {
  movement(provider.command("pay-out"))
    .argument("<id>", "the provider")
    .argument("<amount>", "in yuan, at most what it is owed")
    .description("ask that a provider be paid by hand; another person decides")
    .action(run(async () => (await load()).askPayout));
  const terms = () => import("../commands/terms.ts");
  provider
    .command("terms")
    .argument("<id>", "the provider")
    .description("what a provider is settled by: every version, newest first")
    .action(run(async () => (await terms()).listTerms));
  provider
    .command("put-terms")
    .argument("<id>", "the provider")
    .argument("<file>", 'its month and terms, as YAML or JSON; "-" is standard input')
    .description("put a draft of what a provider is settled by from a month on")
    .action(run(async () => (await terms()).putTerms));
  provider
    .command("approve-terms")
    .argument("<id>", "the provider")
    .addArgument(versionNumber("<version>", "which draft"))
    .description("approve a draft of terms, as another person than put it")
    .action(run(async () => (await terms()).approveTerms));
}

/** What one person asked for and another decides. */
export function addMoves(program: Command, run: Runner): void {
  const move = program.command("move").description("moves of money that take two persons");
  const which = "its id, or the end of it that the list shows";
  move
    .command("list", { isDefault: true })
    .description("what was asked for, and what became of it, newest first")
    .action(run(async () => (await load()).listMoves));
  for (const decision of ["approve", "decline"] as const) {
    move
      .command(decision)
      .argument("<move>", which)
      .description(`${decision} a move, as another person than asked`)
      .action(run(async () => (await load()).decideMove, { decision }));
  }
  move
    .command("receipt")
    .argument("<move>", which)
    .argument("<reference>", "the bank's own")
    .description("record the bank's receipt of a refund: the money has left")
    .action(run(async () => (await load()).recordReceipt));
  addCorrections(program, run);
}

/** Transfers that were wrong: undone by further ones. */
function addCorrections(program: Command, run: Runner): void {
  const correction = program.command("correction").description("undo transfers that were wrong");
  const commands = () => import("../commands/corrections.ts");
  correction
    .command("list", { isDefault: true })
    .description("what was asked to be undone, and what became of it")
    .action(run(async () => (await commands()).listCorrections));
  correction
    .command("ask")
    .argument("<transfer>", "its id, as the journal has it")
    .argument("<reason>", "why, for the journal")
    .description("ask that a transfer be undone; of a clawback, its claw-back transfer")
    .option("--key <key>", "to repeat a command whose answer was lost")
    .action(run(async () => (await commands()).askCorrection));
  for (const [decision, what] of [
    ["approve", "undo a transfer, as another person than asked"],
    ["decline", "let a transfer stand, as another person than asked"],
  ] as const) {
    correction
      .command(decision)
      .argument("<correction>", "its id, or the end of it that the list shows")
      .description(what)
      .action(run(async () => (await commands()).decideCorrection, { decision }));
  }
}
