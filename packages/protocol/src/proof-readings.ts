import { z } from "zod";
import { busyTime, byteCount, duration, instant, sha256 } from "./codec.ts";

/** Where a leaf stands in a Merkle tree, and the hashes beside its way to the root. */
export const merklePath = { place: z.int().min(0), path: z.array(sha256).max(64) };

/** A reading of a run as a bundle has it. */
export const bundleReading = z.strictObject({
  number: z.int(),
  revision: z.int().min(0),
  from: instant,
  to: instant,
  cards: z.int(),
  cpuTime: duration,
  peakMemoryBytes: byteCount,
  busyTime,
  final: z.boolean(),
  signed: z
    .strictObject({ batch: z.int().min(0), ...merklePath })
    .nullable()
    .describe("Null: it came from an agent that signs nothing."),
});
