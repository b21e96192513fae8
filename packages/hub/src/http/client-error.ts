import type { Socket } from "node:net";
import { refusals } from "@wadi/protocol";

import { Refused } from "../refused.ts";
import { problemOf, problemType } from "./problem.ts";

/** Answers what is no HTTP request, or never arrived whole; there is no request to log then. */
export function onClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const refused = refusalOf(error.code);
  const { status, title } = refusals[refused.code];
  const body = JSON.stringify(problemOf(refused, "none"));
  if (socket.writable) {
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      `content-type: ${problemType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}

function refusalOf(code: string | undefined): Refused {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Refused("request-timeout", {}, "the request did not arrive whole in time");
    case "HPE_HEADER_OVERFLOW":
      return new Refused("headers-too-large", {}, "the headers have more than 16 KiB");
    default:
      return new Refused("malformed-request", {}, "this is no HTTP/1.1 request");
  }
}
