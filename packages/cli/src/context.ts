import type { Asked, Client, ReplyOf, Route } from "@wadi/protocol";
import type { Environment } from "./config.ts";
import { wrongUse } from "./failure.ts";
import { loginPath, readLogins } from "./login-file.ts";
import type { Terminal } from "./terminal.ts";

/** The options that every command has. */
export interface Options {
  readonly hub?: string;
  readonly as?: string;
  readonly keyFile?: string;
  readonly lang?: "en" | "zh";
  readonly json?: true;
}

/** What every command works with. */
export interface Context extends Terminal {
  readonly env: Environment;
  readonly options: Options;
  /** Whether a program reads the answer: JSON as it travelled in place of tables. */
  readonly json: boolean;
  readonly language: "en" | "zh";
  /** The hub's client, signed in where there is a key. */
  readonly client: () => Promise<Client>;
  /** The hub's address. */
  readonly hub: () => Promise<URL>;
  /** Calls a route; the reply both as it travelled and as the domain's values. */
  readonly ask: <const R extends Route>(route: R, ...request: Asked<R>) => Promise<Answer<R>>;
  /** Prints the reply of a command for programs. */
  readonly printJson: (json: unknown) => void;
  /** What to do and say when Ctrl-C ends the command. */
  readonly atInterrupt: (leave: () => readonly string[]) => void;
}

export interface Answer<R extends Route> {
  readonly json: unknown;
  readonly value: ReplyOf<R>;
}

export interface ContextParts {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly options: Options;
  readonly atInterrupt: Context["atInterrupt"];
}

export function makeContext({ env, terminal, options, atInterrupt }: ContextParts): Context {
  let found: ReturnType<typeof findHub> | undefined;
  const find = () => (found ??= findHub(env, options));
  let opened: Promise<Client> | undefined;
  const client = () => (opened ??= find().then(open));
  const hub = async () => (await find()).hub;

  return {
    ...terminal,
    env,
    options,
    client,
    hub,
    atInterrupt,
    json: options.json === true,
    language: options.lang ?? env.language,
    ask: async (route, ...request) => {
      const { decodeReply } = await import("@wadi/protocol");
      const json = await terminal.during(
        "asking the hub",
        (await client()).wire(route, ...request),
      );
      return { json, value: decodeReply(route, json, await hub()) };
    },
    printJson: (json) => terminal.print(JSON.stringify(json, null, 2)),
  };
}

async function open(at: { hub: URL; key: string | undefined }): Promise<Client> {
  const { createClient } = await import("@wadi/protocol");
  return createClient(at);
}

/**
 * The hub and the key: of an option first, then of the environment, then of the login. A login's
 * key goes to the login's own hub and to no other.
 */
export async function findHub(
  env: Environment,
  options: Options,
): Promise<{ hub: URL; key: string | undefined }> {
  const name = options.as ?? env.login ?? "default";
  const logins = await readLogins(env.configFolder);
  const login = Object.hasOwn(logins, name) ? logins[name] : undefined;
  if (!login && name !== "default") throw unknownLogin(name, Object.keys(logins), env);

  const isChosen = options.as !== undefined; // by hand, so it goes before the environment
  const named = options.hub ?? (isChosen ? login?.hub : (env.hub ?? login?.hub));
  const hub = readAddress(named ?? localHub);
  const isOwn = login !== undefined && readAddress(login.hub).href === hub.href;
  const own = isOwn ? login.key : undefined;
  if (options.keyFile !== undefined) return { hub, key: await readKey(options.keyFile) };
  return { hub, key: isChosen ? own : (env.key ?? own) };
}

/** Where a hub serves when it is told nothing else. */
export const localHub = "http://127.0.0.1:7070";

/** @throws Failure when it is no http or https address */
export function readAddress(text: string): URL {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const isGood = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  if (isGood) return new URL(address);
  throw wrongUse(`"${text}" is no address of a hub; write it like http://127.0.0.1:7070`);
}

async function readKey(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const key = (await readFile(file, "utf8")).trim();
  if (/^\S+$/.test(key)) return key;
  throw wrongUse(`${file} holds no API key: it must be the key alone, on one line`);
}

function unknownLogin(name: string, known: readonly string[], env: Environment) {
  const there = known.length === 0 ? "there is none yet" : `there are ${known.join(", ")}`;
  return wrongUse(
    `there is no login "${name}" in ${loginPath(env.configFolder)}; ${there}`,
    `sign in with: wadi login URL --as ${name}`,
  );
}
