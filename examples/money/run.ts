import { writeFile } from "node:fs/promises";
import path from "node:path";

import { readOptions } from "./options.ts";
import { summary } from "./summary.ts";
import { tellMonth } from "./tell-month.ts";

/* A month of a small province, to closed books: `node examples/money/run.ts`. */

process.exitCode = await main(process.argv.slice(2));

/** @returns 0 where everything holds, 1 where something does not, 130 after Ctrl-C */
async function main(args: readonly string[]): Promise<number> {
  const stopping = stopOnSignal();
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const say = (line: string) => process.stderr.write(`${seconds().padStart(5)}  ${line}\n`);
  try {
    const options = readOptions(args);
    const found = await tellMonth(options, { say, stop: stopping });
    const lines = summary(found);
    await writeFile(path.join(options.out, "summary.txt"), `${lines.join("\n")}\n`);
    process.stdout.write(`${lines.join("\n")}\n\nWritten to ${options.out}, in ${seconds()}\n`);
    return found.checks.every(({ problems }) => problems.length === 0) ? 0 : 1;
  } catch (error) {
    if (stopping.aborted) {
      process.stderr.write("stopped\n");
      return 130;
    }
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${error.stack ?? error.message}\n`);
    return 1;
  }
}

/** The first Ctrl-C ends it in good order, a second one at once. */
function stopOnSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort(new Error(`stopped by ${name}`));
    });
  }
  return stopping.signal;
}
