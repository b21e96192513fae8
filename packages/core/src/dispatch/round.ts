import type { Plan } from "./plan.ts";
import { openRegion } from "./region.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Decides one round: which jobs start now, where, what is stopped and booked for others, and why
 * the rest waits. Pure: the same snapshot gives the same plan, whatever the order of its lists.
 */
export const round = (snapshot: Snapshot): Plan =>
  openRegion(snapshot).decide(snapshot.nowMs, { explains: true });
