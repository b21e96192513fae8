import { shareOf, wholeCard, type RunSpec } from "../engine.ts";
import type { HostConfig } from "./config.ts";
import { cardVariables } from "./card-access.ts";
import type { RunPaths } from "./run-files.ts";
import type { Seat } from "./seats.ts";

/**
 * The environment of one replica, made from nothing: none of the agent's own variables, which may
 * hold its credentials, reaches a run. The tenant's come first and cannot replace the centre's,
 * but for the plain ones: PATH, LANG, HOME, TMPDIR, USER, LOGNAME.
 */
export function jobEnv(
  config: HostConfig,
  run: { readonly spec: RunSpec; readonly paths: RunPaths },
  { seat, replica }: { readonly seat: Seat; readonly replica: number },
): Record<string, string> {
  const { spec, paths } = run;
  const host = config.hosts.find(({ id }) => id === seat.host);
  const held = spec.cards && { model: spec.cards.model, devices: seat.devices };
  return {
    PATH: config.jobPath,
    LANG: "C.UTF-8",
    HOME: paths.work,
    TMPDIR: paths.tmp,
    // The run's user id has no account to look these up in.
    USER: "wadi",
    LOGNAME: "wadi",
    ...spec.env,
    ...cardVariables(held, host?.cards.map(({ model }) => model) ?? []),
    WADI_RUN_ID: spec.run,
    WADI_JOB_ID: spec.job,
    WADI_GENERATION: String(spec.generation),
    WADI_RUN_DIR: paths.work,
    WADI_CHECKPOINT_DIR: paths.checkpoint,
    WADI_REPLICA: String(replica),
    WADI_REPLICAS: String(spec.replicas),
    WADI_HOST: seat.host,
    WADI_CARDS: String(seat.slots.length),
    WADI_CARD_SLOTS: seat.slots.join(","),
    WADI_CPU_MILLIS: String(spec.cpu),
    WADI_MEMORY_MIB: String(spec.memory),
    ...(spec.cards && { WADI_CARD_MODEL: spec.cards.model }),
    ...(shareOf(spec.cards) < wholeCard && { WADI_CARD_SHARE: String(shareOf(spec.cards)) }),
    ...(seat.emulated && { WADI_CARDS_EMULATED: "1" }),
    ...(spec.arrayIndex !== null && { WADI_ARRAY_INDEX: String(spec.arrayIndex) }),
  };
}

/**
 * The same as lines for a POSIX shell to read. A file and not arguments, which every user of the
 * machine can list; and not the environment of the chain, whose first links run as the agent's
 * user: a tenant's LD_PRELOAD must not reach those.
 */
export const asShellLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
