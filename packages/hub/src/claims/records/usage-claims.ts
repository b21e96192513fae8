import { createHash } from "node:crypto";
import { cardModel } from "@wadi/core/capacity";
import type { ProgrammeId } from "@wadi/core/units";
import {
  isOpen,
  modeFacts,
  modes,
  periodName,
  versionFor,
  windowFor,
  type Facts,
  type Mode,
  type ProgrammeRules,
} from "@wadi/core/vouchers";

import type { Hub } from "../../context.ts";
import { openApplications } from "../decide/apply.ts";
import type { Application } from "../decide/application.ts";
import { dayOf } from "../claim/claim-case.ts";
import { recordsOf, type FactsOnRecord } from "./record-store.ts";
import { approvedRules } from "../rules/rules-for.ts";
import {
  periodsClaimed,
  programmesOfMode,
  savePeriod,
  usageIn,
  type UsageSum,
} from "./usage-claims-store.ts";

const nobodyApplies = (Object.keys(modes) as Mode[]).filter((mode) => !modeFacts(mode).applied);

type Claiming = Pick<Hub, "db" | "clock" | "newId" | "log">;

/**
 * R31, no application: for each such programme, and each of its periods that is over since it was
 * approved, claims for what tenants used on the platform and paid themselves: one claim for each
 * tenant and provider. Safe to repeat, by several hubs at once: a claim's key is what it is for.
 * A period counts as done once all of its claims were taken in. Claims are made on days on which
 * the programme takes claims, and belong to the window of the day they are made on.
 * @returns how many claims were made or found made
 */
export async function claimForUsage(hub: Claiming): Promise<number> {
  let claims = 0;
  for (const { programme, since } of await programmesOfMode(hub.db.sql, nobodyApplies)) {
    const done = await periodsClaimed(hub.db.sql, programme);
    const versions = await approvedRules(hub.db.sql, programme);
    const now = hub.clock.now();
    const standing = standingOfWindow(versions, now);
    if (standing === "waits") continue;
    for (const period of periodsSince(versions, { since, now })) {
      if (done.has(period.name)) continue;
      if (standing === "over") {
        const facts = { programme, period: period.name };
        hub.log.warn(facts, "no window comes any more: use is claimed for and refused");
      }
      claims += await claimPeriod(hub, { programme, period });
    }
  }
  return claims;
}

/**
 * Whether claims made today are taken. Outside of the days of its cadence the hub waits for the
 * next ones: no applicant is to lose by a hub that came late. Where none come it does not wait, so
 * that the claims tell that they were refused for it.
 */
function standingOfWindow(
  versions: readonly ProgrammeRules[],
  now: Temporal.Instant,
): "open" | "waits" | "over" {
  const today = dayOf(now, versions[0]!);
  const rules = versionFor(versions, { signed: null, applied: today, redeemed: today });
  const cadence = rules?.lifecycle.cadence;
  if (!cadence || isOpen(cadence, today)) return "open";
  const next = windowFor(cadence, { appliedOn: today, decided: new Set() });
  return next === null ? "over" : "waits";
}

interface ClaimPeriod {
  readonly name: string;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly first: Temporal.PlainDate;
  readonly last: Temporal.PlainDate;
}

const monthsOf = { month: 1, quarter: 3, "half-year": 6 } as const;

/**
 * A charge bears the time at which it was begun to be written. Much later than that it is there, or
 * never will be: so no charge of a period comes after its claims.
 */
const lateAtMost = { hours: 1 };

/** Those that are over, from the one in which it was approved on; of the rules that hold then. */
function periodsSince(
  versions: readonly ProgrammeRules[],
  { since, now }: { since: Temporal.Instant; now: Temporal.Instant },
): ClaimPeriod[] {
  const periods: ClaimPeriod[] = [];
  const { timeZone } = versions[0]!;
  const today = now.subtract(lateAtMost).toZonedDateTimeISO(timeZone).toPlainDate();
  let day = since.toZonedDateTimeISO(timeZone).toPlainDate();
  for (;;) {
    const rules = versionFor(versions, { signed: day, applied: day, redeemed: day });
    const cadence = rules?.lifecycle.cadence;
    const kind = cadence?.kind === "each" ? cadence.period : "month";
    const months = monthsOf[kind];
    const first = day.with({ month: day.month - ((day.month - 1) % months), day: 1 });
    const next = first.add({ months });
    if (Temporal.PlainDate.compare(next, today) > 0) return periods;
    const isMeant = rules !== undefined && !modeFacts(rules.lifecycle.mode).applied;
    if (isMeant) {
      periods.push({
        ...{ name: periodName(kind, first), first, last: next.subtract({ days: 1 }) },
        from: first.toZonedDateTime(timeZone).toInstant(),
        until: next.toZonedDateTime(timeZone).toInstant(),
      });
    }
    day = next;
  }
}

