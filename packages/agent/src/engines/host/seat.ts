import type { HostId } from "@wadi/core/units";

/** What one replica holds: its host, and that host's cards by both their numbers. */
export interface Seat {
  readonly host: HostId;
  /** Indices at the centre, ascending. */
  readonly slots: readonly number[];
  /** The same cards, by their index at the host. */
  readonly devices: readonly number[];
  /** Whether any of the cards is only counted. */
  readonly emulated: boolean;
}
