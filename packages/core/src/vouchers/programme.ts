import { totalMax } from "../ledger/index.ts";
import {
  downToFen,
  minus,
  noMoney,
  type FundId,
  type MicroYuan,
  type ProgrammeId,
  type Rate,
} from "../units/index.ts";

/** The first kind of programme: it pays a share of each charge, out of what was granted. */
export interface Programme {
  readonly id: ProgrammeId;
  /** Never changes: vouchers stay in the book that they were granted from. */
  readonly fund: FundId;
  /** 1, 2, 3 …; every version is kept. */
  readonly version: number;
  readonly name: string;
  /** A ceiling: what a voucher pays is rounded down to the fen. */
  readonly rate: Rate;
  /** The most one tenant can be granted, all grants together. */
  readonly capPerTenant: MicroYuan;
  /** From then on nothing more is reserved; what was reserved before is honoured. */
  readonly expiresAt: Temporal.Instant;
}

/**
 * The cap of a programme that has rules: they decide each claim, and nothing is granted by hand. It
 * is as much as the books can count.
 */
export const capByRules: MicroYuan = totalMax;

export const grantsByRules = ({ capPerTenant }: Pick<Programme, "capPerTenant">) =>
  capPerTenant === capByRules;

/** A tenant's voucher of one programme that can be used now. */
export interface Voucher {
  readonly programme: ProgrammeId;
  readonly fund: FundId;
  readonly rate: Rate;
  /** Granted and not reserved, used or expired. */
  readonly available: MicroYuan;
  readonly expiresAt: Temporal.Instant;
}

export const isOver = ({ expiresAt }: Pick<Programme, "expiresAt">, now: Temporal.Instant) =>
  Temporal.Instant.compare(expiresAt, now) <= 0;

/**
 * The voucher to use of several: what expires first goes first; between equals the smallest id, so
 * that two hubs never disagree. Expired and empty ones are passed over.
 */
export const voucherToUse = (vouchers: readonly Voucher[], now: Temporal.Instant) =>
  vouchers.filter((voucher) => !isOver(voucher, now) && voucher.available > 0n).sort(byExpiry)[0];

/** What a tenant can still be granted; `granted` is what it ever was, used and expired included. */
export const roomFor = (
  { capPerTenant }: Pick<Programme, "capPerTenant">,
  granted: MicroYuan,
): MicroYuan => {
  const room = downToFen(minus(capPerTenant, granted));
  return room > 0n ? room : noMoney;
};

/** What a grant is refused for; null where nothing stands against it. */
export type GrantRefusal =
  | { readonly code: "programme-expired"; readonly expiresAt: Temporal.Instant }
  | { readonly code: "exceeds-cap"; readonly room: MicroYuan }
  | { readonly code: "insufficient-funds"; readonly available: MicroYuan };

export function judgeGrant(
  programme: Programme,
  grant: { amount: MicroYuan; granted: MicroYuan; available: MicroYuan; now: Temporal.Instant },
): GrantRefusal | null {
  const { amount, granted, available, now } = grant;
  const { expiresAt } = programme;
  if (isOver(programme, now)) return { code: "programme-expired", expiresAt };
  const room = roomFor(programme, granted);
  if (amount > room) return { code: "exceeds-cap", room };
  if (amount > available) return { code: "insufficient-funds", available };
  return null;
}

/** Orders what expires first before the rest, then by id. */
export function byExpiry(a: Voucher, b: Voucher): number {
  const order = Temporal.Instant.compare(a.expiresAt, b.expiresAt);
  return order || (a.programme < b.programme ? -1 : 1);
}
