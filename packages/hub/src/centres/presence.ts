/** Whether a centre takes runs now. */
export interface CentreState {
  /** `unknown`: not heard of for a whole lease; it counts before `draining`. */
  readonly state: "never-joined" | "up" | "unknown" | "draining" | "left";
  readonly heardAt: Temporal.Instant | null;
}

export type CentreMode = "open" | "draining" | "left";

export interface Presence {
  readonly mode: CentreMode;
  /** Null: no agent has ever joined. */
  readonly joinedAt: Temporal.Instant | null;
  readonly heardAt: Temporal.Instant | null;
}

/** Pure: from what is stored, at one moment. */
export function stateOf(
  { mode, joinedAt, heardAt }: Presence,
  { now, leaseMs }: { now: Temporal.Instant; leaseMs: number },
): CentreState["state"] {
  if (mode === "left") return "left";
  if (joinedAt === null || heardAt === null) return "never-joined";
  const silentMs = now.since(heardAt).total("milliseconds");
  if (silentMs > leaseMs) return "unknown";
  return mode === "draining" ? "draining" : "up";
}
