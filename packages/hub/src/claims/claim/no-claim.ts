import type { ClaimId } from "@wadi/protocol";

import { Refused } from "../../refused.ts";

/** The same answer for a claim that is not there and for one that is not the caller's. */
export const noClaim = (id: ClaimId) =>
  new Refused("not-found", {}, `there is no claim ${id}, or it is not yours`);
