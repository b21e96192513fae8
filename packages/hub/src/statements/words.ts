import type { TransferKind } from "@wadi/core/ledger";
import type { Statement } from "@wadi/protocol";

import type { SpokenLanguage } from "../http/index.ts";
import type { Column } from "./columns.ts";

/** Everything that a statement says in words, in one language. */
export interface Words {
  readonly statementOf: (of: string, name: string, id: string) => string;
  readonly period: (from: string, until: string, madeAt: string) => string;
  readonly parties: Readonly<Record<Statement["of"], string>>;
  readonly totals: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<Column, string>>;
  readonly details: Readonly<Record<Detail, string>>;
  /** What people caused and not runs, by kind of transfer. */
  readonly byHand: Readonly<Record<string, string>>;
  readonly opening: string;
  readonly closing: string;
  readonly timeInUtc: string;
  readonly note: string;
  readonly yes: string;
  readonly no: string;
  readonly page: (number: number, count: number) => string;
  readonly emulated: (text: string) => string;
  readonly emulatedPool: (pool: string) => string;
  readonly run: string;
  readonly runOf: (tenant: string) => string;
  readonly runs: (text: string, count: bigint) => string;
  readonly notCharged: (text: string) => string;
  readonly redeemed: (by: string, programme: string) => string;
  readonly granted: (amount: string) => string;
  readonly expired: (amount: string) => string;
  readonly grantedTo: (tenant: string, programme: string, amount: string) => string;
  readonly expiredOf: (tenant: string, programme: string) => string;
  readonly tenant: (name: string, id: string) => string;
  readonly fund: (name: string, id: string) => string;
}

export type Detail =
  | "job"
  | "pool"
  | "cardSeconds"
  | "pHours"
  | "charge"
  | "voucher"
  | "cash"
  | "fee";

/** Kinds of transfer that people cause: a statement may have a line for each. */
type HandKind = Exclude<
  TransferKind,
  | ("hold" | "release" | "cash" | "fee" | "reserve" | "unreserve")
  | ("clear-up" | "clear-down" | "tax" | "tax-paid")
>;

const byHandEn: Readonly<Record<HandKind, string>> = {
  "top-up": "Paid in",
  payout: "Paid out",
  appropriate: "Appropriated",
  grant: "Granted",
  expire: "Expired",
  "fund-pays": "Paid by the fund",
  "fund-refund": "To be refunded to the fund",
  "fund-refunded": "Refunded to the fund",
  withdraw: "Paid back",
  "payout-back": "A payout came back",
  "adjust-tenant-up": "The month's bill: more than was charged",
  "adjust-tenant-down": "The month's bill: less than was charged",
  owe: "The month's bill: owed",
  "settle-owed": "Paid what was owed",
  "adjust-provider-up": "Settled: more than was credited",
  "adjust-provider-down": "Settled: less than was credited",
  refund: "Refunded",
  deposit: "Kept as a deposit",
  "deposit-back": "Deposit given back",
  "deposit-used": "Deposit used for what was owed",
  dispute: "Kept back: disputed",
  "dispute-release": "Dispute over: given back",
  "dispute-refund": "Dispute over: refunded",
  "dispute-return": "Dispute over: returned to the fund",
  "send-payout": "Paid out, on its way",
  "payout-arrived": "Payout arrived",
  "payout-bounced": "Payout refused by the bank",
  ungrant: "Voucher taken back",
  split: "Voucher split",
  extend: "Voucher extended",
  restore: "Expired money is free again",
  return: "Returned unused",
  "claw-back": "Asked back",
  "clawed-back": "Paid back to the fund",
  "pay-back": "Paid back to the fund",
  "owe-back": "Owed to the fund",
  subsidy: "A bill's part that a fund pays",
  redeem: "Redeemed with a bill",
  reimburse: "Reimbursed by a fund",
  overpaid: "Given too much: owed, carried forward",
  "overpaid-settled": "Owed from before: taken out of what was earned",
  "net-off": "Set off against what the same firm owed as a tenant",
  "paid-directly": "Paid to the provider itself",
  "direct-back": "Not paid to the provider itself after all",
  "direct-owed": "Not paid to the provider itself after all, owed",
  "fund-paid-directly": "Paid by a fund to the provider itself",
  "fund-direct-back": "Not paid by a fund after all",
  "fund-refund-back": "Not refunded to the fund after all",
  "return-back": "What was returned is available again",
  "claw-back-undone": "Asking back was wrong: counts as used again",
  "pay-back-undone": "Asking back was wrong: paid back",
  "owe-back-undone": "Asking back was wrong: owed no more",
  "interest-back": "Asking back was wrong: interest paid back",
  "interest-unowed": "Asking back was wrong: interest owed no more",
};

