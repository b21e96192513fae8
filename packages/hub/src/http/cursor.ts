import { z } from "zod";

import { Refused } from "../refused.ts";

/**
 * Where a page of a list ended, as text that callers hand back and do not look into. `schema` says
 * what it holds, in the protocol's codecs: `z.tuple([instant, uuid<JobId>()])`.
 */
export function encodeCursor<S extends z.ZodType>(schema: S, place: z.output<S>): string {
  return Buffer.from(JSON.stringify(z.encode(schema, place))).toString("base64url");
}

/**
 * @returns undefined for the first page
 * @throws Refused `invalid-request` for anything that this list did not hand out
 */
export function decodeCursor<S extends z.ZodType>(
  schema: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const read = schema.safeParse(jsonIn(cursor));
  if (read.success) return read.data;
  const detail = "is no cursor of this list; take `next` of the page before, or leave it out";
  throw new Refused("invalid-request", {}, `/cursor ${detail}`, [
    { pointer: "/cursor", in: "query", detail },
  ]);
}

/**
 * One page out of rows that were read with one more than `limit`: the extra row only tells that
 * there is another page.
 */
export function pageOfRows<Row, S extends z.ZodType>(
  rows: readonly Row[],
  page: { limit: number; schema: S; placeOf: (row: Row) => z.output<S> },
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  const isLastPage = rows.length <= page.limit || last === undefined;
  return { items, next: isLastPage ? null : encodeCursor(page.schema, page.placeOf(last)) };
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
