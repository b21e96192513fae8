import { InvalidArgumentError, Option, type Command } from "commander";
import { baselineNames } from "../simulation/baseline-names.ts";
import { collect, wholeNumber, type Runner } from "./runner.ts";

const policyFile = 'a policy in YAML or JSON; "-" is standard input';

/** Commands for the policy of dispatch, and for trying one. */
export function addDispatch(program: Command, run: Runner): void {
  program.commandsGroup("Dispatch:");
  addPolicy(program, run);
  program
    .command("snapshot")
    .description("the live region with its queue, as a file that wadi simulate plays")
    .requiredOption("-o, --out <file>", 'into this file; "-" is standard output')
    .addOption(
      wholeNumber("--per-group <count>", "so many jobs of each shape and tenant", { least: 1 }),
    )
    .option("--force", "replace a file that is there")
    .action(run(async () => (await import("../commands/snapshot.ts")).snapshot));
  program
    .command("simulate")
    .description("play a workload on a fleet under policies and baselines; asks no hub")
    .option("--fleet <file>", "centres, pools, prices, links; a snapshot brings its own")
    .option(
      "--workload <file>",
      "a trace, a snapshot, or generated:jobs=60000,load=1.1,days=7,tenants=200",
      "generated:jobs=10000,load=1,days=7",
    )
    .option(
      "--policy <file>",
      "a policy; repeatable; by the first, waiting and carbon are counted for all",
      collect,
    )
    .addOption(baselineOption())
    .addOption(
      wholeNumber("--seed <number>", "the same seed, the same play", { least: 0, preset: 1 }),
    )
    .option("--faults <list>", "hosts=30d/4h,centres=90d/6h,links=60d/1h: to a fault / its repair")
    .addOption(
      new Option(
        "--estimate-error <factor>",
        "declared run times are wrong by up to this factor",
      ).argParser(factor),
    )
    .option("--models <list>", "cards of a trace that names none: h100-sxm:1,a100-80g:0.45")
    .addOption(
      wholeNumber("--threads <count>", "plays at once; else all processors but one", { least: 1 }),
    )
    .option("-o, --out <folder>", "where the report is written", "report")
    .option("--force", "write into a folder that holds other things")
    .addHelpText(
      "after",
      `
Without --policy and --baseline the default policy is played; of a snapshot, the one that held.

Examples:
  $ wadi simulate --fleet fleet.yaml --workload trace.csv --policy a.yaml --policy b.yaml
  $ wadi simulate --fleet fleet.yaml --workload generated:jobs=20000 --baseline race
  $ wadi snapshot --out now.json && wadi simulate --workload now.json --policy draft.yaml`,
    )
    .action(run(async () => (await import("../commands/simulate.ts")).simulate));
}

function baselineOption(): Option {
  const names = baselineNames.join(", ");
  return new Option("--baseline <name>", `what others do; repeatable: ${names}`).argParser(
    (text: string, before: readonly string[] = []) => {
      if ((baselineNames as readonly string[]).includes(text)) return [...before, text];
      throw new InvalidArgumentError(`There are ${names}.`);
    },
  );
}

function factor(text: string): number {
  const number = Number(text);
  if (number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError("It must be a number from 1 to 1000.");
}

function addPolicy(program: Command, run: Runner): void {
  const policy = program.command("policy").description("what the operator decides of dispatch");
  policy
    .command("show")
    .argument("[number]", "an earlier version")
    .description("the policy that holds, as a file that can be edited and put")
    .action(run(async () => (await import("../commands/policy.ts")).showPolicy));
  policy
    .command("check")
    .argument("<file...>", policyFile)
    .description("tell the mistakes of policies by their lines; asks no hub")
    .action(run(async () => (await import("../commands/policy.ts")).checkPolicies));
  policy
    .command("diff")
    .argument("<file>", policyFile)
    .description("what the plan of the present queue would change to; changes nothing")
    .addOption(wholeNumber("-n, --limit <count>", "of each kind", { least: 1, preset: 100 }))
    .action(run(async () => (await import("../commands/policy.ts")).diffPolicy));
  policy
    .command("put")
    .argument("<file>", policyFile)
    .description("make it the policy from the next round on")
    .action(run(async () => (await import("../commands/policy.ts")).putPolicy));
}
