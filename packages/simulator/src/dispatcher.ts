import type { Booking, Change, Placement, Preemption } from "@wadi/core/dispatch";

/** What decides in a simulation: production dispatch, or a baseline to compare it with. */
export interface Dispatcher {
  readonly name: string;
  /** All that has happened since, in the order it did; told before each decision. */
  tell(changes: readonly Change[]): void;
  /** What to start and to stop now. Nothing is taken as done: `tell` says what was. */
  decide(nowMs: number): Decision;
}

export interface Decision {
  readonly placements: readonly Placement[];
  readonly preemptions: readonly Preemption[];
  readonly bookings: readonly Booking[];
}
