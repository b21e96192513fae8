import { Argument, Option, type Command } from "commander";
import { addClaim } from "./claim.ts";
import { movement } from "./movement.ts";
import { addFundMoves, addMoves, addProviderMoves } from "./moves.ts";
import { addProgramme } from "./programme.ts";
import { addRecord } from "./record.ts";
import { addPrices } from "./prices.ts";
import { wholeNumber, type Runner } from "./runner.ts";

/** Commands for money: statements, the audit, and what operators record. */
export function addMoney(program: Command, run: Runner): void {
  program.commandsGroup("Money:");
  addBill(program, run);
  program
    .command("balance")
    .argument("[tenant]", "without one, the key's own")
    .description("what a tenant can spend, what is held and owed, and its vouchers")
    .action(run(async () => (await import("../commands/balance.ts")).balance));
  program
    .command("audit")
    .description("prove the books on this machine: sums, hash chain, usage × price = charges")
    .option("--anchor <file>", "hashes of earlier audits; this one's is added to it")
    .addHelpText(
      "after",
      `
The journal, the readings and the prices are fetched and everything is computed anew here; the hub
is not believed. Exit code 1 when anything is wrong.

Examples:
  $ wadi audit --anchor anchors.jsonl --as auditor`,
    )
    .action(run(async () => (await import("../commands/audit.ts")).audit));
  addProof(program, run);
  addPrices(program, run);
  program.commandsGroup("Operating the region:");
  addTenant(program, run);
  addProvider(program, run);
  addFund(program, run);
  addMoves(program, run);
  addProgramme(program, run);
  addClaim(program, run);
  addRecord(program, run);
  program
    .command("signals")
    .description("cards that were paid for twice at once, or paid for and hardly used")
    .option("--since <time>", "runs charged from a date or an instant on; else the last 92 days")
    .action(run(async () => (await import("../commands/signals.ts")).signals));
  program
    .command("trail")
    .description("what people changed, newest first")
    .option("--subject <subject>", "only of this: tenant/acme, centre/lakeside, …")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 50 }))
    .action(run(async () => (await import("../commands/trail.ts")).trail));
}

function addBill(program: Command, run: Runner): void {
  program
    .command("bill")
    .addArgument(
      new Argument("[of]", "whose; without it, the key's own").choices([
        "tenant",
        "provider",
        "fund",
        "district",
      ]),
    )
    .argument("[id]", "which tenant, provider, fund or district")
    .description("a statement of a tenant, a provider, a fund or a district")
    .option("--month <month>", "a month of the local time zone: 2026-11")
    .option("--from <time>", "from a date or an instant on")
    .option("--until <time>", "up to a date or an instant, that not included")
    .addOption(
      new Option("--format <format>", "as the hub writes it").choices([
        "text",
        "json",
        "csv",
        "xlsx",
        "pdf",
      ]),
    )
    .option("-o, --out <file>", "into this file; xlsx and pdf need one")
    .option("--by-day", "one line for all runs of a day that are alike")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi bill --month 2026-11
  $ wadi bill provider lakeside --format csv > lakeside.csv
  $ wadi bill fund city --format pdf --lang zh -o city.pdf`,
    )
    .action(run(async () => (await import("../commands/bill.ts")).bill));
}

function addProof(program: Command, run: Runner): void {
  program
    .command("bundle")
    .argument("[tenant]", "without one, the key's own")
    .description("a tenant's bill with all that proves it, as a file for wadi verify")
    .option("--month <month>", "a month of the local time zone: 2026-11")
    .option("--from <time>", "from a date or an instant on")
    .option("--until <time>", "up to a date or an instant, that not included")
    .requiredOption("-o, --out <file>", 'into this file; "-" is standard output')
    .option("--force", "replace a file that is there")
    .action(run(async () => (await import("../commands/bundle.ts")).bundle));
  program
    .command("verify")
    .argument("<file...>", "bundles")
    .description("make bills anew from their bundles; asks no hub")
    .option("--anchors <file>", "anchors that the operator published: anchors.jsonl")
    .addHelpText(
      "after",
      `
Readings are held against their signatures, charges and months against readings and prices, claims
against the rules that decided them, transfers against the anchor of their day. The first difference
is told; what a right bundle leaves to be believed is told as well. Exit code 1 for a difference.

Examples:
  $ wadi bundle --month 2026-11 --out november.json
  $ wadi verify november.json --anchors anchors.jsonl`,
    )
    .action(run(async () => (await import("../commands/verify.ts")).verify));
}

function addTenant(program: Command, run: Runner): void {
  const tenant = program.command("tenant").description("tenants: who pays");
  tenant
    .command("list", { isDefault: true })
    .description("list tenants")
    .action(run(async () => (await import("../commands/tenants.ts")).tenants));
  tenant
    .command("put")
    .argument("<id>", "lower-case letters, digits, hyphens")
    .description("open a tenant, or change its name and quota")
    .requiredOption("--name <name>", "for people")
    .addOption(wholeNumber("--cards <count>", "cards held at once, at most", { least: 0 }))
    .addOption(wholeNumber("--queued-jobs <count>", "jobs that wait, at most", { least: 0 }))
    .action(run(async () => (await import("../commands/tenants.ts")).putTenant));
  tenant
    .command("sub-account")
    .argument("<id>", "the tenant")
    .argument("<account>", "the tenant that is a sub-account of it, for good")
    .description("let a tenant be given parts of another one's vouchers")
    .action(run(async () => (await import("../commands/tenants.ts")).putSubAccount));
  movement(tenant.command("top-up"))
    .argument("<id>", "the tenant")
    .argument("<amount>", "in yuan")
    .description("record money that a tenant paid in")
    .action(run(async () => (await import("../commands/tenants.ts")).topUp));
}

function addProvider(program: Command, run: Runner): void {
  const provider = program.command("provider").description("providers: who is paid");
  provider
    .command("list", { isDefault: true })
    .description("list providers")
    .action(run(async () => (await import("../commands/tenants.ts")).providers));
  provider
    .command("put")
    .argument("<id>", "lower-case letters, digits, hyphens")
    .description("register a provider, or change its name")
    .requiredOption("--name <name>", "for people")
    .action(
      run(async () => (await import("../commands/tenants.ts")).putNamed, { what: "provider" }),
    );
  addProviderMoves(provider, run);
}

function addFund(program: Command, run: Runner): void {
  const fund = program.command("fund").description("public funds: who pays for vouchers");
  fund
    .command("put")
    .argument("<id>", "lower-case letters, digits, hyphens")
    .description("open a fund, or change its name")
    .requiredOption("--name <name>", "for people")
    .action(run(async () => (await import("../commands/tenants.ts")).putNamed, { what: "fund" }));
  movement(fund.command("appropriate"))
    .argument("<id>", "the fund")
    .argument("<amount>", "in yuan")
    .description("put money at a fund's disposal")
    .action(run(async () => (await import("../commands/tenants.ts")).appropriate));
  addFundMoves(fund, run);
}
