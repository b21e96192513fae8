import type { Command } from "commander";
import { wholeNumber, type Runner } from "./runner.ts";

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
  price
    .command("put")
    .argument("<file>", priceFile)
    .description("make it the price list's next revision")
    .action(run(async () => (await import("../commands/price.ts")).putPrices));
  price
    .command("bill")
    .argument("<tenant>", "who has an agreement")
    .argument("<month>", "a month that is over: 2026-06")
    .description("bill a month by agreement; again, only what changed since is posted")
    .action(run(async () => (await import("../commands/price.ts")).billMonth));

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
    .command("odd")
    .description("readings that were put aside and count for nothing, with why")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 100 }))
    .action(run(async () => (await import("../commands/meters.ts")).oddReadings));
}