const byHandZh: Readonly<Record<HandKind, string>> = {
  "top-up": "充值",
  payout: "付款",
  appropriate: "拨款",
  grant: "发放",
  expire: "到期",
  "fund-pays": "资金池付款",
  "fund-refund": "待退还资金池",
  "fund-refunded": "已退还资金池",
  withdraw: "退款",
  "payout-back": "付款退回",
  "adjust-tenant-up": "月度账单：补收",
  "adjust-tenant-down": "月度账单：退还",
  owe: "月度账单：欠款",
  "settle-owed": "偿还欠款",
  "adjust-provider-up": "月度结算：补付",
  "adjust-provider-down": "月度结算：扣回",
  refund: "退款",
  deposit: "缴纳保证金",
  "deposit-back": "退还保证金",
  "deposit-used": "保证金抵扣欠款",
  dispute: "争议款暂扣",
  "dispute-release": "争议结束：退还提供方",
  "dispute-refund": "争议结束：退款",
  "dispute-return": "争议结束：退还资金池",
  "send-payout": "付款在途",
  "payout-arrived": "付款到账",
  "payout-bounced": "银行退票",
  ungrant: "收回算力券",
  split: "拆分算力券",
  extend: "算力券延期",
  restore: "到期资金恢复可用",
  return: "退回未用资金",
  "claw-back": "追回",
  "clawed-back": "追回款已到资金池",
  "pay-back": "退回资金池",
  "owe-back": "欠资金池",
  subsidy: "账单中资金池支付部分",
  redeem: "凭账单兑付",
  reimburse: "资金池补贴到账",
  overpaid: "多付款项：待扣回，结转下期",
  "overpaid-settled": "扣回此前多付款项",
  "net-off": "抵扣同一单位作为租户的欠款",
  "paid-directly": "已直接付给提供方",
  "direct-back": "更正：并未直接付给提供方",
  "direct-owed": "更正：并未直接付给提供方，记为欠款",
  "fund-paid-directly": "资金池已直接付给提供方",
  "fund-direct-back": "更正：资金池并未直接付款",
  "fund-refund-back": "更正：不再退还资金池",
  "return-back": "退回资金恢复可用",
  "claw-back-undone": "更正：撤销追回，恢复为已兑付",
  "pay-back-undone": "更正：撤销追回，退还已缴款",
  "owe-back-undone": "更正：撤销追回，免除欠款",
  "interest-back": "更正：撤销追回，退还利息",
  "interest-unowed": "更正：撤销追回，免除利息",
};

const en: Words = {
  statementOf: (of, name, id) => `Statement of the ${of} ${name} (${id}), in yuan`,
  period: (from, until, madeAt) => `From ${from} up to ${until}; made ${madeAt}`,
  parties: { tenant: "tenant", provider: "provider", fund: "fund", district: "district" },
  totals: {
    paidIn: "Paid in",
    charges: "Charges",
    paidByVouchers: "of which vouchers paid",
    paidInCash: "of which paid in cash",
    platformFees: "Platform fees",
    earned: "Earned",
    paidOut: "Paid out",
    adjusted: "Adjusted",
    paidDirectly: "Paid past the platform",
    carriedForward: "Owed to the platform, carried forward",
    freeAtEnd: "Free at the end",
    owedAtEnd: "Owed at the end",
    heldAtEnd: "Held for jobs at the end",
    vouchersAtEnd: "On vouchers at the end",
    appropriated: "Appropriated",
    granted: "Granted",
    redeemed: "Redeemed",
    expired: "Expired",
    grantedAtEnd: "Granted and unused at the end",
    reservedAtEnd: "Reserved for jobs at the end",
    ofTenantsAtEnd: "Of tenants at the end",
    ofFundsAtEnd: "Of funds at the end",
  },
  columns: {
    at: "Time",
    text: "Text",
    job: "Job",
    jobName: "Job name",
    run: "Run",
    pool: "Pool",
    emulated: "Emulated",
    cardSeconds: "Card-seconds",
    pHours: "P·h",
    charge: "Charge",
    voucher: "Voucher",
    cash: "Cash",
    fee: "Fee",
    amount: "Amount",
    balance: "Balance",
  },
  details: {
    job: "job",
    pool: "pool",
    cardSeconds: "card-seconds",
    pHours: "P·h",
    charge: "charge",
    voucher: "voucher",
    cash: "cash",
    fee: "fee",
  },
  byHand: byHandEn,
  opening: "Opening balance",
  closing: "Closing balance",
  timeInUtc: "Time (UTC)",
  note: "Note",
  yes: "yes",
  no: "no",
  page: (number, count) => `Page ${number} of ${count}`,
  emulated: (text) => `${text} (emulated cards)`,
  emulatedPool: (pool) => `The cards of the pool ${pool} are emulated: slots, no real cards.`,
  run: "Run",
  runOf: (tenant) => `Run of ${tenant}`,
  runs: (text, count) => `${text}, ${count} together`,
  notCharged: (text) => `${text}; not charged: the centre's loss`,
  redeemed: (by, programme) => `Redeemed by ${by}, ${programme}`,
  granted: (amount) => `Voucher granted, ${amount} yuan`,
  expired: (amount) => `Voucher expired, ${amount} yuan`,
  grantedTo: (tenant, programme, amount) => `Granted to ${tenant}, ${programme}, ${amount} yuan`,
  expiredOf: (tenant, programme) => `Expired, of ${tenant}, ${programme}`,
  tenant: (name, id) => `Tenant ${name} (${id})`,
  fund: (name, id) => `Fund ${name} (${id})`,
};

