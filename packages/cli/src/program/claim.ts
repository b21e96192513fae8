import { Argument, type Command } from "commander";
import { collect, type Runner } from "./runner.ts";

const theClaim = "the claim: its id, or the last digits of it";
const load = () => import("../commands/claims.ts");

/** Commands for claims on voucher programmes. */
export function addClaim(program: Command, run: Runner): void {
  const claim = program.command("claim").description("claims for vouchers of public funds");
  claim
    .command("list", { isDefault: true })
    .option("--programme <id>", "only of this programme")
    .option("--state <state>", "only in this state")
    .description("list claims: one's own, or those of one's fund")
    .action(run(async () => (await load()).claims));
  claim
    .command("show")
    .argument("<id>", theClaim)
    .description("how a claim was decided and what happened to it")
    .action(run(async () => (await load()).claim));
  claim
    .command("apply")
    .argument("<programme>", "which programme")
    .argument("<file>", 'the contract in YAML or JSON; "-" is standard input')
    .option("--tenant <id>", "for this tenant; without it, the key's own")
    .option("--key <key>", "the same key makes one claim, however often it is repeated")
    .description("claim a voucher for a contract")
    .action(run(async () => (await load()).applyForVoucher));
  claim
    .command("evidence")
    .argument("<id>", theClaim)
    .argument("<kind>", "what kind of document, as the rules name it")
    .argument("<file>", "its hash is sent, the file is not")
    .option("--until <day>", "the last day on which it counts")
    .description("bring a document that a claim lacks")
    .action(run(async () => (await load()).addEvidence));
  claim
    .command("complete")
    .argument("<id>", theClaim)
    .argument("<file>", 'what it lacked, in YAML or JSON; "-" is standard input')
    .description("bring facts, amounts and lists that a claim lacks, or correct a returned one")
    .addHelpText(
      "after",
      `
What was told before stays as it was, unless an office returned the claim. Such a file:
  facts: { contract.signedOn: 2026-03-15 }
  lines: [{ id: compute, amounts: { approved: "90万" } }]
  otherMoney: []`,
    )
    .action(run(async () => (await load()).completeClaim));
  claim
    .command("withdraw")
    .argument("<id>", theClaim)
    .description("take a claim back")
    .action(run(async () => (await load()).withdrawClaim));
  claim
    .command("split")
    .argument("<id>", theClaim)
    .requiredOption("--to <tenant=amount>", "a sub-account and its part, in yuan; repeat", collect)
    .description("give parts of an issued voucher to sub-accounts")
    .action(run(async () => (await load()).splitClaim));
  addReview(claim, run);
}

/** What offices and funds do with a claim. */
function addReview(claim: Command, run: Runner): void {
  claim
    .command("move")
    .argument("<id>", theClaim)
    .addArgument(
      new Argument("<move>", "what to do").choices([
        "agree",
        "return",
        "refuse",
        "object",
        "grant",
        "claw-back",
      ]),
    )
    .option("--note <text>", "why, in words for the applicant")
    .description("review a claim, or act on it, for an office")
    .action(run(async () => (await load()).moveClaim));
  claim
    .command("redeem")
    .argument("<id>", theClaim)
    .argument("<file>", 'the bill in YAML or JSON; "-" is standard input')
    .description("redeem a bill under a claim")
    .action(run(async () => (await load()).redeemClaim));
}
