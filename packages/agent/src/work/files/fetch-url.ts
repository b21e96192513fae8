import { request as overHttp, type IncomingMessage } from "node:http";
import { request as overHttps } from "node:https";
import { isIP } from "node:net";
import { isPublicAddress, lookUpPublic, NotPublic } from "./public-address.ts";

export interface FetchOptions {
  /** `public`: not from the centre's own network, nor from this machine. */
  readonly from: "public" | "any";
  readonly signal: AbortSignal;
}

/** The server will not give it, or cannot; asking again is of no use. */
export class NotFetched extends Error {
  override readonly name = "NotFetched";
}

const redirectsMax = 5;
const silentMs = 60_000;

/**
 * The bytes behind a URL, redirects followed.
 * @throws NotFetched, NotPublic; other errors may pass
 */
export async function fetchUrl(url: string, options: FetchOptions): Promise<IncomingMessage> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const reply = await get(at, options);
    const { statusCode: status = 0, headers } = reply;
    if (status >= 200 && status < 300) return reply;
    reply.resume();
    const isRedirect = status >= 300 && status < 400 && headers.location !== undefined;
    if (!isRedirect) throw refusal(at, status);
    at = new URL(headers.location!, at);
  }
  throw new NotFetched(`${at.host} redirects more than ${redirectsMax} times`);
}

function get(url: URL, { from, signal }: FetchOptions): Promise<IncomingMessage> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new NotFetched(`${url.protocol} is not fetched from; use http or https`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (from === "public" && isIP(host) && !isPublicAddress(host)) throw new NotPublic(host);
  const send = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const asked = send(
      url,
      { signal, agent: false, ...(from === "public" && { lookup: lookUpPublic }) },
      resolve,
    );
    asked.setTimeout(silentMs, () =>
      asked.destroy(new Error(`${url.host} was silent for ${silentMs / 1000} s`)),
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** 5xx and 429 may pass; what else is refused stays refused. */
function refusal({ host }: URL, status: number): Error {
  const message = `${host} answered with status ${status}`;
  return status >= 500 || status === 429 ? new Error(message) : new NotFetched(message);
}
