import { z } from "zod";
import { linkEntry, type LinkEntry } from "@wadi/protocol";

/** Something to be told to the hub; the journal gives it its number. */
export type NewEntry = WithoutSeq<LinkEntry>;
type WithoutSeq<E> = E extends { readonly seq: bigint } ? Omit<E, "seq"> : never;

/**
 * The entry as the journal takes it: the fields of its JSON, without the number.
 * @throws Error for what the hub could not read: it must not come into the journal
 */
export function entryFields(entry: NewEntry): string {
  const { seq: _, ...fields } = z.encode(linkEntry, { ...entry, seq: 0n });
  return JSON.stringify(fields);
}
