import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import type { Environment } from "./config.ts";
import { Ends } from "./exit-codes.ts";

/** What the agent was told on its command line and in its environment. */
export type Settings = JoinSettings | RunSettings | { readonly command: "help" };

interface Common {
  readonly state: string;
  /** Null: as given when joining, else none. */
  readonly config: string | null;
  readonly engine: "host" | "fake" | null;
  readonly logLevel: string;
  readonly stopRunsOnExit: boolean;
}

export interface JoinSettings extends Common {
  readonly command: "join";
  readonly hub: URL;
  readonly token: string;
  /** Go on running after the join. */
  readonly run: boolean;
}

export interface RunSettings extends Common {
  readonly command: "run";
}

export const help = `Usage:
  join --hub URL [--token-file FILE] [--run] [options]   trade a join token for a credential
  run [options]                                          work for the centre that was joined

Options:
  --state DIR              where the agent keeps its files (WADI_AGENT_STATE)
  --config FILE            hosts, cards, datasets, limits; YAML
  --engine host|fake       in place of the configuration's
  --stop-runs-on-exit      stop all runs when the agent is told to end; else they go on
  --log-level LEVEL        fatal, error, warn, info, debug, trace, silent (WADI_LOG_LEVEL)

The join token is read from WADI_JOIN_TOKEN, from --token-file ("-" is standard input), or from
--token TOKEN, where every user of the machine can see it in the list of processes.

Exit codes: 0 ended, 1 fault, 2 wrong usage, 3 not joined, 4 replaced by another agent,
5 state folder in use, 6 hub unreachable, 7 token refused.
`;

/** @throws Ends `usage`, naming the argument and what is right */
export async function readSettings(
  argv: readonly string[],
  env: Environment,
  stdin: NodeJS.ReadableStream,
): Promise<Settings> {
  const { values, positionals } = parse(argv);
  const [command, ...more] = positionals;
  if (values.help || command === undefined || command === "help") return { command: "help" };
  if (more.length > 0) throw wrong(`"${more[0]}" is one word too many`);
  const { engine = null } = values;
  if (engine !== null && engine !== "host" && engine !== "fake") {
    throw wrong(`--engine is "${engine}"; it must be host or fake`);
  }
  const common: Common = {
    state: resolve(values.state ?? env["WADI_AGENT_STATE"] ?? defaultState(env)),
    config: values.config === undefined ? null : resolve(values.config),
    engine,
    logLevel: levelOf(values["log-level"] ?? env["WADI_LOG_LEVEL"] ?? "info"),
    stopRunsOnExit: values["stop-runs-on-exit"] ?? false,
  };
  if (command === "run") return { command, ...common };
  if (command !== "join") throw wrong(`"${command}" is no command; use join or run`);
  const hub = hubOf(values.hub);
  const token = await tokenOf(values, env, stdin);
  return { command, ...common, hub, token, run: values.run ?? false };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        hub: { type: "string" },
        token: { type: "string" },
        "token-file": { type: "string" },
        state: { type: "string" },
        config: { type: "string" },
        engine: { type: "string" },
        "log-level": { type: "string" },
        "stop-runs-on-exit": { type: "boolean" },
        run: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
}

const defaultState = (env: Environment): string =>
  process.getuid?.() === 0
    ? "/var/lib/wadi-agent"
    : join(env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state"), "wadi-agent");

const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

function levelOf(name: string): string {
  if (levels.includes(name)) return name;
  throw wrong(`the log level is "${name}"; it must be one of ${levels.join(", ")}`);
}

function hubOf(given: string | undefined): URL {
  if (given === undefined) throw wrong("--hub is missing; give the hub's address, https://…");
  const url = URL.parse(given);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw wrong(`--hub is "${given}"; it must be an address such as https://hub.example.org`);
}

async function tokenOf(
  values: { token?: string | undefined; "token-file"?: string | undefined },
  env: Environment,
  stdin: NodeJS.ReadableStream,
): Promise<string> {
  const file = values["token-file"];
  const token =
    file === undefined ? (values.token ?? env["WADI_JOIN_TOKEN"]) : await read(file, stdin);
  if (token?.trim()) return token.trim();
  throw wrong("there is no join token; put it into WADI_JOIN_TOKEN or use --token-file FILE");
}

async function read(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (file === "-") return text(stdin);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Ends("usage", `--token-file ${file} cannot be read`, { cause });
  }
}

const wrong = (message: string) => new Ends("usage", message);
