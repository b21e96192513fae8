import { leastCards } from "@wadi/core/dispatch";

import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { tenantQuotas } from "../tenants/index.ts";
import { countOpenJobs } from "./store.ts";
import type { Intake } from "./draft.ts";

/** Refuses what could never start within the tenant's quota, and what makes its queue too long. */
export async function checkQuotas(sql: Sql, { open, refuse }: Intake): Promise<void> {
  const quotas = await tenantQuotas(sql);
  const bounded = open().filter(({ tenant }) => (quotas.get(tenant)?.queuedJobs ?? null) !== null);
  const tenants = [...new Set(bounded.map(({ tenant }) => tenant))];
  const queued = await countOpenJobs(sql, tenants);

  for (const draft of open()) {
    const { cards: cardsMax, queuedJobs: jobsMax } = quotas.get(draft.tenant) ?? unbounded;
    const cards = leastCards(draft.spec);
    if (cardsMax !== null && cards > cardsMax) {
      const detail = `It needs ${cards} cards; the tenant's quota is ${cardsMax}.`;
      refuse(draft, new Refused("exceeds-quota", { cards, quota: cardsMax }, detail));
      continue;
    }
    if (jobsMax === null) continue;
    const jobs = (queued.get(draft.tenant) ?? 0) + (draft.spec.array?.count ?? 1);
    if (jobs > jobsMax) {
      const detail = `The tenant would have ${jobs} open jobs; its quota is ${jobsMax}.`;
      refuse(draft, new Refused("exceeds-quota", { jobs, quota: jobsMax }, detail));
      continue;
    }
    queued.set(draft.tenant, jobs);
  }
}

const unbounded = { cards: null, queuedJobs: null };
