import { isWithin } from "./decide/registers.ts";
import type { ProgrammeRules, Version } from "./rules/index.ts";

/** The days of a claim that a version may be chosen by; null: not known, or not yet. */
export type VersionDays = Readonly<Record<Version["decidedBy"], Temporal.PlainDate | null>>;

/** R43: the version that a claim is decided by; undefined where none was in force that day. */
export const versionFor = (
  versions: readonly ProgrammeRules[],
  days: VersionDays,
): ProgrammeRules | undefined =>
  versions.find(({ version }) => {
    const day = days[version.decidedBy];
    return day !== null && isWithin(day, version.inForce);
  });

/**
 * R43: the version that an open claim is redeemed by: the one it was decided by, or a later one in
 * force that day which says that open claims follow it.
 */
export function versionToRedeem(
  versions: readonly ProgrammeRules[],
  { decidedBy, redeemedOn }: { decidedBy: ProgrammeRules; redeemedOn: Temporal.PlainDate },
): ProgrammeRules {
  const later = versions.find(
    ({ version }) =>
      version.number > decidedBy.version.number &&
      version.openClaims === "follow" &&
      isWithin(redeemedOn, version.inForce),
  );
  return later ?? decidedBy;
}
