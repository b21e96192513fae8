import {
  isPublished,
  judgeStep,
  monthStates,
  monthSteps,
  type MonthStep,
} from "@wadi/core/settlement";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { closePeriodIn, listPeriods } from "../ledger/index.ts";
import { billMonths } from "../rating/index.ts";
import { Refused } from "../refused.ts";
import { allowLongStatements } from "../statements/index.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { allocateMonth } from "./allocate-month.ts";
import { computeMonth } from "./compute-month.ts";
import { findMonth, insertStep, lockMonth, saveMonth, type Month } from "./month-store.ts";
import { netProviders } from "./net-providers.ts";
import { netTenants } from "./net-tenants.ts";
import { notOpened } from "./open-month.ts";
import { postAdjustments, takeBackAdjustments } from "./post-adjustments.ts";
import { sealCharges } from "./usage-store.ts";

interface Asked {
  readonly month: string;
  readonly step: MonthStep;
  readonly note: string;
  readonly by: AuditEntry["by"];
}

/**
 * Takes a month's settlement one step on, in one transaction: all of a step or nothing of it.
 * Before a month is published, its bills by agreement are made, each by itself; again, nothing is
 * made twice.
 * @throws Refused `not-found`, `wrong-state`, `needs-another-person`; `changed-meanwhile` where the
 *   charges are not those that were imported; `unpriced` where a month cannot be published before
 *   somebody's usage has a price
 */
export async function takeStep(hub: Hub, { month, step, note, by }: Asked): Promise<Month> {
  if (step === "publish") await billAgreements(hub, { month, step, by });
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await allowLongStatements(sql);
    const found = await lockMonth(sql, month);
    if (!found) throw notOpened(month);
    refuseWrongStep(found, { step, by });
    const facts = await does[step](sql, found, { at, by });
    const moved: Month = {
      ...{ ...found, ...facts, state: monthSteps[step].to },
      ...{ lastAt: at, lastBy: by.signer.key },
    };
    await saveMonth(sql, moved);
    await insertStep(sql, found.id, { step, at, by: by.signer.key, note });
    const subject = `settlement/${month}`;
    const { revision, lines, seal } = moved;
    const said = { revision, note, lines: lines?.toString() ?? null, seal };
    await audit(sql, { by, at, action: `settlement.${step}`, subject, facts: said });
    return moved;
  });
}

/** Not within the step's transaction: each tenant's bill is one of its own. */
async function billAgreements(hub: Hub, { month, step, by }: Omit<Asked, "note">): Promise<void> {
  const found = await findMonth(hub.db.sql, month);
  if (!found) throw notOpened(month);
  refuseWrongStep(found, { step, by });
  await billMonths(hub, { month: Temporal.PlainYearMonth.from(month), by });
}

interface Taken {
  readonly at: Temporal.Instant;
  readonly by: AuditEntry["by"];
}
type Step = (
  sql: Sql,
  month: Month,
  taken: Taken,
) => Promise<Partial<Pick<Month, "lines" | "seal">>>;

const does: Readonly<Record<MonthStep, Step>> = {
  import: importCharges,
  allocate: async (sql, month) => {
    await allocateMonth(sql, month);
    return {};
  },
  compute: async (sql, month) => {
    await computeMonth(sql, month);
    return {};
  },
  publish: async (sql, month, { at, by }) => {
    await refuseChanged(sql, month);
    await postAdjustments(sql, month, at);
    await netProviders(sql, month, at);
    await netTenants(sql, month, at);
    await closeBooks(sql, month, { at, by });
    return {};
  },
  "ask-void": () => Promise.resolve({}),
  keep: () => Promise.resolve({}),
  void: async (sql, month, { at }) => {
    if (isPublished(month.state)) await takeBackAdjustments(sql, month, at);
    return {};
  },
};

/** What the hub comes to know later belongs to the month it comes to know it in. */
async function importCharges(sql: Sql, month: Month, { at }: Taken) {
  if (Temporal.Instant.compare(at, month.until) < 0) {
    const detail = `${month.month} is not over before ${month.until}; import it then`;
    throw new Refused("wrong-state", { until: month.until.toString() }, detail);
  }
  return sealCharges(sql, month);
}

async function refuseChanged(sql: Sql, month: Month): Promise<void> {
  const now = await sealCharges(sql, month);
  if (now.seal === month.seal && now.lines === month.lines) return;
  const was = `${month.lines} charges were imported, and there are ${now.lines} now`;
  throw new Refused("changed-meanwhile", {}, `${was}, or some say something else; import again`);
}

/** From now on nothing is posted as having happened in the month, unless a later one is closed. */
async function closeBooks(
  sql: Sql,
  { month, timeZone, until }: Month,
  { at, by }: Taken,
): Promise<void> {
  const last = (await listPeriods(sql)).at(-1);
  if (last && Temporal.Instant.compare(last.until, until) >= 0) return;
  await closePeriodIn(sql, { month, timeZone, by }, at);
}

function refuseWrongStep(month: Month, { step, by }: Pick<Asked, "step" | "by">): void {
  const { state, lastBy } = month;
  const refusal = judgeStep(step, { state, by: by.signer.key, lastBy });
  if (refusal === "not-now") {
    const next = monthStates[state].join(", ") || "none";
    const detail = `${month.month} is ${state}: it has no step ${step} now; it has ${next}`;
    throw new Refused("wrong-state", { state, nextSteps: [...monthStates[state]] }, detail);
  }
  if (refusal === "needs-another-person") {
    const detail = `the step before was taken with this very key; another person must ${step} it`;
    throw new Refused("needs-another-person", {}, detail);
  }
}
