import { routes } from "@wadi/protocol";

import { makePeople, type People } from "./people.ts";
import { appropriation, proposeAndApprove, trial, type Law } from "./law.ts";
import { centreBody, type PlannedCentre } from "./plan-centres.ts";
import type { PlannedTenant } from "./plan-tenants.ts";
import { month } from "./calendar.ts";
import type { Region } from "./region.ts";

/** What the province is made of. */
export interface Province {
  readonly tenants: readonly PlannedTenant[];
  readonly centres: readonly PlannedCentre[];
  readonly laws: readonly Law[];
}

/** Of the province, for its statement. */
export const district = "east";

/** All funds there are. */
export const fundsOf = ({ laws }: Pick<Province, "laws">): string[] => [
  ...laws.flatMap(({ funds }) => funds),
  trial.fund,
];

/** What a tenant pays in on the first day, in yuan. */
export const firstTopUp = "200000";

/** Registers everything that is there on the first of the month. */
export async function foundProvince(region: Region, province: Province): Promise<People> {
  const { operator } = region;
  const { tenants, centres, laws } = province;
  for (const { id, name } of tenants) {
    await operator.ask(routes.putTenant, { params: { id }, body: { name } });
  }
  for (const one of centres) {
    const provider = { params: { id: one.provider } };
    await operator.ask(routes.putProvider, { ...provider, body: { name: `${one.en} Compute` } });
    await operator.ask(routes.putCentre, { params: { id: one.id }, body: centreBody(one) });
  }
  const funds = fundsOf(province);
  for (const id of funds) {
    await operator.ask(routes.putFund, { params: { id }, body: { name: `Fund ${id}` } });
    const body = { amount: appropriation, note: "budget of the year" };
    await operator.ask(routes.appropriate, { params: { id }, body });
  }
  const people = await makePeople(region, { tenants: tenants.map(({ id }) => id), funds });
  await agreeTerms(centres, people);
  await proposeAndApprove(laws, people);
  for (const { id, programme } of tenants) {
    await operator.ask(routes.topUp, { params: { id }, body: { amount: firstTopUp } });
    if (programme !== null) continue;
    const body = { tenant: id, amount: trial.grant };
    await operator.ask(routes.grantVoucher, { params: { id: trial.programme }, body });
  }
  await describeAround(region, province);
  return people;
}

/** What a provider is settled by takes two persons. */
async function agreeTerms(
  centres: readonly PlannedCentre[],
  { operator, second }: People,
): Promise<void> {
  for (const { provider: id, terms } of centres) {
    if (!terms) continue;
    const draft = { params: { id }, body: { month, terms } };
    const { version } = await operator.ask(routes.putTerms, draft);
    await second.ask(routes.approveTerms, { params: { id, version } });
  }
}

/** A district of half the tenants, and the projects of the first of them. */
async function describeAround({ operator }: Region, province: Province): Promise<void> {
  const tenants = province.tenants.map(({ id }) => id);
  const half = tenants.slice(0, Math.ceil(tenants.length / 2));
  const body = { name: "East district", tenants: half, funds: fundsOf(province) };
  await operator.ask(routes.putDistrict, { params: { id: district }, body });
  const projects = [
    { project: "research", weight: "3" },
    { project: "products", weight: "2" },
  ];
  await operator.ask(routes.putProjects, { params: { id: tenants[0]! }, body: { projects } });
}
