import type { Command } from "commander";
import { monthArgument, versionNumber, wholeNumber, type Runner } from "./runner.ts";

const priceFile = 'a price list in YAML or JSON; "-" is standard input';

/** Commands for price lists, and for the meters that they are applied to. */
export function addPrices(program: Command, run: Runner): void {
  const price = program.command("price").description("price lists, and what they come to");
  price
    .command("check")
    .argument("<file...>", priceFile)
    .description("tell the mistakes of price lists by their lines; asks no hub")
    .action(run(async () => (await import("../commands/price.ts")).checkPrices));
  price
    .command("preview")
    .argument("<file...>", priceFile)
    .requiredOption("--usage <file>", "a month's usage in YAML or JSON")
    .option("--agreement <file>", "what is agreed on top of the first list")
    .description("what a month's usage costs by one list, or by several side by side; asks no hub")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi price preview now.yaml draft.yaml --usage june.yaml`,
    )
    .action(run(async () => (await import("../commands/price.ts")).previewPrices));
  addPuttingPrices(price, run);
  price
    .command("bill")
    .argument("<tenant>", "who has an agreement")
    .addArgument(monthArgument("a month that is over: 2026-06"))
    .description("bill a month by agreement; again, only what changed since is posted")
    .action(run(async () => (await import("../commands/price.ts")).billMonth));
  addMeters(program, run);
}

/** Prices take two persons: one puts, another approves. */
function addPuttingPrices(price: Command, run: Runner): void {
  const load = () => import("../commands/put-prices.ts");
  const ofTenant = "what is agreed with a tenant; the id is the tenant's";
  price
    .command("list")
    .description("price lists and agreements: what holds, and drafts to be approved")
    .action(run(async () => (await load()).listPrices));
  price
    .command("show")
    .argument("<id>", "a price list")
    .option("--agreement", ofTenant)
    .addOption(wholeNumber("--number <revision>", "an earlier one, or a draft", { least: 1 }))
    .description("print what the hub has, as a file that can be edited")
    .action(run(async () => (await load()).showPrices));
  price
    .command("put")
    .argument("<file>", priceFile)
    .description("put a draft of the price list's next revision")
    .action(run(async () => (await load()).putPrices));
  price
    .command("agree")
    .argument("<tenant>", "whom it is agreed with")
    .argument("<file>", 'an agreement in YAML or JSON; "-" is standard input')
    .description("put a draft of what is agreed with a tenant")
    .action(run(async () => (await load()).putAgreed));
  price
    .command("approve")
    .argument("<id>", "a price list")
    .addArgument(versionNumber("<revision>", "the draft's number"))
    .option("--agreement", ofTenant)
    .description("approve a draft that somebody else put: from then on it holds")
    .action(run(async () => (await load()).approvePrices));
}

function addMeters(program: Command, run: Runner): void {
  const meter = program.command("meter").description("meters of all kinds, and what is odd");
  meter
    .command("list", { isDefault: true })
    .description("meters, with what is missing of their readings")
    .option("--gaps", "only those with readings missing")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 100 }))
    .action(run(async () => (await import("../commands/meters.ts")).meters));
  meter
    .command("of")
    .argument("<job>", "its name, its id or the end of its id")
    .description("what a job's runs used, what is missing of it, and whether it adds up")
    .action(run(async () => (await import("../commands/meters.ts")).meterOf));
  meter
    .command("push")
    .argument("<file>", 'readings in YAML or JSON, as POST /v1/meter-readings takes; "-": input')
    .description("report what meters read; the same again counts once")
    .option("--sign-with <key>", "sign them with this Ed25519 private key, a PEM file")
    .addHelpText(
      "after",
      `
A key is registered with the first push of a source that it signs, and holds for ever: from then on
the hub takes nothing of that source that it has not signed.

Examples:
  $ openssl genpkey -algorithm ed25519 -out gate.pem
  $ wadi meter push readings.json --sign-with gate.pem`,
    )
    .action(run(async () => (await import("../commands/push-readings.ts")).pushReadings));
  meter
    .command("odd")
    .description("readings that were put aside and count for nothing, with why")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 100 }))
    .action(run(async () => (await import("../commands/meters.ts")).oddReadings));
}
