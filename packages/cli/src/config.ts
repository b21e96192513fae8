import { homedir } from "node:os";
import { join } from "node:path";

/** All that the command line takes from the environment. */
export interface Environment {
  /** WADI_HUB: the hub's address. */
  readonly hub: string | undefined;
  /** WADI_KEY: the API key. */
  readonly key: string | undefined;
  /** WADI_LOGIN: which of several logins. */
  readonly login: string | undefined;
  /** LC_ALL, LC_MESSAGES or LANG, the first that is set. */
  readonly language: "en" | "zh";
  /** COLUMNS: how wide the terminal is, where it is set. */
  readonly columns: number | undefined;
  /** NO_COLOR is set, or the terminal is a dumb one. */
  readonly plain: boolean;
  /** Where logins are kept: XDG_CONFIG_HOME or ~/.config, and wadi in it. */
  readonly configFolder: string;
  /** The environment itself, for the agent's process. */
  readonly inherited: NodeJS.ProcessEnv;
}

/** Reads the environment; the only place that does. */
export function readEnvironment(): Environment {
  const { env } = process;
  const set = (name: string) => env[name] || undefined; // an empty variable is one not set
  const columns = Number(set("COLUMNS"));
  const language = set("LC_ALL") ?? set("LC_MESSAGES") ?? set("LANG") ?? "";
  return {
    hub: set("WADI_HUB"),
    key: set("WADI_KEY"),
    login: set("WADI_LOGIN"),
    language: language.startsWith("zh") ? "zh" : "en",
    columns: Number.isInteger(columns) && columns > 0 ? columns : undefined,
    plain: set("NO_COLOR") !== undefined || set("TERM") === "dumb",
    configFolder: join(set("XDG_CONFIG_HOME") ?? join(homedir(), ".config"), "wadi"),
    inherited: env,
  };
}
