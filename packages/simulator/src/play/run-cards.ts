import { cardsPaid } from "./incurred.ts";
import type { Run } from "./state.ts";

/** Cards that a run holds; parts of cards as parts. */
export const cardsOf = (run: Pick<Run, "placement">) =>
  (cardsPaid(run) * run.placement.need.share) / 1000;
