import {
  microYuan,
  minus,
  noMoney,
  type FundId,
  type Id,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type TenantId,
} from "../units/index.ts";

/**
 * The chart of accounts. Every account belongs to one book; a transfer stays inside a book, so each
 * book sums to zero. `floor` false: the account may go below zero, since it is where money comes
 * into the book from. `holds`: what stands on it is set aside, hold by hold.
 * `path` names the parts that follow the kind.
 */
export const accountKinds = {
  /** Below zero: what the platform has at its bank. */
  bank: { book: "money", path: [], floor: false, holds: false },
  /** Paid in by a tenant and free to spend. */
  prepaid: { book: "money", path: ["tenant"], floor: true, holds: false },
  /** A tenant's, set aside for its jobs. */
  held: { book: "money", path: ["tenant"], floor: true, holds: true },
  /** Earned by a provider and not yet paid out. */
  payable: { book: "money", path: ["provider"], floor: true, holds: false },
  /** Below zero: what a provider was given beyond what it is due, and owes. */
  overpaid: { book: "money", path: ["provider"], floor: false, holds: false },
  /** Kept by the platform; below zero when providers were paid more than tenants had to pay. */
  "platform-fee": { book: "money", path: [], floor: false, holds: false },
  /** Below zero: what a fund owes the platform for vouchers redeemed. */
  due: { book: "money", path: ["fund"], floor: false, holds: false },
  /** On its way back to a fund that had paid too much. */
  "fund-refund": { book: "money", path: ["fund"], floor: true, holds: false },
  /** Below zero: billed to a tenant that had not enough paid in. */
  receivable: { book: "money", path: ["tenant"], floor: false, holds: false },
  /** Between tenants and the platform while a month is settled; at zero when it is closed. */
  clearing: { book: "money", path: [], floor: false, holds: false },
  /** A provider's, kept back until a dispute is over. */
  "dispute-hold": { book: "money", path: ["provider"], floor: true, holds: false },
  /** Ordered at the bank for a provider, not yet confirmed by it. */
  "in-transit": { book: "money", path: ["provider"], floor: true, holds: false },
  /** Of what the platform kept: owed to the tax office. */
  "tax-payable": { book: "money", path: [], floor: true, holds: false },
  /** A tenant's, kept as security. */
  "deposit-held": { book: "money", path: ["tenant"], floor: true, holds: false },
  /** Nothing is ever rounded away: no transfer touches it. */
  rounding: { book: "money", path: [], floor: true, holds: false },

  /** Below zero: all that was ever put at the fund's disposal. */
  appropriation: { book: "fund", path: ["fund"], floor: false, holds: false },
  /** Not yet granted to anyone. */
  available: { book: "fund", path: ["fund"], floor: true, holds: false },
  /** Granted to a tenant and free to use. */
  issued: { book: "fund", path: ["tenant", "programme"], floor: true, holds: false },
  /** A tenant's voucher, set aside for its jobs. */
  reserved: { book: "fund", path: ["tenant", "programme"], floor: true, holds: true },
  /** Used, and not asked back: what was ever used, the fund owed in the book of money. */
  redeemed: { book: "fund", path: ["tenant", "programme"], floor: true, holds: false },
  /** Not used in time. */
  expired: { book: "fund", path: ["tenant", "programme"], floor: true, holds: false },
  /** Used against the rules: asked back and not yet paid back. */
  clawback: { book: "fund", path: ["tenant", "programme"], floor: true, holds: false },
  /** Not needed: given back to whoever appropriated it. */
  returned: { book: "fund", path: ["fund"], floor: true, holds: false },
} as const satisfies Record<string, AccountRule>;

export type AccountKind = keyof typeof accountKinds;

interface AccountRule {
  readonly book: "money" | "fund";
  readonly path: readonly ("tenant" | "provider" | "fund" | "programme")[];
  readonly floor: boolean;
  readonly holds: boolean;
}

/** Such as `prepaid/acme` or `reserved/acme/ai-2026`; one path names one account for ever. */
export type AccountPath = Id<"account">;
/** `money` or `fund/<id>`. */
export type Book = Id<"book">;

/** Names an account, whether or not it was ever used. */
export interface AccountRef {
  readonly kind: AccountKind;
  readonly path: AccountPath;
  readonly book: Book;
}

/** An account as it stands: totals of all that ever left (`debits`) and came (`credits`). */
export interface Account extends AccountRef {
  readonly debits: MicroYuan;
  readonly credits: MicroYuan;
}

/** Credits less debits. */
export const balanceOf = ({ debits, credits }: Pick<Account, "debits" | "credits">): MicroYuan =>
  minus(credits, debits);

