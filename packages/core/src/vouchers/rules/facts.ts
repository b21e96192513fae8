import { applicantFacts } from "./applicant-facts.ts";
import type { FactKind, FactSubject, FactValue } from "./fact-type.ts";
import { lineFacts } from "./line-facts.ts";

const contractFacts = {
  "contract.signedOn": { type: "day", text: { en: "signed on", zh: "合同签订日期" } },
  "contract.startsOn": { type: "day", text: { en: "service starts on", zh: "服务开始日期" } },
  "contract.endsOn": { type: "day", text: { en: "last day of service", zh: "服务截止日期" } },
  "contract.termMonths": {
    type: "whole",
    text: { en: "term in months, a started one counts", zh: "合同期限（月，不足一月按一月计）" },
    derived: true,
  },
  "contract.total": {
    type: "money",
    text: { en: "contract amount with tax", zh: "合同总金额（含税）" },
    derived: true,
  },
  "contract.purposes": {
    type: "codes",
    text: { en: "what the compute is for", zh: "算力用途" },
    usual: ["model-training", "model-application", "inference", "research", "data-processing"],
  },
  "contract.kind": {
    type: "code",
    text: { en: "kind of contract", zh: "合同类型" },
    usual: ["lease", "service", "purchase", "framework"],
  },
  "contract.registeredOn": {
    type: "code",
    text: { en: "platform on which it is registered", zh: "合同备案平台" },
  },
} as const satisfies Record<`contract.${string}`, FactKind>;

const supplierFacts = {
  "supplier.registers": {
    type: "codes",
    text: { en: "registers the supplier is on, the day of signing", zh: "签约日供应商所在名录" },
    derived: true,
  },
  "supplier.registeredIn": {
    type: "place",
    text: { en: "where the supplier is registered", zh: "供应商注册地" },
  },
  "supplier.licences": {
    type: "codes",
    text: { en: "licences of the supplier", zh: "供应商许可资质" },
    usual: ["isp", "idc", "cdn"],
  },
} as const satisfies Record<`supplier.${string}`, FactKind>;

const projectFacts = {
  "project.level": {
    type: "code",
    text: { en: "level of the project", zh: "项目级别" },
    usual: ["state", "province", "city", "district"],
  },
  "project.lists": { type: "codes", text: { en: "lists the project is on", zh: "项目所在名单" } },
  "project.place": { type: "place", text: { en: "where the project is", zh: "项目所在地" } },
} as const satisfies Record<`project.${string}`, FactKind>;

/** Every fact that a condition may ask about. A name that is not here is refused at load. */
export const facts = {
  ...applicantFacts,
  ...contractFacts,
  ...supplierFacts,
  ...projectFacts,
  ...lineFacts,
} as const;

export type FactName = keyof typeof facts;
export const factNames = Object.keys(facts) as FactName[];

/** What is known; see `FactType` for which value each fact has. Order does not matter. */
export type Facts = Readonly<Partial<Record<FactName, FactValue>>>;

export const isFactName = (name: string): name is FactName => Object.hasOwn(facts, name);
export const factKind = (name: FactName): FactKind => facts[name];
export const subjectOf = (name: FactName) => name.slice(0, name.indexOf(".")) as FactSubject;
