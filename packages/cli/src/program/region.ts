import type { Command } from "commander";
import { wholeNumber, type Runner } from "./runner.ts";

/** Commands for centres, links and agents. */
export function addRegion(program: Command, run: Runner): void {
  program.commandsGroup("Centres:");
  program
    .command("centres")
    .description("list the centres of the region")
    .action(run(async () => (await import("../commands/centres.ts")).centres));
  program
    .command("pools")
    .description("list pools, what is free in them, and today's price")
    .option("--centre <centre>", "only those of this centre")
    .action(run(async () => (await import("../commands/centres.ts")).pools));
  program
    .command("region")
    .description("the region as a whole")
    .command("report")
    .description("what holds jobs back, hot and idle pools, what cards are worth, the plan's cost")
    .action(run(async () => (await import("../commands/region-report.ts")).regionReport));
  addCentre(program, run);
  addLink(program, run);
  addAgent(program, run);
}

function addCentre(program: Command, run: Runner): void {
  const centre = program.command("centre").description("look at a centre, or register one");
  centre
    .command("show")
    .argument("<id>", "the centre")
    .description("a centre as its operator described it, and what its agent found")
    .action(run(async () => (await import("../commands/centres.ts")).showCentre));
  centre
    .command("put")
    .argument("<id>", "the centre: lower-case letters, digits, hyphens")
    .argument("<file>", 'its description in YAML or JSON; "-" is standard input')
    .description("register a centre, or replace its description")
    .action(run(async () => (await import("../commands/centres.ts")).putCentre));
}

function addLink(program: Command, run: Runner): void {
  const link = program.command("link").description("links between places");
  link
    .command("list", { isDefault: true })
    .description("list the links between places")
    .action(run(async () => (await import("../commands/centres.ts")).links));
  link
    .command("put")
    .argument("<from>", "a place")
    .argument("<to>", "another place")
    .description("set what a link gives and costs")
    .addOption(
      wholeNumber("--mbps <megabits>", "megabits a second", { least: 1 }).makeOptionMandatory(),
    )
    .requiredOption("--per-gb <yuan>", "yuan for 10^9 bytes")
    .option("--both-ways", "set the way back as well")
    .action(run(async () => (await import("../commands/centres.ts")).putLink));
}

function addAgent(program: Command, run: Runner): void {
  const agent = program.command("agent").description("the process of ours at a centre");
  agent
    .command("token")
    .argument("<centre>", "the centre it will be for")
    .description("make a one-time token with which an agent joins")
    .option("--valid-for <duration>", "from 1s to 7d", "1h")
    .action(run(async () => (await import("../commands/agent.ts")).makeToken));
  for (const [name, what] of [
    ["join", "join this machine's agent for a centre, with a one-time token"],
    ["run", "run the agent of this machine"],
  ] as const) {
    agent
      .command(name)
      .argument("[args...]", `what the agent takes; wadi agent ${name} --help tells`)
      .description(what)
      .allowUnknownOption()
      .helpOption(false)
      .action(run(async () => (await import("../commands/agent.ts")).runAgent, { act: name }));
  }
  for (const [name, mode, what] of [
    ["drain", "draining", "hand a centre no new runs; those it has go on"],
    ["leave", "left", "let a centre leave when its runs have ended"],
    ["open", "open", "hand a centre runs again"],
  ] as const) {
    agent
      .command(name)
      .argument("<centre>", "the centre")
      .description(what)
      .action(run(async () => (await import("../commands/centres.ts")).setMode, { mode }));
  }
}
