import { exitCodes, type ExitName } from "./exit-codes.ts";

/** What ends a command, in words for whoever typed it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exit: ExitName;
  /** Lines under the message: places in a file, what to type instead. */
  readonly notes: readonly string[];

  constructor(exit: ExitName, message: string, notes: readonly string[] = []) {
    super(message);
    this.exit = exit;
    this.notes = notes;
  }
}

/** The caller used the command wrongly. */
export const wrongUse = (message: string, ...notes: string[]) =>
  new Failure("usage", message, notes);

/** What is told of an error, and what the process ends with. */
export interface Told {
  readonly code: number;
  readonly lines: readonly string[];
  /** For programs: the hub's own problem details. */
  readonly problem?: object;
}

/** What to try when the hub said this. */
const cures: Readonly<Record<string, string>> = {
  "not-signed-in": "sign in with: wadi login URL",
  "exceeds-balance": "see what is left with: wadi balance",
  "unknown-card-model": "see what the region has with: wadi pools",
  "nowhere-to-run": "see why each pool refuses with: wadi quote FILE",
  "unknown-upload": "store the file first with: wadi upload FILE",
};

/** Turns whatever was thrown into words and an exit code. */
export function tell(error: unknown): Told {
  if (error instanceof Failure) {
    return { code: exitCodes[error.exit].code, lines: [error.message, ...error.notes] };
  }
  if (!(error instanceof Error)) return { code: exitCodes.fault.code, lines: [String(error)] };
  if (error.name === "ApiProblem") return tellProblem(error as ApiProblemLike);
  if (error.name === "HubUnreachable" || error.name === "UnexpectedReply") {
    const where = "the address comes from --hub, WADI_HUB or the login; see wadi --help";
    return { code: exitCodes.unreachable.code, lines: [error.message, where] };
  }
  if ("syscall" in error && "code" in error) {
    return { code: exitCodes.usage.code, lines: [systemError(error as SystemError)] };
  }
  const lines = [`a fault of wadi itself: ${error.message}`, error.stack ?? ""];
  return { code: exitCodes.fault.code, lines };
}

/** Told by name, so that commands which call no hub need not load the client. */
interface ApiProblemLike extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly errors: readonly { pointer: string; in: string; detail: string }[];
  readonly problem: object;
}

function tellProblem(error: ApiProblemLike): Told {
  const { code, status, detail, instance, errors, problem } = error;
  const [first, ...others] = errors;
  // The hub ends its sentence with the one thing that is wrong.
  const isSaid = first !== undefined && others.length === 0 && detail.endsWith(first.detail);
  const fields = errors.map((one) => `  ${one.pointer || one.in} ${one.detail}`);
  const cure = cures[code];
  const lines = [
    detail,
    ...(isSaid ? [] : fields.filter((line) => !line.endsWith(detail))),
    ...(cure === undefined ? [] : [cure]),
    ...(status >= 500 ? [`the hub's log has more under the request ${instance}`] : []),
  ];
  return { code: exitCodes[exitOf(status)].code, lines, problem };
}

function exitOf(status: number): ExitName {
  if (status === 401 || status === 403) return "notAllowed";
  if (status === 404) return "notFound";
  return status >= 500 || status === 429 ? "unreachable" : "refused";
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

const systemWords: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "not allowed",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "the disk is full",
  EEXIST: "it is there already",
};

const systemError = ({ code, path, message }: SystemError) =>
  path === undefined ? message : `${path}: ${systemWords[code] ?? message}`;
