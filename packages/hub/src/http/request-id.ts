import type { IncomingMessage } from "node:http";

/** What a request may call itself: printable, short, nothing that breaks a log line. */
const sane = /^[\w.:+/=@-]{1,128}$/;

/** The id of a request in replies and logs: the caller's `x-request-id` if sane, else ours. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">, newId: () => string) {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && sane.test(given) ? given : newId();
}
