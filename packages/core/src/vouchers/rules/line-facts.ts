import type { FactKind } from "./fact-type.ts";

export const lineFacts = {
  "line.class": {
    type: "code",
    text: { en: "resource class", zh: "资源类别" },
    usual: [
      "compute",
      "general-compute",
      "storage",
      "network",
      "security",
      "adaptation",
      "maas",
      "model-calls",
      "model-purchase",
      "labelling",
      "corpus",
      "data-product",
    ],
  },
  "line.item": { type: "code", text: { en: "service item", zh: "服务项目" } },
  "line.chipOrigin": {
    type: "code",
    text: { en: "origin of the cards", zh: "芯片来源" },
    usual: ["domestic", "other"],
  },
  "line.cardModel": { type: "code", text: { en: "card model", zh: "加速卡型号" } },
  "line.place": { type: "place", text: { en: "where the resource is", zh: "算力所在地" } },
  "line.centre": { type: "code", text: { en: "centre", zh: "算力中心" } },
  "line.crossRegionPermit": {
    type: "yes-no",
    text: { en: "has a cross-region permission", zh: "已获跨区域许可" },
  },
  "line.orderedOn": { type: "code", text: { en: "ordered on platform", zh: "下单平台" } },
  "line.meteredOn": { type: "code", text: { en: "metered on platform", zh: "计量平台" } },
  "line.registers": {
    type: "codes",
    text: { en: "registers the service item is on, the day of signing", zh: "签约日服务所在名录" },
    derived: true,
  },
  "line.modelFiling": {
    type: "code",
    text: { en: "filing of the model", zh: "模型备案状态" },
    usual: ["national", "local", "none"],
  },
  "line.modelKind": {
    type: "code",
    text: { en: "kind of model", zh: "模型类型" },
    usual: ["multimodal-base", "language-base", "vertical"],
  },
  "line.ownUse": {
    type: "yes-no",
    text: { en: "self-built and self-used", zh: "自建自用" },
  },
  "line.purposes": { type: "codes", text: { en: "what it is for", zh: "用途" } },
} as const satisfies Record<`line.${string}`, FactKind>;
