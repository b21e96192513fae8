import { readEnvironment } from "./config.ts";
import { makeContext } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { tell } from "./failure.ts";
import { makeProgram } from "./program.ts";
import { openTerminal } from "./terminal.ts";

const env = readEnvironment();
const terminal = openTerminal(process, env);

// `wadi jobs | head -1`: whoever read has had enough, which is no fault of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok.code);
    throw error;
  });
}

let leave: () => readonly string[] = () => [];
process.on("SIGINT", () => stop(exitCodes.interrupted.code));
process.on("SIGTERM", () => stop(143)); // 128 + 15, as shells count
let wantsJson = false;

try {
  const program = makeProgram(env, (options) => {
    wantsJson = options.json === true;
    const atInterrupt = (last: () => readonly string[]) => {
      leave = last;
    };
    return makeContext({ env, terminal, options, atInterrupt });
  });
  end(await program(process.argv.slice(2)));
} catch (error) {
  const { code, lines, problem } = tell(error);
  const [first = "", ...rest] = lines;
  if (wantsJson && problem) terminal.note(JSON.stringify(problem));
  else terminal.note(`${terminal.paintNote("red", "wadi:")} ${first}`, ...rest);
  end(code);
}

function stop(code: number): void {
  terminal.note(...leave());
  process.exit(code);
}

/** Ends once all is written, whatever connection is still open. */
function end(code: number): void {
  process.stdout.write("", () => process.exit(code));
}
