import type { FactKind } from "./fact-type.ts";

export const applicantFacts = {
  "applicant.registeredIn": { type: "place", text: { en: "registered in", zh: "注册地" } },
  "applicant.operatesIn": { type: "place", text: { en: "really operates in", zh: "实际经营地" } },
  "applicant.registeredOn": { type: "day", text: { en: "registered on", zh: "成立日期" } },
  "applicant.landedOn": { type: "day", text: { en: "came to the place on", zh: "落地日期" } },
  "applicant.legalForm": {
    type: "code",
    text: { en: "legal form", zh: "主体类型" },
    usual: [
      "company",
      "individual-business",
      "maker-without-legal-personality",
      "university",
      "research-institute",
      "public-institution",
      "social-organisation",
    ],
  },
  "applicant.sizeClass": {
    type: "code",
    text: { en: "size class", zh: "企业规模" },
    usual: ["micro", "small", "medium", "large"],
  },
  "applicant.staff": { type: "whole", text: { en: "people employed", zh: "从业人数" } },
  "applicant.yearlyRevenue": { type: "money", text: { en: "revenue last year", zh: "上年营收" } },
  "applicant.industries": {
    type: "codes",
    text: { en: "industries", zh: "所属行业" },
    usual: ["software-it", "manufacturing", "artificial-intelligence", "research"],
  },
  "applicant.lists": { type: "codes", text: { en: "named lists it is on", zh: "入选名单" } },
  "applicant.tier": { type: "code", text: { en: "tier", zh: "档次" } },
  "applicant.roles": {
    type: "codes",
    text: { en: "roles in the compute market", zh: "市场角色" },
    usual: ["registered-supplier", "compute-is-main-business", "self-built-self-used"],
  },
  "applicant.leadsProjects": {
    type: "codes",
    text: { en: "levels of key projects it leads", zh: "牵头重点项目级别" },
    usual: ["state", "province", "city"],
  },
  "applicant.lastDiscreditedOn": {
    type: "day",
    text: { en: "last bad credit record, none if never", zh: "最近失信记录日期（无则为空）" },
  },
  "applicant.soundBooks": { type: "yes-no", text: { en: "keeps sound books", zh: "财务制度健全" } },
  "applicant.filedModels": {
    type: "codes",
    text: { en: "filed models of its own", zh: "自有备案模型" },
  },
  "applicant.bannedUntil": {
    type: "day",
    text: { en: "last day of a ban, none if not banned", zh: "禁止申报截止日（无则为空）" },
  },
} as const satisfies Record<`applicant.${string}`, FactKind>;