const zh: Words = {
  statementOf: (of, name, id) => `${of} ${name}（${id}）对账单，单位：元`,
  period: (from, until, madeAt) => `${from} 起，${until} 止（不含）；制表时间 ${madeAt}`,
  parties: { tenant: "租户", provider: "提供方", fund: "资金池", district: "区县" },
  totals: {
    paidIn: "充值",
    charges: "费用",
    paidByVouchers: "其中算力券支付",
    paidInCash: "其中现金支付",
    platformFees: "平台服务费",
    earned: "应得",
    paidOut: "已付",
    adjusted: "调整",
    paidDirectly: "平台外直接收款",
    carriedForward: "欠平台款，结转下期",
    freeAtEnd: "期末可用",
    owedAtEnd: "期末欠款",
    heldAtEnd: "期末作业冻结",
    vouchersAtEnd: "期末算力券余额",
    appropriated: "拨款",
    granted: "发放",
    redeemed: "兑付",
    expired: "到期",
    grantedAtEnd: "期末已发放未使用",
    reservedAtEnd: "期末作业预留",
    ofTenantsAtEnd: "期末租户资金",
    ofFundsAtEnd: "期末资金池资金",
  },
  columns: {
    at: "时间",
    text: "摘要",
    job: "作业",
    jobName: "作业名称",
    run: "运行",
    pool: "资源池",
    emulated: "模拟卡",
    cardSeconds: "卡秒",
    pHours: "P·小时",
    charge: "费用",
    voucher: "算力券",
    cash: "现金",
    fee: "服务费",
    amount: "金额",
    balance: "余额",
  },
  details: {
    job: "作业",
    pool: "资源池",
    cardSeconds: "卡秒",
    pHours: "P·小时",
    charge: "费用",
    voucher: "算力券",
    cash: "现金",
    fee: "服务费",
  },
  byHand: byHandZh,
  opening: "期初余额",
  closing: "期末余额",
  timeInUtc: "时间（UTC）",
  note: "备注",
  yes: "是",
  no: "否",
  page: (number, count) => `第 ${number} 页，共 ${count} 页`,
  emulated: (text) => `${text}（模拟卡）`,
  emulatedPool: (pool) => `资源池 ${pool} 的卡为模拟卡，不是真实加速卡。`,
  run: "运行",
  runOf: (tenant) => `${tenant} 的运行`,
  runs: (text, count) => `${text}，共 ${count} 次`,
  notCharged: (text) => `${text}；不计费：由算力中心承担`,
  redeemed: (by, programme) => `${by} 兑付，${programme}`,
  granted: (amount) => `发放算力券 ${amount} 元`,
  expired: (amount) => `算力券到期 ${amount} 元`,
  grantedTo: (tenant, programme, amount) => `发放给 ${tenant}，${programme}，${amount} 元`,
  expiredOf: (tenant, programme) => `到期，${tenant}，${programme}`,
  tenant: (name, id) => `租户 ${name}（${id}）`,
  fund: (name, id) => `资金池 ${name}（${id}）`,
};

const inLanguage: Readonly<Record<SpokenLanguage, Words>> = { en, zh };

export const wordsIn = (language: SpokenLanguage): Words => inLanguage[language];
