import * as fc from "fast-check";
import { mebibytes, milliCores, type TenantId } from "../../units/index.ts";
import type { FairnessPolicy, Organisation, Quota } from "../policy.ts";
import type { TenantNow } from "../snapshot.ts";
import type { Use } from "./books.ts";
import {
  anOrganisation,
  aPolicy,
  aQuota,
  aTenant,
  aUse,
  ascend,
  h100,
  h100Pcie,
  tenant,
  theTotals,
} from "./builders.testing.ts";
import type { Totals } from "./resources.ts";

/* Regions of all kinds, and the rules over again: plain, slow, from nothing but the runs. */

export interface TestRegion {
  readonly policy: FairnessPolicy;
  readonly tenants: ReadonlyMap<TenantId, TenantNow>;
  readonly totals: Totals;
}

export interface TestRun {
  readonly tenant: TenantId;
  readonly use: Use;
}

export const tenantIds = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"].map(tenant);

const anyAmount = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 12 }));

const anyQuota = (cards: string): fc.Arbitrary<Quota[]> =>
  fc.oneof(
    fc.constant<Quota[]>([]),
    fc
      .record({ nominal: fc.integer({ min: 0, max: 12 }), borrow: anyAmount, lend: anyAmount })
      .map(({ nominal, ...limits }) => [aQuota(nominal, { cards, ...limits })]),
  );

/** A parent comes before its children here; shuffle where order must not matter. */
const anyOrganisation = (index: number): fc.Arbitrary<Organisation> =>
  fc
    .record({
      above: fc.integer({ min: -1, max: index - 1 }),
      weight: fc.integer({ min: 1, max: 4 }),
      hopper: anyQuota("hopper"),
      ascend: anyQuota(ascend),
    })
    .map(({ above, weight, ...quotas }) =>
      anOrganisation(`o${index}`, {
        parent: above === -1 ? null : `o${above}`,
        weight,
        quotas: [...quotas.hopper, ...quotas.ascend],
      }),
    );

const anyTree: fc.Arbitrary<Organisation[]> = fc
  .tuple(
    fc
      .integer({ min: 0, max: 5 })
      .chain((count) =>
        fc.tuple(...Array.from({ length: count }, (_, index) => anyOrganisation(index))),
      ),
    fc.array(fc.nat(), { minLength: tenantIds.length, maxLength: tenantIds.length }),
  )
  .map(([organisations, homes]) =>
    organisations.map((organisation, index) => ({
      ...organisation,
      // One home in so many is the root.
      tenants: tenantIds.filter((_, at) => homes[at]! % (organisations.length + 1) === index),
    })),
  );

const anyTenants = fc
  .array(fc.integer({ min: 0, max: 1_000_000 }), {
    minLength: tenantIds.length,
    maxLength: tenantIds.length,
  })
  .map((pasts) => new Map(pasts.map((past, at) => [tenantIds[at]!, tenantNow(past)])));

const tenantNow = (pastCardSeconds: number) => aTenant({ pastCardSeconds });

/** `cards` of each class; by default fewer than all quotas may come to, and also more. */
export const anyRegion = (cards = fc.integer({ min: 0, max: 60 })): fc.Arbitrary<TestRegion> =>
  fc
    .record({ organisations: anyTree, tenants: anyTenants, hopper: cards, ascend: cards })
    .map(({ organisations, tenants, ...counts }) => ({
      policy: aPolicy({ organisations }),
      tenants,
      totals: theTotals({
        [h100]: Math.ceil(counts.hopper / 2),
        [h100Pcie]: Math.floor(counts.hopper / 2),
        [ascend]: counts.ascend,
      }),
    }));

export const anyRun: fc.Arbitrary<TestRun> = fc
  .record({
    tenant: fc.constantFrom(...tenantIds),
    model: fc.constantFrom(h100, h100Pcie, ascend),
    cards: fc.integer({ min: 1, max: 6 }),
    share: fc.constantFrom(1000, 1000, 1000, 250, 333),
    cpu: fc.integer({ min: 0, max: 50_000 }),
  })
  .map(({ tenant: id, cards, cpu, ...kind }) => ({
    tenant: id,
    use: aUse(cards, { ...kind, cpu: milliCores(cpu), memory: mebibytes(7 * cpu) }),
  }));

export const classOf = (model: string) => (model === ascend ? ascend : "hopper");

/** In thousandths of a card, like all that follows. */
export const cardsOf = ({ cards, share }: Use) => cards * share;

/** The organisations that a tenant is below, its own first. */
export function homesOf({ policy }: TestRegion, id: TenantId): Organisation[] {
  const { organisations } = policy;
  const homes: Organisation[] = [];
  let at = organisations.find(({ tenants }) => tenants.includes(id));
  while (at) {
    homes.push(at);
    const { parent } = at;
    at = organisations.find((one) => one.id === parent);
  }
  return homes;
}

const isBelow = (region: TestRegion, { id, home }: { id: TenantId; home: string | null }) =>
  home === null || homesOf(region, id).some((one) => one.id === home);

/** All that runs of the class at the organisation and below; null: in the region. */
export const usedBelow = (
  region: TestRegion,
  { runs, home, cards }: { runs: readonly TestRun[]; home: string | null; cards: string },
): number =>
  runs
    .filter(({ tenant: id, use }) => classOf(use.model) === cards && isBelow(region, { id, home }))
    .reduce((sum, { use }) => sum + cardsOf(use), 0);

export const totalOf = ({ totals }: TestRegion, cards: string): number =>
  [...totals.cards].reduce((sum, [model, n]) => sum + (classOf(model) === cards ? n * 1000 : 0), 0);

export interface Figures {
  /** Nominal, its own and of all below. */
  readonly total: number;
  /** What those around it may never use of that, used or not: not lent by it or by those below. */
  readonly kept: number;
  /** Of what it does not lend, what nobody uses. */
  readonly idle: number;
}

/** Of an organisation and a class, from the definitions alone. */
export function figuresOf(
  region: TestRegion,
  at: { runs: readonly TestRun[]; home: Organisation; cards: string },
): Figures {
  const { home, cards, runs } = at;
  const below = region.policy.organisations
    .filter(({ parent }) => parent === home.id)
    .map((child) => figuresOf(region, { ...at, home: child }));
  const quota = home.quotas.find((one) => one.cards === cards);
  const total = sum(below.map((one) => one.total)) + 1000 * (quota?.nominal ?? 0);
  const keptBelow = sum(below.map((one) => one.kept));
  const idleBelow = sum(below.map((one) => one.idle));
  const shared = total - keptBelow;
  const lend = quota?.lend ?? null;
  const own = lend === null ? 0 : Math.max(0, shared - 1000 * lend);
  // What is used of all that is shared here: all use less what those below use of their kept.
  const used = usedBelow(region, { runs, home: home.id, cards }) - (keptBelow - idleBelow);
  return { total, kept: keptBelow + own, idle: idleBelow + Math.max(0, own - used) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
