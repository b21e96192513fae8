import { Argument, Option, type Command } from "commander";
import { collect, wholeNumber, type Runner } from "./runner.ts";

const jobArgument = "a name, an id, or the last 4 or more digits of an id";
const fileArgument = 'a job spec in YAML or JSON, or an sbatch script; "-" is standard input';

/** Commands for jobs. */
export function addWork(program: Command, run: Runner): void {
  program.commandsGroup("Jobs:");
  addQuote(program, run);
  addSubmit(program, run);
  addReading(program, run);
  addLogs(program, run);
  program
    .command("cancel")
    .argument("<job...>", jobArgument)
    .description("ask for the end of jobs")
    .action(run(async () => (await import("../commands/cancel.ts")).cancel));
  addFiles(program, run);
}

const specOptions = (command: Command) =>
  command
    .argument("<file>", fileArgument)
    .option("--set <path=value>", "put a value into the spec; repeatable", collect)
    .option("--sbatch", "read the file as an sbatch script, whatever it looks like")
    .option("--no-check", "leave it to the hub whether there are such card models");

function addQuote(program: Command, run: Runner): void {
  specOptions(program.command("quote"))
    .description("what a job would cost in each pool, when it would start, and why not elsewhere")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi quote job.yaml
  $ wadi quote job.yaml --set maxRunTime=2h --set cards.options.0.count=8`,
    )
    .action(run(async () => (await import("../commands/quote.ts")).quote));
}

function addSubmit(program: Command, run: Runner): void {
  specOptions(program.command("submit"))
    .description("submit a job")
    .option("--input <file[=path]>", "bring a file along, under its name or a path", collect)
    .option("--wait", "wait for its end; exit code 1 when it did not succeed")
    .option("-f, --follow", "show its output until its end; exit code as with --wait")
    .option("--key <key>", "the same key submits once, however often the command is repeated")
    .option("--dry-run", "print the spec that would be submitted, and submit nothing")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi submit job.yaml --follow
  $ wadi submit train.sh --set cards.options.0.model=a100-80g --wait
  $ wadi submit job.yaml --input data.csv --json`,
    )
    .action(run(async () => (await import("../commands/submit.ts")).submit));
}

function addReading(program: Command, run: Runner): void {
  const states = ["blocked", "queued", "placed", "running", "succeeded", "failed", "cancelled"];
  program
    .command("jobs")
    .description("list jobs, newest first")
    .addOption(new Option("--state <state>", "only those in this state").choices(states))
    .option("--name <name>", "only those of this name")
    .option("--array <job>", "only those of this array: any job of it")
    .option("--tenant <tenant>", "only this tenant's; for operators and auditors")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 20 }))
    .action(run(async () => (await import("../commands/jobs.ts")).jobs));
  program
    .command("job")
    .argument("<job>", jobArgument)
    .description("one job with its runs and charges")
    .option("--spec", "its spec alone, fit to be submitted again")
    .action(run(async () => (await import("../commands/job.ts")).job));
  program
    .command("explain")
    .argument("<job>", jobArgument)
    .description("why a job is where it is, or why it waits")
    .action(run(async () => (await import("../commands/explain.ts")).explain));
  program
    .command("readings")
    .argument("<job>", jobArgument)
    .description("what the meter read: what the charges are made from")
    .addOption(wholeNumber("-n, --limit <count>", "how many", { least: 1, preset: 100 }))
    .action(run(async () => (await import("../commands/readings.ts")).readings));
}

function addLogs(program: Command, run: Runner): void {
  program
    .command("logs")
    .argument("<job>", jobArgument)
    .description("a job's output: its errors go to standard error")
    .option("-f, --follow", "go on until the job has ended")
    .option("--run <id>", "of this run; otherwise of the last")
    .addOption(wholeNumber("--replica <number>", "of this replica", { least: 0, preset: 0 }))
    .addOption(new Option("--stream <name>", "only this one").choices(["stdout", "stderr"]))
    .addOption(wholeNumber("--from <byte>", "begin with this byte", { least: 0, preset: 0 }))
    .action(run(async () => (await import("../commands/logs.ts")).logs));
  program
    .command("events")
    .argument("[job]", `${jobArgument}; without one, all jobs of the tenant`)
    .description("what happens, as it happens: to a job until it has ended, to all until Ctrl-C")
    .option("-f, --follow", "as always here; taken so that it reads like logs -f")
    .action(run(async () => (await import("../commands/events.ts")).events));
}

function addFiles(program: Command, run: Runner): void {
  program
    .command("upload")
    .argument("<file...>", "files of at most 64 MiB each")
    .description("store files for inputs of kind upload; prints the SHA-256 of each")
    .action(run(async () => (await import("../commands/upload.ts")).upload));
  program
    .command("outputs")
    .argument("<job>", jobArgument)
    .addArgument(new Argument("[path...]", "only these files"))
    .description("list the files that a job left, or fetch them")
    .option("-o, --to <folder>", "fetch them into this folder")
    .action(run(async () => (await import("../commands/outputs.ts")).outputs));
}
