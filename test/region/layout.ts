import { rate, asId, yuan } from "@wadi/core/units";
import type {
  CardModelId,
  FundId,
  HostId,
  PoolId,
  ProgrammeId,
  ProviderId,
  TenantId,
} from "@wadi/core/units";

/*
 * The region of the tests: two centres with 16 cards of one model each, one dearer than the other;
 * a tenant with a voucher and one without.
 */

export const centreIds = ["north", "south"] as const;
export type CentreName = (typeof centreIds)[number];

export const model = asId<CardModelId>("a800-80g");
export const cardsPerHost = 8;
export const hostsOf = (centre: string) =>
  [1, 2].map((number) => asId<HostId>(`${centre}-h${number}`));
export const poolOf = (centre: string) => asId<PoolId>(`${centre}-a800`);
export const providerOf = (centre: string) => asId<ProviderId>(`${centre}-compute`);

/** In the north a card costs one fen a second, in the south one and a half. */
export const perCardHour = { north: yuan(36n), south: yuan(54n) } as const;

export const tenant = asId<TenantId>("reed-institute");
export const other = asId<TenantId>("willow-works");
export const fund = asId<FundId>("compute-fund");
export const programme = asId<ProgrammeId>("first-steps");
export const voucherRate = rate(300_000n);
