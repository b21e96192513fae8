import type { Sql } from "../../db/index.ts";
import { keepInForce, type OfContract, type StoredApproval } from "./approval-store.ts";
import type { StoredClaim } from "../claim/store.ts";

/**
 * The claims, about to be decided, with the caps that persons of their funds raised for their
 * contracts. None of these is revoked before the transaction ends, so that what is saved with the
 * claim is what it was decided by. Of several for one cap the highest counts.
 */
export async function withApprovals(
  sql: Sql,
  claims: readonly StoredClaim[],
): Promise<StoredClaim[]> {
  const inForce = Map.groupBy(await keepInForce(sql, claims), nameOf);
  return claims.map((claim) => {
    const own = inForce.get(nameOf(claim)) ?? [];
    const approvals = Object.values(Object.groupBy(own, ({ cap }) => cap)).map((of) =>
      approvalIn(of!.reduce((most, one) => (one.limit > most.limit ? one : most))),
    );
    return { ...claim, asked: { ...claim.asked, approvals } };
  });
}

const nameOf = ({ programme, tenant, contract }: OfContract) =>
  JSON.stringify([programme, tenant, contract]);

/** Whether both are about the same contract of the same tenant. */
export const isOf = (one: OfContract, other: OfContract): boolean => nameOf(one) === nameOf(other);

/** As a case has it: two persons signed it. */
export const approvalIn = ({ cap, limit, askedBy, secondedBy }: StoredApproval) => ({
  ...{ cap, limit },
  approvedBy: [askedBy, ...(secondedBy === null ? [] : [secondedBy])],
});
