import { linkEntry, sequence, syncRequest, type LinkEntry } from "@wadi/protocol";
import { z } from "zod";

import type { OddEntry } from "./store.ts";

/**
 * A sync as the hub reads it. One entry that does not fit the schema, of a newer agent or a faulty
 * one, must not hold up all others for ever: it only has to have its number.
 */
export const lenientSync = syncRequest.extend({
  entries: z.array(z.looseObject({ seq: sequence })).max(2000),
});
export type LenientSync = z.output<typeof lenientSync>;

export type ReadEntry =
  | { readonly kind: "entry"; readonly entry: LinkEntry }
  | { readonly kind: "odd"; readonly odd: OddEntry };

/**
 * Reads the entries that were not taken before, oldest first. Where their numbers leave a gap
 * after `acked` none is taken: the agent sends them again from there.
 */
export function freshEntries(given: LenientSync["entries"], acked: bigint): ReadEntry[] {
  const fresh = given.filter(({ seq }) => seq > acked);
  const isGapless = fresh.every(({ seq }, i) => seq === acked + 1n + BigInt(i));
  return isGapless ? fresh.map(readEntry) : [];
}

function readEntry({ seq, ...fields }: LenientSync["entries"][number]): ReadEntry {
  const raw = { seq: `${seq}`, ...fields };
  const read = linkEntry.safeParse(raw);
  if (read.success) return { kind: "entry", entry: read.data };
  const [issue] = read.error.issues;
  const why = `/${issue?.path.join("/")} ${issue?.message}`;
  return { kind: "odd", odd: { seq, why: why.slice(0, 1000), entry: raw } };
}
