import { asId, durationOf, mebibytes, milliCores } from "../../units/index.ts";
import type { CardModelId, TenantId } from "../../units/index.ts";
import type { FairnessPolicy, Organisation, Quota } from "../policy.ts";
import type { TenantNow } from "../snapshot.ts";
import type { CardsAsked, Use } from "./books.ts";
import { openFairness, type Fairness } from "./fairness.ts";
import type { Totals } from "./resources.ts";

/* Builders for tests: each takes what differs. */

export const h100: CardModelId = asId("h100-sxm");
export const h100Pcie: CardModelId = asId("h100-pcie");
export const ascend: CardModelId = asId("ascend-910b1");

/** Whether runs of `from` may be stopped so that `by` gets what is asked for. */
export const mayReclaim = (
  fairness: Fairness,
  between: { by: TenantId; from: TenantId },
  asked: CardsAsked,
): boolean => fairness.borrowedBy(between, asked).length > 0;

export const tenant = (id: string): TenantId => asId(id);

export const aPolicy = (differs: Partial<FairnessPolicy> = {}): FairnessPolicy => ({
  halfLife: durationOf(7 * 24 * 3_600_000),
  pastWeight: 1,
  cardClasses: { hopper: [h100, h100Pcie] },
  organisations: [],
  ...differs,
});

type OrganisationDiffers = Partial<Omit<Organisation, "tenants">> & { tenants?: string[] };

export const anOrganisation = (
  id: string,
  { tenants = [], ...differs }: OrganisationDiffers = {},
): Organisation => ({
  id,
  parent: null,
  weight: 1,
  tenants: tenants.map(tenant),
  quotas: [],
  startsPerHour: null,
  ...differs,
});

export const aQuota = (nominal: number, differs: Partial<Quota> = {}): Quota => ({
  cards: "hopper",
  nominal,
  borrow: null,
  lend: null,
  ...differs,
});

export const aTenant = (differs: Partial<TenantNow> = {}): TenantNow => ({
  cardQuota: null,
  pastCardSeconds: 0,
  startedLately: 0,
  ...differs,
});

export const theTotals = (cards: Partial<Record<string, number>>): Totals => ({
  cards: new Map(Object.entries(cards).map(([model, count]) => [asId(model), count!])),
  cpu: milliCores(1_000_000),
  memory: mebibytes(10_000_000),
});

export const aUse = (cards: number, differs: Partial<Use> = {}): Use => ({
  model: h100,
  cards,
  share: 1000,
  cpu: milliCores(0),
  memory: mebibytes(0),
  ...differs,
});

/** With 100 H100 of two kinds and 100 Ascend. */
export const aFairness = (
  organisations: readonly Organisation[] = [],
  {
    tenants = {},
    ...differs
  }: { tenants?: Record<string, TenantNow> } & Partial<FairnessPolicy> = {},
) =>
  openFairness({
    policy: aPolicy({ organisations, ...differs }),
    tenants: new Map(Object.entries(tenants).map(([id, now]) => [tenant(id), now])),
    totals: theTotals({ [h100]: 60, [h100Pcie]: 40, [ascend]: 100 }),
  });

/** Tenants who have all waited since the same moment. */
export const inLineOf = (tenants: Iterable<TenantId>): Map<TenantId, number> =>
  new Map([...tenants].map((id) => [id, 0]));
