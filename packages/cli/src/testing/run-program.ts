import type { Environment } from "../config.ts";
import { makeContext } from "../context.ts";
import { tell } from "../failure.ts";
import { makeProgram } from "../program.ts";
import { openTerminal } from "../terminal.ts";
import { emptyFolder } from "./run-wadi.ts";
import type { Ran } from "./run-wadi.ts";

export interface ProgramOptions {
  readonly hub?: string;
  readonly env?: Partial<Environment>;
}

/** The command line within this process, as `main.ts` runs it, with what it writes collected. */
export async function runProgram(
  args: readonly string[],
  { hub, env = {} }: ProgramOptions = {},
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const collector = (name: "stdout" | "stderr") => ({
    write: (content: string | Uint8Array, done?: () => void) => {
      done?.();
      written[name] += typeof content === "string" ? content : Buffer.from(content).toString();
    },
  });
  const environment: Environment = {
    hub,
    key: hub === undefined ? undefined : "wadi_test_key",
    login: undefined,
    language: "en",
    columns: undefined,
    plain: false,
    configFolder: emptyFolder(),
    inherited: {},
    ...env,
  };
  const streams = { stdout: collector("stdout"), stderr: collector("stderr") };
  const terminal = openTerminal(streams, environment);
  const program = makeProgram(environment, (options) =>
    makeContext({ env: environment, terminal, options, atInterrupt: () => {} }),
  );
  try {
    return { code: await program(args), ...written };
  } catch (error) {
    const { code, lines } = tell(error);
    terminal.note(...lines);
    return { code, ...written };
  }
}
