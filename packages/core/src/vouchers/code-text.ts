import type { CaseList, Missing } from "./decision.ts";
import {
  baseKinds,
  facts,
  isFactName,
  standardCodes,
  type BaseKind,
  type InKindUnit,
  type Part,
  type ProgrammeRules,
  type Words,
} from "./rules/index.ts";

/** What a code of a decision means: in the programme's own words where it has any. */
export function codeText(rules: ProgrammeRules, code: string): Words {
  const own = [
    ...rules.requirements,
    ...rules.spend.floors,
    ...rules.parts,
    ...rules.caps,
    ...rules.exclusions,
    ...(rules.publicCeiling ? [rules.publicCeiling] : []),
    ...rules.payers,
    ...rules.parts.flatMap(quotasOf),
  ].find((one) => one.code === code);
  if (own) return own.text;
  const standard = new Map<string, Words>(Object.entries({ ...standardCodes, evidence }));
  return standard.get(code) ?? same(code);
}

/** Quotas have no words of their own. */
function quotasOf({ text, rule }: Part): { code: string; text: Words }[] {
  const named = { en: `quota: ${text.en}`, zh: `配额：${text.zh}` };
  return "inKind" in rule ? rule.inKind.quotas.map(({ code }) => ({ code, text: named })) : [];
}

/** What is missing, in words. */
export function missingText(rules: ProgrammeRules, { kind, name }: Missing): Words {
  if (kind === "evidence") {
    return rules.redemption.evidence.find((rule) => rule.kind === name)?.text ?? same(name);
  }
  if (isFactName(name)) return facts[name].text;
  const [group, one = ""] = name.split(".", 2);
  if (group === "amounts") return baseKinds[one as BaseKind] ?? same(name);
  if (group === "quantities") return units[one as InKindUnit] ?? same(name);
  return lists[name as CaseList] ?? same(name);
}

/** What asks for documents that every claim needs, whatever its requirements. */
const evidence: Words = { en: "documents of every claim", zh: "申领材料" };

const units: Record<InKindUnit, Words> = {
  "card-hours": { en: "card-hours asked for", zh: "申请卡时" },
  tokens: { en: "tokens asked for", zh: "申请词元数" },
};

const lists: Record<CaseList, Words> = {
  otherMoney: { en: "public money from elsewhere", zh: "其他财政资金" },
  "relations.holdings": { en: "who holds shares of whom", zh: "股权关系" },
  "relations.controllers": { en: "who controls whom", zh: "实际控制人" },
  "relations.officers": { en: "who leads whom", zh: "任职人员" },
};

const same = (text: string): Words => ({ en: text, zh: text });
