import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What `npm start` was asked for. */
export interface Settings {
  /** Ends after the story; else the region stays up until Ctrl-C. */
  readonly once: boolean;
  /** The caller's own job; null runs the project's example. */
  readonly jobFile: string | null;
  /** Where everything is kept. */
  readonly state: string;
  readonly port: number;
  readonly repository: string;
}

const help = `Runs a whole region on this machine: a hub with its database, three centres with
emulated cards, and a real job from submission to settled bill. Then it stays up.

  npm start                     the project's example job: a small neural network learns its docs
  npm start -- --job FILE       your own job, YAML or JSON (docs/job-spec.md)
  npm start -- --once           ends when the job has been settled
  npm start -- --port 7070      where the API listens; 0 takes any free port
  npm start -- --state FOLDER   where everything is kept; default ./.wadi

Ctrl-C stops all of it. What is stored stays: the next start goes on from it.
`;

/**
 * @returns the settings, or what to print and the exit code to end with
 */
export function readSettings(
  argv: readonly string[],
  repository: string,
): Settings | { readonly text: string; readonly exitCode: number } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        once: { type: "boolean", default: false },
        job: { type: "string" },
        port: { type: "string", default: "7070" },
        state: { type: "string", default: ".wadi" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { text: help, exitCode: 0 };
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return { text: `--port is ${values.port}; give a number from 0 to 65535\n`, exitCode: 2 };
    }
    const jobFile = values.job === undefined ? null : resolve(values.job);
    return { once: values.once, jobFile, port, state: resolve(values.state), repository };
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${help}`, exitCode: 2 };
  }
}
