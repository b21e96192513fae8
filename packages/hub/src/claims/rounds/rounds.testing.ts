import type { ProgrammeId } from "@wadi/core/units";
import type { ClaimId, RoundId } from "@wadi/protocol";

import { approveRound } from "./approve-round.ts";
import { officers, type World } from "../claims-world.testing.ts";
import { proposeRound } from "./propose-round.ts";
import type { Round } from "./round-store.ts";

const words = { en: "x", zh: "x" };

/** Two windows of ten days: the clock of `claimsWorld` stands in the first of them. */
export const windows = [
  { from: "2026-03-01", until: "2026-03-10" },
  { from: "2026-04-01", until: "2026-04-10" },
];

/** 50 % of each contract, out of a budget that the claims of a window share. */
export const sharing = (budget: string, differs: object = {}) => ({
  ...{ caps: [], budget: { amount: budget } },
  lifecycle: { mode: "claim-then-redeem", cadence: { kind: "batch", windows } },
  redemption: { shortage: "equal-ratio" },
  ...differs,
});

export const stage = { code: "look", text: words, office: "district", persons: 1 };

export const propose = (
  { hub }: World,
  programme: ProgrammeId,
  { by = officers[0], ...differs }: Partial<Parameters<typeof proposeRound>[1]> = {},
): Promise<Round> => {
  const of = { window: null, version: null, close: false, programme, by, ...differs };
  return proposeRound(hub, of);
};

export const approve = (
  { hub }: World,
  programme: ProgrammeId,
  { id, by = officers[1] }: { id: RoundId; by?: (typeof officers)[number] },
): Promise<Round> => approveRound(hub, { programme, id, by });

/** Proposed by one officer and approved by another. */
export async function holdRound(world: World, programme: ProgrammeId, close = false) {
  const { id } = await propose(world, programme, { close });
  return approve(world, programme, { id });
}

/** What claims came to, in the order given. */
export async function claimsNow({ hub }: World, ids: readonly ClaimId[]) {
  const rows = await hub.db.sql<{ id: ClaimId; state: string; granted: bigint; would: bigint }>`
    select id, state, granted, coalesce((decision->>'granted')::bigint, 0) as would
    from claims where id = any(${ids}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}