export const newAccount = ({ kind, path, book }: AccountRef): Account => ({
  kind,
  path,
  book,
  debits: noMoney,
  credits: noMoney,
});

export const moneyBook = "money" as Book;
export const fundBook = (fund: FundId) => `fund/${fund}` as Book;

/** Whose voucher: a tenant's, of one programme, which belongs to one fund for ever. */
export interface VoucherRef {
  readonly fund: FundId;
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
}

/** The accounts by name. */
export const accounts = {
  bank: () => inMoney("bank"),
  prepaid: (tenant: TenantId) => inMoney("prepaid", tenant),
  held: (tenant: TenantId) => inMoney("held", tenant),
  payable: (provider: ProviderId) => inMoney("payable", provider),
  overpaid: (provider: ProviderId) => inMoney("overpaid", provider),
  platformFee: () => inMoney("platform-fee"),
  due: (fund: FundId) => inMoney("due", fund),
  fundRefund: (fund: FundId) => inMoney("fund-refund", fund),
  receivable: (tenant: TenantId) => inMoney("receivable", tenant),
  clearing: () => inMoney("clearing"),
  disputeHold: (provider: ProviderId) => inMoney("dispute-hold", provider),
  inTransit: (provider: ProviderId) => inMoney("in-transit", provider),
  taxPayable: () => inMoney("tax-payable"),
  depositHeld: (tenant: TenantId) => inMoney("deposit-held", tenant),
  appropriation: (fund: FundId) => inFund("appropriation", fund, fund),
  available: (fund: FundId) => inFund("available", fund, fund),
  issued: (of: VoucherRef) => inFund("issued", of.fund, voucherPath(of)),
  reserved: (of: VoucherRef) => inFund("reserved", of.fund, voucherPath(of)),
  redeemed: (of: VoucherRef) => inFund("redeemed", of.fund, voucherPath(of)),
  expired: (of: VoucherRef) => inFund("expired", of.fund, voucherPath(of)),
  clawback: (of: VoucherRef) => inFund("clawback", of.fund, voucherPath(of)),
  returned: (fund: FundId) => inFund("returned", fund, fund),
} as const;

/**
 * The account of a path in a book, as it was written down somewhere.
 * @returns undefined when the chart of accounts has no such path, or has it in another book
 */
export function accountRef({ path, book }: { path: string; book: string }): AccountRef | undefined {
  const [kind = "", ...names] = path.split("/");
  if (!Object.hasOwn(accountKinds, kind)) return undefined;
  const rule = accountKinds[kind as AccountKind];
  if (rule.path.length !== names.length || names.includes("")) return undefined;
  const inRightBook = rule.book === "money" ? book === moneyBook : book.startsWith("fund/");
  if (!inRightBook) return undefined;
  return { kind: kind as AccountKind, path: path as AccountPath, book: book as Book };
}

/**
 * The account as somebody wrote it, whether the chart has it or not: for a journal that is still to
 * be proved. `post`, the verifier and the laws find out.
 */
export const refAsWritten = ({ path, book }: { path: string; book: string }): AccountRef =>
  accountRef({ path, book }) ?? {
    kind: path.split("/", 1)[0] as AccountKind,
    path: path as AccountPath,
    book: book as Book,
  };

/** The voucher that one of its own accounts is of. */
export function voucherOf(account: Pick<AccountRef, "kind" | "path" | "book">): VoucherRef {
  const [tenant, programme] = ownerOf(account).split("/") as [TenantId, ProgrammeId];
  return { tenant, programme, fund: account.book.slice("fund/".length) as FundId };
}

/** What follows the kind: `acme/ai-2026` of `reserved/acme/ai-2026`. */
export const ownerOf = ({ kind, path }: Pick<AccountRef, "kind" | "path">): string =>
  path.slice(kind.length + 1);

/** The least that an account may stand at; null where there is no bound. */
export const floorOf = ({ kind }: Pick<AccountRef, "kind">): MicroYuan | null =>
  Object.hasOwn(accountKinds, kind) && accountKinds[kind].floor ? microYuan(0n) : null;

const voucherPath = ({ tenant, programme }: VoucherRef) => `${tenant}/${programme}`;

function inMoney(kind: AccountKind, owner?: string): AccountRef {
  const path = (owner === undefined ? kind : `${kind}/${owner}`) as AccountPath;
  return { kind, path, book: moneyBook };
}

function inFund(kind: AccountKind, fund: FundId, owner: string): AccountRef {
  return { kind, path: `${kind}/${owner}` as AccountPath, book: fundBook(fund) };
}