async function claimPeriod(
  hub: Claiming,
  { programme, period }: { programme: ProgrammeId; period: ClaimPeriod },
): Promise<number> {
  const sums = await usageIn(hub.db.sql, period);
  const uses = [...Map.groupBy(sums, ({ tenant, provider }) => `${tenant} ${provider}`).values()];
  const records = await recordsOf(hub.db.sql, [
    ...new Map(sums.flatMap(namesIn).map((one) => [`${one.kind}/${one.subject}`, one])).values(),
  ]);
  const known = new Map(records.map((one) => [`${one.kind}/${one.subject}`, one]));
  const asked = uses.flatMap((use) => {
    const application = applicationFor(use, { programme, period, known });
    return application === null ? [] : [application];
  });
  const applications = openApplications(hub);
  const results = await inTurns(asked, (one) => applications.apply(one));
  const failed = results.filter((one) => one.status === "rejected");
  for (const { reason } of failed) {
    hub.log.warn({ err: reason, programme, period: period.name }, "use could not be claimed for");
  }
  if (failed.length === 0) {
    await savePeriod(hub.db.sql, {
      ...{ programme, period: period.name, claims: asked.length },
      ...{ withoutClaim: uses.length - asked.length, at: hub.clock.now() },
    });
  }
  return results.length - failed.length;
}

const turn = 500;

/** So many at a time, in their order. */
async function inTurns<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (let from = 0; from < all.length; from += turn) {
    results.push(...(await Promise.allSettled(all.slice(from, from + turn).map(work))));
  }
  return results;
}

const namesIn = ({ tenant, provider, centre }: UsageSum) => [
  { kind: "tenant" as const, subject: tenant as string },
  { kind: "provider" as const, subject: provider as string },
  { kind: "centre" as const, subject: centre },
];

type OnRecord = ReadonlyMap<string, FactsOnRecord>;

/** Null: nothing was used, or as much was given back. */
function applicationFor(
  use: readonly UsageSum[],
  of: { programme: ProgrammeId; period: ClaimPeriod; known: OnRecord },
): Application | null {
  const { programme, period, known } = of;
  const { tenant, provider } = use[0]!;
  const lines = use.filter(({ paid }) => paid > 0n).map((sum) => lineOf(sum, known));
  if (lines.length === 0) return null;
  const contract = `usage/${period.name}/${tenant}/${provider}`;
  const idempotencyKey = `${programme}/${contract}`;
  const facts: Facts = {
    ...known.get(`tenant/${tenant}`)?.facts,
    ...known.get(`provider/${provider}`)?.facts,
    "contract.startsOn": period.first,
    "contract.endsOn": period.last,
  };
  return {
    ...{ programme, tenant, idempotencyKey, by: null },
    fingerprint: createHash("sha256").update(idempotencyKey).digest(),
    asked: {
      ...{ supplier: provider, contract, project: null, asked: null, facts, lines },
      ...{ evidence: [], contact: null, registrations: null, approvals: [], otherMoney: [] },
      relations: { holdings: null, controllers: null, officers: null },
    },
  };
}

/** What was used of one card model at one centre; what a voucher paid the tenant did not spend. */
function lineOf(sum: UsageSum, known: OnRecord) {
  const { tenant, provider, centre, model, paid, cardSeconds } = sum;
  const origin = cardModel(model)?.origin;
  const ofProvider = known.get(`provider/${provider}`);
  const facts: Facts = {
    ...known.get(`centre/${centre}`)?.facts,
    "line.class": "compute",
    "line.centre": centre,
    "line.cardModel": model,
    ...(origin === "domestic" ? { "line.chipOrigin": "domestic" } : {}),
    ...(origin === "foreign" ? { "line.chipOrigin": "other" } : {}),
    ...(ofProvider ? { "line.ownUse": ofProvider.ownTenants.includes(tenant) } : {}),
  };
  return {
    id: `${centre}/${model}`,
    facts,
    amounts: { metered: paid },
    quantities: { "card-hours": cardSeconds / 3600n },
  };
}
