import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";

/**
 * PostgreSQL refuses to run as root, so a hub that is root runs it as somebody else:
 * - `self`: the hub is not root, and neither is its server.
 * - `namespace`: in a user namespace in which root's files belong to "nobody" and so does the
 *   server. Outside it is still root's process on root's files: nothing needs to change hands. It
 *   also lends a name to a user that has none, as in containers with arbitrary user ids: initdb
 *   asks for it.
 * - `other-user`: where user namespaces are forbidden (containers, mostly), under a user id of its
 *   own, to which the data folder then belongs.
 */
export type RunAs =
  | { readonly kind: "self" | "namespace" }
  | { readonly kind: "other-user"; readonly uid: number };

/**
 * The user id of the server in the last case: one that nobody else uses, "nobody" least of all,
 * since jobs may run as that and must not read the ledger. It needs no entry in the password file;
 * only `initdb` insists on a user with a name and therefore runs as nobody.
 */
export const serverUid = 65_431;
export const nobodyUid = 65_534;

/** How the server will run, found out by trying. `forced` is for tests. */
export async function chooseRunAs(forced?: RunAs["kind"]): Promise<RunAs> {
  const namespace = { kind: "namespace" } as const;
  const otherUser = { kind: "other-user", uid: serverUid } as const;
  if (process.getuid?.() !== 0) {
    const borrowsName = !hasName() && (await succeeds(as(namespace, ["true"])));
    return borrowsName ? namespace : { kind: "self" };
  }
  if (forced === "other-user") return otherUser;
  if (await succeeds(as(namespace, ["true"]))) return namespace;
  if (await succeeds(as(otherUser, ["true"]))) return otherUser;
  throw new Error(
    "PostgreSQL refuses to run as root, and this machine lets root neither make a user " +
      "namespace (unshare) nor change its user (setpriv): start the hub as an ordinary user, " +
      "or set DATABASE_URL",
  );
}

function hasName(): boolean {
  try {
    return os.userInfo().username !== "";
  } catch {
    return false;
  }
}

/**
 * The command, run as that user. It replaces its wrappers, so its pid is the one that is spawned.
 */
export function as(runAs: RunAs, command: readonly string[]): string[] {
  return [...wrapperOf(runAs), ...command];
}

function wrapperOf(runAs: RunAs): string[] {
  switch (runAs.kind) {
    case "self":
      return [];
    case "namespace":
      return ["unshare", "--user", `--map-user=${nobodyUid}`, `--map-group=${nobodyUid}`, "--"];
    case "other-user": {
      const user = [`--reuid=${runAs.uid}`, `--regid=${runAs.uid}`, "--clear-groups"];
      return ["setpriv", ...user, "--inh-caps=-all", "--no-new-privs", "--"];
    }
  }
}

/**
 * How the server is made to end with the hub, even one killed with -9:
 * - `signal`: the kernel interrupts it when its parent dies (Linux).
 * - `pipe`: a shell between them waits for the end of a pipe that only the hub holds open. Weaker:
 *   whoever kills that shell as well leaves the server running (until the lock tells the next hub).
 */
export type Guard = "signal" | "pipe";

export async function chooseGuard(): Promise<Guard> {
  return (await succeeds(["setpriv", "--pdeathsig", "INT", "--", "true"])) ? "signal" : "pipe";
}

/**
 * The command, ended with SIGINT (PostgreSQL's fast shutdown) when the hub ends. The signal must be
 * asked for inside `as`: changing the user forgets it. It is not sent for a parent that died before
 * it was asked for, hence the look at PPID.
 */
export function guarded(guard: Guard, command: readonly string[]): string[] {
  if (guard === "pipe") return ["sh", "-c", endWithPipe, "guard", ...command];
  const unlessOrphan = ["sh", "-c", 'test "$PPID" = "$0" && exec "$@"', String(process.pid)];
  return ["setpriv", "--pdeathsig", "INT", "--", ...unlessOrphan, ...command];
}

/** Standard input is the pipe; it is kept as descriptor 4, since a background job is given none. */
const endWithPipe = `
exec 4<&0 </dev/null
"$@" 4<&- & server=$!
{ cat <&4 >/dev/null; kill -INT $server; } 2>/dev/null &
exec 3<&- 4<&-
wait $server`;

/** Whether a command, without its wrappers' help, ends well. */
export async function succeeds(command: readonly string[]): Promise<boolean> {
  const [program = "", ...args] = command;
  return promisify(execFile)(program, args).then(
    () => true,
    () => false,
  );
}
