import { Argument, Option, type Command } from "commander";
import { wholeNumber, type Runner } from "./runner.ts";

/** Commands for money: statements, the audit, and what operators record. */
export function addMoney(program: Command, run: Runner): void {
  program.commandsGroup("Money:");
  addBill(program, run);
  program
    .command("balance")
    .argument("[tenant]", "without one, the key's own")
    .description("what a tenant can spend, what is held, and its vouchers")
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
  program.commandsGroup("Operating the region:");
  addTenant(program, run);
  addProvider(program, run);
  addFund(program, run);
  addProgramme(program, run);
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
      ]),
    )
    .argument("[id]", "which tenant, provider or fund")
    .description("a statement of a tenant, a provider or a fund")
    .option("--month <month>", "a month of the local time zone: 2026-11")
    .option("--from <time>", "from a date or an instant on")
    .option("--until <time>", "up to a date or an instant, that not included")
    .addOption(
      new Option("--format <format>", "as the hub writes it").choices(["text", "json", "csv"]),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ wadi bill --month 2026-11
  $ wadi bill provider lakeside --format csv > lakeside.csv`,
    )
    .action(run(async () => (await import("../commands/bill.ts")).bill));
}

const movement = (command: Command) =>
  command
    .option("--note <text>", "what it is, in your words")
    .option("--key <key>", "the same key moves the money once, however often it is repeated");

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
  movement(provider.command("pay-out"))
    .argument("<id>", "the provider")
    .argument("<amount>", "in yuan, at most what it has earned")
    .description("record money that was paid to a provider")
    .action(run(async () => (await import("../commands/tenants.ts")).payOut));
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
}

function addProgramme(program: Command, run: Runner): void {
  const programme = program.command("programme").description("voucher programmes of the funds");
  programme
    .command("list", { isDefault: true })
    .description("list programmes")
    .action(run(async () => (await import("../commands/tenants.ts")).programmes));
  programme
    .command("put")
    .argument("<id>", "lower-case letters, digits, hyphens")
    .argument("<file>", 'its rules in YAML or JSON; "-" is standard input')
    .description("open a programme, or make its next version")
    .action(run(async () => (await import("../commands/tenants.ts")).putProgramme));
  movement(programme.command("grant"))
    .argument("<id>", "the programme")
    .argument("<tenant>", "who gets the voucher")
    .argument("<amount>", "in yuan, whole fen")
    .description("grant a tenant a voucher out of the fund")
    .action(run(async () => (await import("../commands/tenants.ts")).grant));
}
