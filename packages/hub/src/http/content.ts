import type { Readable } from "node:stream";

/** A reply that is not JSON. */
export interface Content {
  readonly kind: "content";
  /** One of the route's `media`. */
  readonly type: string;
  readonly body: string | Uint8Array | Readable;
  readonly headers?: Record<string, string>;
}

/** The reply was written by `streamEvents`; there is nothing left to send. */
export interface Streamed {
  readonly kind: "streamed";
}

/** For routes whose `media` says more than JSON: `content({ type: "text/csv", body: text })`. */
export const content = (parts: Omit<Content, "kind">): Content => ({ kind: "content", ...parts });
