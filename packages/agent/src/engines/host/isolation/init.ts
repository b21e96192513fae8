/**
 * The first process of a replica's chain that knows the job: it starts the command, waits for it
 * and for every orphan, and tells the keeper how the command ended. A POSIX shell script, since a
 * shell is the one thing that every host has.
 *
 * Its file descriptor 2 is a socket to the keeper, 3 the job's stderr. The keeper answers twice:
 * before the command begins (so that none begins under a dead keeper, and what the keeper has to
 * note of it is on disk first), and after its report (so that the keeper can still look at what
 * the command left behind). End of file, a dead keeper, ends it at once.
 *
 * Arguments: a file that sets the command's environment, then the command. A trap that does
 * something, even nothing, is reset in the command, unlike a signal ignored.
 */
export const initScript = `trap : TERM INT HUP QUIT
ulimit -c 0
echo ready >&2
read -r go <&2 || exit 1
( . "$1"; shift; exec "$@" ) 2>&3 3>&-
code=$?
{ echo "exit $code"; times; } >&2
read -r go <&2
exit 0`;

/** How a command ended, as told by the init. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Of the command and of all it started that was waited for. Steps of 10 ms with dash. */
  readonly cpuMs: number;
}

/**
 * Reads the init's report once it is whole. A shell's own status cannot tell `exit 137` from a
 * SIGKILL, but a shell also says "Killed", on its own stderr, when a signal ends a command.
 *
 * Exact for every exit code, and for every signal but SIGINT and SIGPIPE: shells keep quiet about
 * those two, so a command that one of them ended shows as exit code 130 or 141.
 */
export function readReport(text: string, signals: Signals): CommandEnd | undefined {
  const match = /^([^]*?)exit (\d+)\n(?:\S+ \S+\n)(\S+) (\S+)\n/.exec(text);
  if (match === null) return undefined;
  const [, said = "", status = "", user = "", system = ""] = match;
  const code = Number(status);
  const cpuMs = shellTimeMs(user) + shellTimeMs(system);
  const bySignal = said.trim() !== "" && code > 128;
  return bySignal
    ? { exitCode: null, signal: signalName(code - 128, signals), cpuMs }
    : { exitCode: code, signal: null, cpuMs };
}

export type Signals = Readonly<Record<string, number>>;

const signalName = (number: number, signals: Signals) =>
  Object.keys(signals).find((name) => signals[name] === number) ?? `SIG${number}`;

/** "1m2.345s" in milliseconds; some shells write a comma. */
function shellTimeMs(text: string): number {
  const [, minutes = "0", seconds = "0"] = /^(\d+)m([\d.,]+)s$/.exec(text) ?? [];
  return Math.round(Number(minutes) * 60_000 + Number(seconds.replace(",", ".")) * 1000);
}
