import { asId, parseRate, parseYuan, type MicroYuan, type Rate } from "../units/index.ts";
import type { Case, Line } from "./case.ts";
import { noProgress, type Claim, type Settlement } from "./claim.ts";
import { noCounters, type Counters } from "./counters.ts";
import type { Decision } from "./decision.ts";
import { decide } from "./decide/decide.ts";
import type {
  BaseKind,
  Cap,
  Condition,
  Control,
  Exclusion,
  Facts,
  FactTest,
  Floor,
  Lifecycle,
  Part,
  Payer,
  ProgrammeRules,
  Redemption,
  Requirement,
  Spend,
} from "./rules/index.ts";

/* Builders for tests: each takes what differs. */

/** Yuan as it is written: `"12,345,678.90"`. */
export const money = (text: string): MicroYuan => parseYuan(text.replaceAll(",", ""))!;
export const share = (text: string): Rate => parseRate(text)!;
export const day = (text: string) => Temporal.PlainDate.from(text);

const words = (text: string) => ({ en: text, zh: text });

type ProgrammeDiffers = Partial<
  Omit<ProgrammeRules, "id" | "spend" | "lifecycle" | "redemption" | "control">
> & {
  id?: string;
  spend?: Partial<Spend>;
  lifecycle?: Partial<Lifecycle>;
  redemption?: Partial<Redemption>;
  control?: Partial<Control>;
};

/** A programme that pays 20 % of the contract, for ever, to everybody. */
export const aProgramme = (differs: ProgrammeDiffers = {}): ProgrammeRules => ({
  name: words("A programme"),
  place: "330100",
  timeZone: "Asia/Shanghai",
  sources: [],
  version: {
    number: 1,
    inForce: { from: day("2023-01-01"), until: null },
    decidedBy: "applied",
    openClaims: "stay",
  },
  requirements: [],
  priority: { ranks: [], points: [] },
  parts: [aPart("compute", "0.2")],
  combine: [],
  payers: [aPayer("city", {})],
  caps: [],
  publicCeiling: null,
  exclusions: [],
  budget: null,
  ...differs,
  id: asId(differs.id ?? "ai"),
  spend: {
    claimBase: "contract",
    redeemBase: "invoiced",
    taxDivisor: null,
    floors: [],
    ...differs.spend,
  },
  lifecycle: {
    mode: "claim-then-redeem",
    cadence: { kind: "rolling" },
    validity: null,
    transfer: "none",
    reserves: "grant",
    releasedRoomReturns: true,
    releasedBudgetReturns: true,
    redeemLimitedToRate: true,
    ...differs.lifecycle,
  },
  redemption: {
    evidence: [],
    stages: [],
    notice: null,
    shortage: "first-come",
    ...differs.redemption,
  },
  control: { signals: [], clawback: null, indicators: [], ...differs.control },
});

/** A part that pays a rate of all lines; or what `rule` says. */
export const aPart = (
  code: string,
  rule: string | Part["rule"],
  differs: Partial<Part> = {},
): Part => ({
  code,
  text: words(code),
  when: null,
  rule: typeof rule === "string" ? { rates: [{ when: null, rate: share(rule) }] } : rule,
  payee: "applicant",
  payers: null,
  ...differs,
});

export const aPayer = (code: string, differs: Partial<Payer>): Payer => ({
  code,
  text: words(code),
  level: "city",
  fund: asId(code),
  share: share("1"),
  budget: null,
  ...differs,
});

/** A cap in yuan for each applicant and calendar year. */
export const aCap = (code: string, amount: string, differs: Partial<Cap> = {}): Cap => ({
  code,
  text: words(code),
  per: "applicant",
  period: "calendar-year",
  by: "decided",
  when: null,
  limit: { amount: money(amount) },
  counts: "granted",
  parts: null,
  relaxableTo: null,
  ...differs,
});

export const aFloor = (code: string, amount: string, differs: Partial<Floor> = {}): Floor => ({
  code,
  text: words(code),
  of: "base",
  period: "none",
  amount: money(amount),
  ...differs,
});

/** Something that the whole claim must keep. */
export const aRequirement = (
  code: string,
  need: Condition,
  differs: Partial<Requirement> = {},
): Requirement => ({
  code,
  text: words(code),
  of: "claim",
  at: "claim",
  when: null,
  need,
  evidence: [],
  ...differs,
});

/** Something that every line must keep. */
export const aLineRule = (code: string, need: FactTest): Requirement =>
  aRequirement(code, need, { of: "line" });

export const onceFor = (code: string, once: "contract" | "applicant" | "project"): Exclusion => ({
  once,
  code,
  text: words(code),
});

export const aLine = (
  id: string,
  amount: string,
  facts: Facts = {},
  differs: Partial<Line> = {},
): Line => ({
  id,
  facts: { "line.class": "compute", ...facts },
  amounts: amountsOf(money(amount)),
  quantities: {},
  ...differs,
});

const amountsOf = (amount: MicroYuan) => {
  const kinds: BaseKind[] = ["contract", "approved", "invoiced", "paid", "metered"];
  return Object.fromEntries(kinds.map((kind) => [kind, amount]));
};

/** A claim of 1,000,000 yuan for compute, of which everything is known that is not in question. */
export const aCase = (differs: Partial<Case> = {}): Case => ({
  claim: "claim-1",
  applicant: "firm",
  supplier: "centre",
  contract: "k1",
  project: null,
  appliedOn: day("2024-03-20"),
  asked: null,
  lines: [aLine("compute", "1,000,000.00")],
  evidence: [],
  relations: { holdings: [], controllers: [], officers: [] },
  otherMoney: [],
  registrations: null,
  approvals: [],
  ...differs,
  facts: { "contract.signedOn": day("2024-03-15"), ...differs.facts },
});

export const decided = (
  rules: ProgrammeRules,
  of: Case = aCase(),
  {
    counters = noCounters,
    asOf = of.appliedOn,
  }: { counters?: Counters; asOf?: Temporal.PlainDate } = {},
): Decision => decide({ rules, case: of, counters, asOf });

export const aClaim = (
  rules: ProgrammeRules,
  of: Case = aCase(),
  {
    counters = noCounters,
    issuedOn = of.appliedOn,
  }: { counters?: Counters; issuedOn?: Temporal.PlainDate } = {},
): Claim => ({
  case: of,
  decision: decided(rules, of, { counters, asOf: issuedOn }),
  issuedOn,
  progress: noProgress,
});

/** A bill over one line, and the last one. */
export const aSettlement = (amount: string, differs: Partial<Settlement> = {}): Settlement => ({
  id: "s1",
  on: day("2024-06-30"),
  lines: [{ line: "compute", amount: money(amount) }],
  evidence: [],
  last: true,
  ...differs,
});

/** Codes and amounts of what was refused: `annual-cap 679012.30`. */
export const refusalsOf = ({ refused }: Pick<Decision, "refused">) =>
  refused.map(({ code, amount }) => `${code} ${text(amount)}`);

/** Two decimals, for reading. */
export const text = (amount: bigint): string => {
  const fen = (amount / 10_000n).toString().padStart(3, "0");
  return `${fen.slice(0, -2)}.${fen.slice(-2)}`;
};
