import { join } from "node:path";
import { parseArgs } from "node:util";

/** The caller asked for something that cannot be; `main` prints the message and exits with 2. */
export class BadInput extends Error {
  override name = "BadInput";
}

export interface Settings {
  readonly text: string;
  readonly steps: number;
  readonly seed: number;
  readonly context: number;
  readonly hidden: number;
  readonly batch: number;
  readonly checkpointEverySeconds: number;
  readonly checkpointFolder: string;
}

/** Where the model, the sample and the metrics go, below the folder that the job runs in. */
export const OUTPUT_FOLDER = "outputs";

/** Each number that may be set: its default, its bounds, what it is. */
const NUMBERS = {
  steps: [3500, 1, 10_000_000, "training steps in all"],
  seed: [1, 0, 4_294_967_295, "the same text, seed and sizes give the same model"],
  context: [8, 1, 256, "characters the model looks back"],
  hidden: [128, 1, 4096, "units of the hidden layer"],
  batch: [64, 1, 4096, "characters predicted per step"],
  "checkpoint-every": [5, 0, 86_400, "seconds between checkpoints; 0: after every step"],
} as const satisfies Record<string, readonly [number, number, number, string]>;

type NumberFlag = keyof typeof NUMBERS;

export const help = `Trains a small neural character model on a text file.

  node train.ts [options]

  --text FILE|FOLDER       text to learn; of a folder, all *.md files (default: the project's docs)
${Object.entries(NUMBERS).map(helpLine).join("\n")}
  --help                   this page

Environment
  WADI_CHECKPOINT_DIR      where checkpoints are kept and looked for (default: ./checkpoints)

Results go to ./outputs: model.json, sample.txt and metrics.jsonl.

Exit codes
  0    trained to the end
  1    something failed; the message says what
  2    an option or the text is wrong
  75   stopped by SIGTERM after a checkpoint: run it again and it goes on from there
  130  the same after Ctrl-C
`;

/** Reads command line and environment. "help" when that is what was asked for. */
export function readSettings(args: string[], env: NodeJS.ProcessEnv): Settings | "help" {
  const given = parse(args);
  if (given.help) return "help";
  const number = (flag: NumberFlag) => readNumber(flag, given[flag]);
  return {
    text: given.text ?? join(import.meta.dirname, "../../docs"),
    steps: number("steps"),
    seed: number("seed"),
    context: number("context"),
    hidden: number("hidden"),
    batch: number("batch"),
    checkpointEverySeconds: number("checkpoint-every"),
    checkpointFolder: env["WADI_CHECKPOINT_DIR"] || "checkpoints",
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args,
      options: {
        help: { type: "boolean", short: "h" },
        text,
        steps: text,
        seed: text,
        context: text,
        hidden: text,
        batch: text,
        "checkpoint-every": text,
      },
    }).values;
  } catch (cause) {
    throw new BadInput(`${(cause as Error).message} (--help lists the options)`, { cause });
  }
}

function readNumber(flag: NumberFlag, given: string | undefined): number {
  const [standard, least, most] = NUMBERS[flag];
  if (given === undefined) return standard;
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && value <= most) return value;
  throw new BadInput(
    `--${flag} is "${given}"; it must be a whole number from ${least} to ${most}, ` +
      `for example --${flag} ${standard}`,
  );
}

function helpLine([flag, [standard, , , meaning]]: [string, (typeof NUMBERS)[NumberFlag]]): string {
  return `  ${`--${flag} N`.padEnd(24)} ${meaning} (default: ${standard})`;
}
