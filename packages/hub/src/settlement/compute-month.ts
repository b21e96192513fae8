import {
  reconcile,
  ruleFor,
  settle,
  type DirectPayer,
  type ProviderTerms,
  type ThreeWay,
  type Tolerance,
} from "@wadi/core/settlement";
import {
  cardSeconds,
  microYuan,
  rate,
  total,
  type CardModelId,
  type ProviderId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { unagreedIn, unpricedIn } from "../rating/index.ts";
import { sumDirect } from "./direct-store.ts";
import type { Month } from "./month-store.ts";
import { saveDues, saveFindings, type Due, type Finding } from "./result-store.ts";
import { invoicesOf, termsFor, type ProviderInvoice, type TermsVersion } from "./terms-store.ts";
import { saveUnbilled, type Unbilled } from "./unbilled-store.ts";
import { usageByProvider } from "./usage-store.ts";

/** A hundredth, but at least a card-hour and a yuan: clocks and roundings differ. */
const tolerance: Tolerance = {
  share: rate(10_000n),
  cardSeconds: cardSeconds(3600n),
  amount: microYuan(1_000_000n),
};

/** Settled as it was charged. */
const noTerms: ProviderTerms = { rules: [], paidDirectlyBy: [], nettedWith: null };

/** Works out what each provider is due by its terms, and where its own invoice says otherwise. */
export async function computeMonth(sql: Sql, month: Month): Promise<void> {
  const usage = await usageByProvider(sql, month.id);
  const terms = await termsFor(sql, month.month);
  const invoices = new Map((await invoicesOf(sql, month.month)).map((one) => [one.provider, one]));
  const providers = [...new Set([...usage.keys(), ...invoices.keys()])].sort();
  const dues: Due[] = [];
  const findings: Finding[] = [];
  for (const provider of providers) {
    const version = terms.get(provider);
    const groups = settle(version?.terms ?? noTerms, usage.get(provider) ?? []);
    const own = groups.map((group): Due => {
      return { ...group, provider, termsVersion: version?.version ?? null };
    });
    dues.push(...own);
    findings.push(...findingsOf(own, { provider, version, invoice: invoices.get(provider) }));
  }
  await saveDues(sql, month.id, dues);
  await saveFindings(sql, month.id, findings);
  const directBy = (payer: DirectPayer) =>
    [...terms.values()].flatMap((one) =>
      one.terms.paidDirectlyBy.includes(payer) ? [one.provider] : [],
    );
  await saveUnbilled(sql, month.id, await unbilledOf(sql, month));
  await sumDirect(sql, month, { tenants: directBy("tenants"), funds: directBy("funds") });
}

/** Usage of tenants that no bill of the month has, and packages that stand in the way of one. */
async function unbilledOf(sql: Sql, { month: name, from, until }: Month): Promise<Unbilled> {
  const month = Temporal.PlainYearMonth.from(name);
  const found = await unpricedIn(sql, { month });
  return {
    unpriced: found.flatMap(({ tenant, unpriced }) => unpriced.map((usage) => ({ tenant, usage }))),
    unsold: found.flatMap(({ tenant, unsold }) => unsold.map((one) => ({ tenant, ...one }))),
    unagreed: await unagreedIn(sql, { month, from, until }),
  };
}

function findingsOf(
  dues: readonly Due[],
  of: {
    provider: ProviderId;
    version: TermsVersion | undefined;
    invoice: ProviderInvoice | undefined;
  },
): Finding[] {
  const { provider, version, invoice } = of;
  const rest = new Set(invoice?.lines.map(({ model }) => model));
  const things = dues.map((due): ThreeWay => {
    const lines = invoice?.lines.filter(({ model }) => isIn(due, { model, version }));
    for (const { model } of lines ?? []) rest.delete(model);
    return {
      key: due.models.join("+"),
      contract: { cardSeconds: due.cardSeconds, amount: due.due },
      metering: { cardSeconds: due.cardSeconds, amount: due.spend },
      invoice: invoice && lines ? sumOf(lines) : null,
    };
  });
  const unmetered = [...rest].map((model): ThreeWay => {
    const none = { cardSeconds: null, amount: null };
    const lines = invoice!.lines.filter((line) => line.model === model);
    return { key: model, contract: none, metering: none, invoice: sumOf(lines) };
  });
  return reconcile([...things, ...unmetered], tolerance).map((one) => {
    return { provider, model: one.key, what: one.what, expected: one.expected, found: one.found };
  });
}

/** Whether an invoice's line is for what the group was settled by. */
function isIn(
  due: Due,
  { model, version }: { model: CardModelId; version: TermsVersion | undefined },
): boolean {
  return due.models.includes(model) && ruleFor(version?.terms ?? noTerms, model) === due.rule;
}

const sumOf = (lines: ProviderInvoice["lines"]) => ({
  cardSeconds: total(lines.map((line) => line.cardSeconds)),
  amount: total(lines.map((line) => line.amount)),
});
