import { problem, type FieldProblem, type Problem } from "../problem.ts";

/** The hub refused a call, and said why. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** A `RefusalCode`, or a code of a newer hub's. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The request id, as in the hub's logs. */
  readonly instance: string;
  /** The wrong fields, where that was the reason; else empty. */
  readonly errors: readonly FieldProblem[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly #problem: Problem;

  constructor(from: Problem) {
    super(`${from.title}: ${from.detail}`);
    this.code = from.code;
    this.status = from.status;
    this.title = from.title;
    this.detail = from.detail;
    this.instance = from.instance;
    this.errors = from.errors ?? [];
    this.facts = from.facts ?? {};
    this.#problem = from;
  }

  /** As it travelled. */
  get problem(): Problem {
    return this.#problem;
  }
}

/** No reply came. The message names the address and says what to try; `cause` has the rest. */
export class HubUnreachable extends Error {
  override readonly name = "HubUnreachable";
  readonly url: string;
  /** Of the system or the HTTP library: "ECONNREFUSED"; empty in browsers, which do not tell. */
  readonly code: string;

  constructor(url: string, cause: unknown) {
    const code = codeOf(cause);
    const { origin } = new URL(url);
    super(`cannot reach the hub at ${origin}: ${adviceOn(code, cause)}`, { cause });
    this.url = url;
    this.code = code;
  }
}

/** A reply came that no hub of this version gives. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  readonly url: string;
  readonly status: number;

  constructor({ url, status, why }: { url: string; status: number; why: string }) {
    super(`${url} answered ${status} ${why}; is it a hub, and of this version?`);
    this.url = url;
    this.status = status;
  }
}

/** The problem that a reply of status 400 or above holds. */
export async function problemIn(
  reply: Response,
  url: string,
): Promise<ApiProblem | UnexpectedReply> {
  const { status } = reply;
  const type = reply.headers.get("content-type") ?? "no type";
  if (!type.includes("json")) return new UnexpectedReply({ url, status, why: `with ${type}` });
  const found = problem.safeParse(await reply.json().catch(() => undefined));
  if (found.success) return new ApiProblem(found.data);
  return new UnexpectedReply({ url, status, why: "without problem details" });
}

/** What became of a request that a timer ended. */
export class NoReplyInTime extends Error {
  override readonly name = "NoReplyInTime";
  readonly code = "TIMEOUT";
}

const trust = "its certificate is not trusted here; NODE_EXTRA_CA_CERTS=FILE names one that is";
const unknownName = "the name is not known; check the address and the network";

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the hub, or check the address",
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  ECONNRESET: "the connection broke off; try again",
  EPIPE: "the connection broke off; try again",
  UND_ERR_SOCKET: "the connection broke off; try again",
  ETIMEDOUT: "no answer; check the network, and firewalls between here and there",
  EHOSTUNREACH: "no way leads there; check the network",
  ENETUNREACH: "no way leads there; check the network",
  UND_ERR_CONNECT_TIMEOUT: "no answer; check the network, and firewalls between here and there",
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  CERT_HAS_EXPIRED: "its certificate has expired; the operator must renew it",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; check the address",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; try http:// in place of https://",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS; try http:// in place of https://",
};

/** Errors that do not go away by asking again. */
const lasting = new Set([
  "ENOTFOUND",
  ...Object.keys(advice).filter((code) => /CERT|SSL/.test(code)),
]);

/** Whether another try may have another end. */
export const mayPass = ({ code }: HubUnreachable) => !lasting.has(code);

function adviceOn(code: string, cause: unknown): string {
  const known = advice[code];
  if (known !== undefined) return known;
  const { message } = deepest(cause);
  return `${message || "the request did not come through"}; check the address and the network`;
}

function codeOf(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code } = error as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return "";
}

function deepest(cause: unknown): Error {
  let error = cause instanceof Error ? cause : new Error(String(cause));
  while (error.cause instanceof Error) error = error.cause;
  return error;
}
