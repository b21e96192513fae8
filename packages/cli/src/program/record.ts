import { Argument, type Command } from "commander";
import type { Runner } from "./runner.ts";

const kinds = ["tenant", "provider", "centre"] as const;

/** Commands for facts that the operator has on record. */
export function addRecord(program: Command, run: Runner): void {
  const record = program
    .command("record")
    .description("facts on record, for programmes that nobody applies to");
  const load = () => import("../commands/record.ts");
  record
    .command("show")
    .addArgument(new Argument("<kind>", "of what").choices(kinds))
    .argument("<id>", "which one")
    .description("what is on record of a tenant, a provider or a centre")
    .action(run(async () => (await load()).record));
  record
    .command("put")
    .addArgument(new Argument("<kind>", "of what").choices(kinds))
    .argument("<id>", "which one")
    .argument("<file>", 'facts by name in YAML or JSON; "-" is standard input')
    .description("put facts on record, in place of those before; every version is kept")
    .addHelpText(
      "after",
      `
Of a tenant applicant.… facts, of a provider supplier.…, of a centre line.…; of a provider also the
tenants that are the same enterprise. Such a file:
  facts: { line.place: "340200", line.meteredOn: anhui-platform }
  ownTenants: []`,
    )
    .action(run(async () => (await load()).putRecord));
}
