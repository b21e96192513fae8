import { total, type ProgrammeId } from "@wadi/core/units";
import { decidesTogether } from "@wadi/core/vouchers";
import type { RoundId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { Refused } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { dayOf } from "../claim/claim-case.ts";
import { claimsOfRound, differencesOf, placesOfDecided, previewRound } from "./decide-round.ts";
import { gatheredClaims } from "./round-claims-store.ts";
import { insertRound, placesOf, readRound, type Place, type Round } from "./round-store.ts";
import { isApproved, roundsOf, type WindowStanding } from "./rounds-of.ts";
import { approvedRules } from "../rules/rules-for.ts";
import { lockRules } from "../rules/rules-store.ts";

export interface ProposingRound {
  readonly programme: ProgrammeId;
  /** Null: the first that was not decided; of the oldest version that has one. */
  readonly window: string | null;
  readonly version: number | null;
  /** Claims still with the offices, or lacking something, are left to the next round. */
  readonly close: boolean;
  readonly by: AuditEntry["by"];
}

/**
 * Works out what a round would give each of its claims, and keeps it for another person to approve.
 * Nothing is granted yet. Where nothing changed since this person's last proposal, that one stands.
 * @throws Refused `not-found`, `wrong-state` while the window is open or claims are on their way
 */
export function proposeRound(
  hub: Pick<Hub, "db" | "clock" | "newId">,
  of: ProposingRound,
): Promise<Round> {
  const { programme, by } = of;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockRules(sql, programme); // one proposal at a time
    const versions = await approvedRules(sql, programme);
    if (!versions.at(-1)?.payers.some(({ fund }) => seesFund(by.signer, fund))) {
      const detail = `there is no programme ${programme} of yours with approved rules`;
      throw new Refused("not-found", {}, detail);
    }
    if (!versions.some(decidesTogether)) {
      const detail = `${programme} decides each claim by itself: its rules know no rounds`;
      throw new Refused("wrong-state", {}, detail);
    }
    const standing = chooseWindow(await roundsOf(sql, { programme, versions, at }), of);
    refuseUnready(standing, of);
    const { version, window, until } = standing;
    const rules = versions.find((one) => one.version.number === version)!;
    const asOf = dayOf(at, rules);
    const ids = await gatheredClaims(sql, { programme, version, until });
    const claims = await claimsOfRound(sql, ids);
    const { decided } = await previewRound(sql, { rules, claims, asOf });
    const places = await placesOfDecided(sql, decided);
    const known = await sameProposal(sql, standing, { places, asOf, of });
    if (known) return known;
    const round = {
      ...{ id: hub.newId() as RoundId, programme, version, window, until },
      ...{ isClosing: of.close, decidedOn: asOf, claims: places.length },
      grants: places.filter(({ outcome }) => outcome === "granted").length,
      granted: total(places.map(({ granted }) => granted)),
      ...{ proposedBy: by.signer.key, proposedAt: at },
    };
    await insertRound(sql, round, places);
    const facts = { round: round.id, version, window, granted: round.granted };
    await audit(sql, { by, at, action: "round.propose", subject: `programme/${programme}`, facts });
    return (await readRound(sql, round))!;
  });
}

/** @throws Refused `not-found`, or `wrong-state` where it was decided already */
function chooseWindow(
  standings: readonly WindowStanding[],
  { programme, window, version }: ProposingRound,
): WindowStanding {
  const meant = standings.filter(
    (one) =>
      (window === null || one.window === window) && (version === null || one.version === version),
  );
  const open = meant.find(({ round }) => round === null || !isApproved(round));
  if (open) return open;
  const [decided] = meant;
  if (decided && window !== null) {
    const when = decided.round!.approvedAt!.toString();
    const detail = `round ${window} of ${programme} was decided at ${when}`;
    throw new Refused("wrong-state", { window }, detail);
  }
  const which = window === null ? "" : ` in window "${window}"`;
  throw new Refused("not-found", {}, `no claims of ${programme} wait for a round${which}`);
}

/** @throws Refused `wrong-state` */
function refuseUnready(standing: WindowStanding, { close }: ProposingRound): void {
  const { window, until, isOver, gathered, reviewing, incomplete } = standing;
  const refused = (facts: Record<string, unknown>, why: string) =>
    new Refused("wrong-state", facts, `round ${window} cannot be decided yet: ${why}`);
  if (!isOver) {
    const last = until!.toString();
    throw refused({ until: last }, `claims are taken until ${last}; propose it the day after`);
  }
  if (gathered === 0) throw refused({}, "no claim of it has passed its checks and offices");
  if (close || reviewing + incomplete === 0) return;
  const cure = "wait for them, or close the round without them";
  const why = `${reviewing} claims are with the offices, ${incomplete} lack something; ${cure}`;
  throw refused({ reviewing, incomplete }, why);
}

async function sameProposal(
  sql: Sql,
  { round }: WindowStanding,
  now: { places: readonly Place[]; asOf: Temporal.PlainDate; of: ProposingRound },
): Promise<Round | null> {
  const { by, close } = now.of;
  const isSame =
    round?.proposedBy === by.signer.key &&
    round.isClosing === close &&
    round.decidedOn.equals(now.asOf);
  if (!isSame) return null;
  const before = await placesOf(sql, round.id);
  return differencesOf(before, now.places).length === 0 ? round : null;
}
