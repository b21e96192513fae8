import type { Transfer } from "./transfer.ts";

/**
 * A group as it may be posted while all before `closedUntil` is closed. What a person posts as of
 * a closed period is refused: it is put right in the open one, by a counter-entry. What runs cause
 * cannot wait, since a centre may be heard of late: it is posted as of the open period's start,
 * and its readings say when it was.
 *
 * @returns undefined when it is refused
 */
export function inOpenPeriod(
  group: readonly Transfer[],
  closedUntil: Temporal.Instant,
): readonly Transfer[] | undefined {
  const isClosed = ({ happenedAt }: Transfer) =>
    Temporal.Instant.compare(happenedAt, closedUntil) < 0;
  if (!group.some(isClosed)) return group;
  if (group.some((one) => isClosed(one) && one.job === null)) return undefined;
  return group.map((one) => (isClosed(one) ? { ...one, happenedAt: closedUntil } : one));
}
