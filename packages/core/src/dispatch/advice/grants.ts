import { priorities, type Priority } from "../../job/index.ts";
import type { Organisation } from "../policy.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Answer, Asked } from "./ask.ts";
import { ofJob, ofRegion, type Proposal } from "./proposal.ts";

/** What others would have to allow: a class that may stop runs, larger quotas, more starts. */
export function grants(answer: Answer): Proposal[] {
  return [...higherClass(answer), ...byRule(answer)];
}

/** Where room is all it lacks: the next class up of those that may stop runs of lower ones. */
function higherClass({ asked: { shape, snapshot }, quoted }: Answer): Proposal[] {
  if (quoted.verdict !== "waits" || quoted.why !== null) return [];
  const own = priorities.indexOf(shape.priority);
  const { classes } = snapshot.policy.preemption;
  const up = priorities.slice(0, own).toReversed();
  return up
    .filter((priority) => classes.includes(priority))
    .slice(0, 1)
    .map((priority: Priority) =>
      ofJob(
        "higher-class",
        { priority, was: shape.priority },
        {
          amount: own - priorities.indexOf(priority),
          change: () => ({ priority }),
        },
      ),
    );
}

function byRule({ asked, quoted: { why } }: Answer): Proposal[] {
  if (!why) return [];
  const fact = (name: string) => Number(why.facts[name]);
  const organisation = String(why.facts.organisation);
  switch (why.code) {
    case "tenant-quota":
      return ownQuota(asked, { quota: fact("inUse") + fact("needed"), was: fact("quota") });
    case "organisation-quota": {
      const had = fact("nominal") + fact("borrow") - fact("inUse") - fact("kept");
      const more = Math.ceil(fact("needed") - had);
      return largerQuota(asked, { organisation, cards: String(why.facts.class), more });
    }
    case "organisation-starts":
      return moreStarts(asked, { organisation, startsPerHour: fact("started") + 1 });
    default:
      return [];
  }
}

function ownQuota({ tenant }: Asked, { quota, was }: { quota: number; was: number }): Proposal[] {
  if (tenant === null) return [];
  const cardQuota = Math.ceil(quota);
  const change = (snapshot: Snapshot): Snapshot => {
    const tenants = new Map(snapshot.tenants);
    tenants.set(tenant, { ...tenants.get(tenant)!, cardQuota });
    return { ...snapshot, tenants };
  };
  return [ofRegion("own-quota", { quota: cardQuota, was }, { amount: cardQuota - was, change })];
}

function largerQuota(
  { snapshot }: Asked,
  { organisation, cards, more }: { organisation: string; cards: string; more: number },
): Proposal[] {
  const known = organisationOf(snapshot.policy.fairness, organisation);
  const quota = known?.quotas.find((one) => one.cards === cards);
  if (!quota) return [];
  const nominal = quota.nominal + more;
  const facts = { organisation, class: cards, nominal, was: quota.nominal };
  const raise = (one: Organisation): Organisation => ({
    ...one,
    quotas: one.quotas.map((each) => (each.cards === cards ? { ...each, nominal } : each)),
  });
  const change = withOrganisation(organisation, raise);
  return [ofRegion("larger-quota", facts, { amount: more, change })];
}

function moreStarts(
  { snapshot }: Asked,
  { organisation, startsPerHour }: { organisation: string; startsPerHour: number },
): Proposal[] {
  const was = organisationOf(snapshot.policy.fairness, organisation)?.startsPerHour ?? 0;
  const change = withOrganisation(organisation, (one) => ({ ...one, startsPerHour }));
  const amount = startsPerHour - was;
  return [ofRegion("more-starts", { organisation, startsPerHour, was }, { amount, change })];
}

const organisationOf = (
  { organisations }: { organisations: readonly Organisation[] },
  id: string,
): Organisation | undefined => organisations.find((one) => one.id === id);

const withOrganisation =
  (id: string, change: (one: Organisation) => Organisation) =>
  (snapshot: Snapshot): Snapshot => {
    const { policy } = snapshot;
    const organisations = policy.fairness.organisations.map((one) =>
      one.id === id ? change(one) : one,
    );
    const fairness = { ...policy.fairness, organisations };
    return { ...snapshot, policy: { ...policy, fairness } };
  };
